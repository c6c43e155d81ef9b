#pragma once

#include "cli/context.hpp"
#include "cli/output_format.hpp"
#include "cli/table.hpp"

#include <kuberay/kube/resource.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cli {

/// A key that `show_objects` adds to items of several contexts; tables may show it, documents never have it.
inline constexpr std::string_view context_tag = "@context";

struct view_column {
    view_column() = default;
    view_column(std::string title_, bool wide_ = false)
        : title(std::move(title_))
        , wide(wide_)
    {
    }
    std::string title;
    bool wide = false;  ///< only with `-o wide`
};

/// How the objects of one kind are shown. A value.
struct object_view {
    object_view() = default;
    kube::resource_type type;
    std::string noun;      ///< "Ray clusters", for messages
    std::string selector;  ///< labels that every object has; then a NAME is looked for in the list
    std::string among;     ///< what else narrows the search, for messages: "of Ray cluster x"
    /// Whether an object that was found is of this view; may complete it. Empty: all are.
    std::function<bool(json::value& item)> takes;
    std::vector<view_column> columns;
    std::function<std::vector<std::string>(json::value const& item, kuberay::timestamp now)> cells;  ///< one per column
};

/// Writes objects in the format asked for, item by item where the format allows it.
class printer {
public:
    printer(context on, output_flags how, object_view view);
    ~printer();

    /// One more item of a list.
    void add(json::value item);

    /// The end of the list: what had to be kept is written. `none` goes to stderr when no item came and nothing else would
    /// be shown.
    void finish(std::string const& none);

    /// A single object instead of a list.
    void show(json::value item);

    /// A watch: what is there at the start, its end, then every change as it comes, each by itself.
    void add_initial(json::value item);
    void finish_initial();
    void changed(json::value item);

    class format;

private:
    void complete(json::value& item) const;

    context on_;
    object_view view_;
    bool keep_managed_fields_, keep_tag_;
    std::unique_ptr<format> format_;
    std::size_t count_ = 0;
};

}  // namespace cli
