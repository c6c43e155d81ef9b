#include "cli/print_formats.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

namespace cli {
namespace {

// Rows of text: fixed columns of a kind, or those of the user.
class rows_format : public printer::format {
public:
    rows_format(context on, output_flags how, std::vector<std::string> header)
        : on_(std::move(on))
        , how_(std::move(how))
        , rows_(std::move(header))
    {
    }

    void add(json::value item) override
    {
        json::value key;
        if (how_.sort_key) {
            std::vector<json::value const*> const found = how_.sort_key->find(item);
            if (!found.empty()) key = *found.front();
        }
        rows_.add(cells(item), std::move(key));
    }

    void finish() override
    {
        if (rows_.empty()) return;
        rows_.sort();
        rows_.print(on_.out(), !how_.no_headers);
    }

    void show(json::value item) override
    {
        add(std::move(item));
        finish();
    }

    void changed(json::value item) override { on_.out().write(rows_.line(cells(item))); }

    void add_initial(json::value item) override { add(std::move(item)); }

    void start_watch() override
    {
        rows_.sort();
        rows_.print(on_.out(), !how_.no_headers);
    }

protected:
    virtual std::vector<std::string> cells(json::value const& item) = 0;

    context on_;
    output_flags how_;

private:
    table rows_;
};

bool is_shown(view_column const& column, output_format const& format)
{
    return !column.wide || format.kind == output_kind::wide;
}

std::vector<std::string> header_of(object_view const& view, output_flags const& how)
{
    std::vector<std::string> header;
    for (view_column const& column : view.columns)
        if (is_shown(column, how.format)) header.push_back(column.title);
    if (how.show_labels) header.emplace_back("LABELS");
    return header;
}

class table_format final : public rows_format {
public:
    table_format(context on, output_flags how, object_view view)
        : rows_format(std::move(on), how, header_of(view, how))
        , view_(std::move(view))
    {
    }

protected:
    std::vector<std::string> cells(json::value const& item) override
    {
        std::vector<std::string> all = view_.cells(item, on_.now());
        std::vector<std::string> shown;
        for (std::size_t i = 0; i < all.size() && i < view_.columns.size(); ++i)
            if (is_shown(view_.columns[i], how_.format)) shown.push_back(std::move(all[i]));
        if (how_.show_labels) shown.push_back(labels_text(item));
        return shown;
    }

private:
    object_view view_;
};

std::vector<std::string> titles_of(output_format const& format)
{
    std::vector<std::string> titles;
    for (auto const& column : format.columns)
        titles.push_back(column.first);
    return titles;
}

class columns_format final : public rows_format {
public:
    columns_format(context on, output_flags how)
        : rows_format(std::move(on), how, titles_of(how.format))
    {
    }

protected:
    std::vector<std::string> cells(json::value const& item) override
    {
        std::vector<std::string> all;
        for (auto const& column : how_.format.columns) {
            std::vector<std::string> texts;
            for (json::value const* found : column.second.find(item))
                texts.push_back(path_text(*found));
            all.push_back(texts.empty() ? "<none>" : kuberay::join(texts, ","));
        }
        return all;
    }
};

}  // namespace

std::string labels_text(json::value const& item)
{
    json::value const* const labels = kuberay::find_path(item, "metadata.labels");
    json::object const* const all = labels ? labels->if_object() : nullptr;
    if (!all || all->empty()) return "<none>";
    std::map<std::string, std::string> sorted;
    for (auto const& label : *all)
        sorted.emplace(label.key(), path_text(label.value()));
    std::vector<std::string> pairs;
    for (auto const& [key, value] : sorted)
        pairs.push_back(key + "=" + value);
    return kuberay::join(pairs, ",");
}

std::unique_ptr<printer::format> make_table_format(context on, output_flags how, object_view view)
{
    return std::make_unique<table_format>(std::move(on), std::move(how), std::move(view));
}

std::unique_ptr<printer::format> make_columns_format(context on, output_flags how)
{
    return std::make_unique<columns_format>(std::move(on), std::move(how));
}

}  // namespace cli
