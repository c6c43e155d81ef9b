#pragma once

#include "cli/printer.hpp"

namespace cli {

/// One way to write objects: a list, one by itself, or those of a watch.
class printer::format {
public:
    virtual ~format() = default;
    virtual void add(json::value item) = 0;                                ///< an item of a list
    virtual void finish() = 0;                                             ///< the list's end
    virtual void show(json::value item) = 0;                               ///< an object by itself
    virtual bool says_none() const { return true; }                        ///< an empty list shows nothing
    virtual void add_initial(json::value item) { show(std::move(item)); }  ///< of a watch
    virtual void start_watch() {}                                          ///< the initial ones were added
    virtual void changed(json::value item) { show(std::move(item)); }
};

std::unique_ptr<printer::format> make_table_format(context on, output_flags how, object_view view);
std::unique_ptr<printer::format> make_columns_format(context on, output_flags how);
std::unique_ptr<printer::format> make_json_format(context on);
std::unique_ptr<printer::format> make_yaml_format(context on);
std::unique_ptr<printer::format> make_name_format(context on, kube::resource_type type);
std::unique_ptr<printer::format> make_jsonpath_format(context on, json_path path);

/// Sorts the items by a key before `inner` gets them.
std::unique_ptr<printer::format> make_sorted_format(json_path key, std::unique_ptr<printer::format> inner);

/// `a=b,c=d`, or `<none>`. Pure.
std::string labels_text(json::value const& item);

}  // namespace cli
