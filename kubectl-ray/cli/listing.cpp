#include "cli/listing.hpp"

#include "cli/resource_names.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>

namespace cli {
namespace {

std::string named(object_view const& view, std::string const& name)
{
    return kuberay::to_lower(view.type.kind) + " \"" + kuberay::printable_line(name) + "\"";
}

failure not_found(context const& on, object_view const& view, list_flags const& which, std::string const& name)
{
    std::string const among = view.among.empty() ? std::string() : " " + view.among;
    return failure(error(
        kuberay::reason::not_found, named(view, name) + among + " not found in " + scope_text(on, which.all_namespaces)
    ));
}

task<exit_code> show_one(context on, kube::api_core core, printer* to, failure absent, std::string name)
{
    task<json::value> reading = core.get(name);
    result<json::value> read = co_await kuberay::as_result(std::move(reading));
    if (read.has_error() && kube::is_absence(read.error(), core.type(), name)) throw absent;
    if (read.has_error()) throw failure(read.error());
    to->show(std::move(*read));
    co_return exit_code::done;
}

task<exit_code> follow(kube::api_core core, printer* to, kube::watch_params params)
{
    kube::raw_watcher changes = core.watch(std::move(params));
    bool initial = true;
    for (;;) {
        kube::raw_event event = co_await changes.next();
        if (event.change == kube::change::synced) {
            if (initial) to->finish_initial();
            initial = false;
        } else if (initial) {
            to->add_initial(std::move(event.object));
        } else {
            to->changed(std::move(event.object));
        }
    }
}

}  // namespace

void list_flags::declare(flags& on)
{
    on.toggle("all-namespaces", 'A', &all_namespaces, "Look in every namespace; beats --namespace.");
    on.value("selector", 'l', &selector, "Only objects with these labels (a=b,c!=d,e in (x,y)).");
    on.value("field-selector", 0, &field_selector, "Only objects with these field values (metadata.name=x).");
    on.toggle("watch", 'w', &watch, "Show what is there, then every change, until interrupted.");
    on.value(
        "chunk-size", 0, &chunk_size, "Read the list in pages of this size; 0 reads it in one piece, the fastest."
    );
}

void list_flags::validate(std::string const& name, output_flags const& how) const
{
    if (chunk_size < 0) throw usage_error("flag --chunk-size cannot be negative");
    if (!name.empty() && !(selector.empty() && field_selector.empty()))
        throw usage_error("a NAME cannot be combined with -l, --selector or --field-selector");
    if (watch && how.sort_key) throw usage_error("--watch cannot be combined with --sort-by");
}

kube::list_params list_flags::params() const
{
    kube::list_params params;
    params.label_selector = selector;
    params.field_selector = field_selector;
    if (chunk_size > 0) params.limit = chunk_size;
    return params;
}

std::string scope_text(context const& on, bool all_namespaces)
{
    return all_namespaces ? "all namespaces" : "namespace \"" + kuberay::printable_line(on.ns()) + "\"";
}

task<exit_code> show_objects(context on, object_view view, list_flags which, output_flags how, std::string name)
{
    require_name_in_path(view.type, name);
    std::string const ns = which.all_namespaces ? std::string() : on.ns();
    kube::api_core const core(on.client(), view.type, ns);
    printer to(on, how, view);
    kube::list_params params = which.params();
    if (!name.empty()) params.field_selector = "metadata.name=" + name;
    if (!view.selector.empty()) params.label_selector = kuberay::join({view.selector, params.label_selector}, ",");
    if (params.label_selector.ends_with(',')) params.label_selector.pop_back();
    if (which.watch) {
        kube::watch_params watched;
        watched.label_selector = params.label_selector;
        watched.field_selector = params.field_selector;
        co_return co_await follow(core, &to, watched);
    }
    failure const absent = not_found(on, view, which, name);
    if (!name.empty() && !which.all_namespaces && view.selector.empty())
        co_return co_await show_one(on, core, &to, absent, name);
    std::size_t count = 0;
    kube::api_core::item_sink const each = [&to, &count](json::value item) {
        ++count;
        to.add(std::move(item));
    };
    std::string const version = co_await core.list_each(params, each);
    if (count == 0 && !name.empty()) throw absent;
    std::string const among = view.among.empty() ? std::string() : " " + view.among;
    to.finish("No " + view.noun + among + " found in " + scope_text(on, which.all_namespaces) + ".");
    co_return exit_code::done;
}

}  // namespace cli
