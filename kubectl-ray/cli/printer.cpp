#include "cli/printer.hpp"

#include "cli/print_formats.hpp"

namespace cli {
namespace {

std::unique_ptr<printer::format> make_format(context const& on, output_flags const& how, object_view const& view)
{
    std::unique_ptr<printer::format> made;
    switch (how.format.kind) {
    case output_kind::table:
    case output_kind::wide: return make_table_format(on, how, view);
    case output_kind::custom_columns: return make_columns_format(on, how);
    case output_kind::json: made = make_json_format(on); break;
    case output_kind::yaml: made = make_yaml_format(on); break;
    case output_kind::name: made = make_name_format(on, view.type); break;
    case output_kind::jsonpath: made = make_jsonpath_format(on, *how.format.path); break;
    }
    return how.sort_key ? make_sorted_format(*how.sort_key, std::move(made)) : std::move(made);
}

}  // namespace

printer::printer(context on, output_flags how, object_view view)
    : on_(std::move(on))
    , view_(std::move(view))
    , keep_managed_fields_(how.show_managed_fields)
    , keep_tag_(how.format.is_table())
    , format_(make_format(on_, how, view_))
{
}

printer::~printer() = default;

// Items of built-in kinds come without apiVersion and kind; kubectl shows both, and hides managedFields.
void printer::complete(json::value& item) const
{
    json::object* const object = item.if_object();
    if (!object) return;
    if (!object->contains("apiVersion")) (*object)["apiVersion"] = view_.type.api_version();
    if (!object->contains("kind")) (*object)["kind"] = view_.type.kind;
    if (!keep_tag_) object->stable_erase(context_tag);
    if (keep_managed_fields_) return;
    if (json::value* const metadata = object->if_contains("metadata"); metadata && metadata->is_object())
        metadata->get_object().stable_erase("managedFields");
}

void printer::add(json::value item)
{
    complete(item);
    format_->add(std::move(item));
    ++count_;
}

void printer::finish(std::string const& none)
{
    if (count_ == 0 && format_->says_none()) return on_.note(none);
    format_->finish();
}

void printer::show(json::value item)
{
    complete(item);
    format_->show(std::move(item));
}

void printer::add_initial(json::value item)
{
    complete(item);
    format_->add_initial(std::move(item));
}

void printer::finish_initial()
{
    format_->start_watch();
    on_.out().flush();
}

void printer::changed(json::value item)
{
    complete(item);
    format_->changed(std::move(item));
    on_.out().flush();
}

}  // namespace cli
