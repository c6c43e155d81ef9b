#include "tables.hpp"

#include <kuberay/base/json.hpp>

#include <string>
#include <utility>

namespace kuberay::testing {

namespace {

std::string age_of(json::value const& root, std::string_view path, timestamp now)
{
    return age_since(parse_rfc3339(string_at(root, path)), now);
}

json::value pod_cell(json::value const& pod, std::string const& column)
{
    json::value const* statuses = find_path(pod, "status.containerStatuses");
    json::value const* containers = find_path(pod, "spec.containers");
    if (column == "Ready") {
        std::size_t ready = 0;
        if (statuses && statuses->is_array())
            for (json::value const& one : statuses->get_array())
                ready += bool_at(one, "ready").value_or(false) ? 1 : 0;
        std::size_t const all = containers && containers->is_array() ? containers->get_array().size() : 0;
        return json::value(std::to_string(ready) + "/" + std::to_string(all));
    }
    if (column == "Status") {
        if (find_path(pod, "metadata.deletionTimestamp")) return "Terminating";
        if (statuses && statuses->is_array())
            for (json::value const& one : statuses->get_array())
                if (std::string_view const why = string_at(one, "state.waiting.reason"); !why.empty())
                    return json::value(why);
        std::string_view const why = string_at(pod, "status.reason");
        return json::value(why.empty() ? string_at(pod, "status.phase") : why);
    }
    if (column == "Restarts") {
        std::int64_t restarts = 0;
        if (statuses && statuses->is_array())
            for (json::value const& one : statuses->get_array())
                restarts += int_at(one, "restartCount").value_or(0);
        return json::value(std::to_string(restarts));
    }
    return nullptr;
}

json::value service_cell(json::value const& service, std::string const& column)
{
    if (column == "External-IP") return "<none>";
    std::string ports;
    json::value const* all = find_path(service, "spec.ports");
    if (all && all->is_array())
        for (json::value const& one : all->get_array())
            ports += (ports.empty() ? "" : ",") + std::to_string(int_at(one, "port").value_or(0)) + "/"
                     + std::string(string_at(one, "protocol"));
    return json::value(ports.empty() ? "<none>" : ports);
}

json::value event_object(json::value const& event)
{
    std::string kind(string_at(event, "involvedObject.kind"));
    for (char& c : kind)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return json::value(kind + "/" + std::string(string_at(event, "involvedObject.name")));
}

json::value counted(json::value const& root, std::string_view path)
{
    json::value const* found = find_path(root, path);
    return found && found->is_object() ? json::value(found->get_object().size()) : json::value(0);
}

std::vector<printer_column> columns_of(resource_kind const& kind)
{
    if (kind.columns_from_paths) return kind.columns;
    if (kind.kind == "Pod")
        return {
            {"Ready", "string", "-"},
            {"Status", "string", "-"},
            {"Restarts", "string", "-"},
            {"Age", "date", "metadata.creationTimestamp"},
            {"IP", "string", "status.podIP", 1},
            {"Node", "string", "spec.nodeName", 1},
            {"Nominated Node", "string", "status.nominatedNodeName", 1},
            {"Readiness Gates", "string", "", 1},
        };
    if (kind.kind == "Service")
        return {
            {"Type", "string", "spec.type"},
            {"Cluster-IP", "string", "spec.clusterIP"},
            {"External-IP", "string", "-"},
            {"Port(s)", "string", "-"},
            {"Age", "date", "metadata.creationTimestamp"},
            {"Selector", "string", "", 1},
        };
    if (kind.kind == "Namespace")
        return {{"Status", "string", "status.phase"}, {"Age", "date", "metadata.creationTimestamp"}};
    if (kind.kind == "Event")
        return {
            {"Last Seen", "date", "lastTimestamp"},
            {"Type", "string", "type"},
            {"Reason", "string", "reason"},
            {"Object", "string", "-"},
            {"Subobject", "string", "involvedObject.fieldPath", 1},
            {"Source", "string", "source.component", 1},
            {"Message", "string", "message"},
            {"First Seen", "date", "firstTimestamp", 1},
            {"Count", "string", "count", 1},
            {"Name", "string", "metadata.name", 1},
        };
    if (kind.kind == "ConfigMap") return {{"Data", "string", "#data"}, {"Age", "date", "metadata.creationTimestamp"}};
    if (kind.kind == "Secret")
        return {{"Type", "string", "type"}, {"Data", "string", "#data"}, {"Age", "date", "metadata.creationTimestamp"}};
    if (kind.kind == "CustomResourceDefinition") return {{"Created At", "date", "metadata.creationTimestamp"}};
    return {{"Age", "date", "metadata.creationTimestamp"}};
}

json::value cell_of(resource_kind const& kind, printer_column const& column, json::value const& object, timestamp now)
{
    if (column.path == "-" && kind.kind == "Event") return event_object(object);
    if (column.path == "-")
        return kind.kind == "Pod" ? pod_cell(object, column.name) : service_cell(object, column.name);
    if (column.path.starts_with('#')) return counted(object, std::string_view(column.path).substr(1));
    if (column.type == "date") return json::value(age_of(object, column.path, now));
    json::value const* found = column.path.empty() ? nullptr : find_path(object, column.path);
    if (!found || found->is_null()) return kind.columns_from_paths ? json::value(nullptr) : json::value("<none>");
    if (column.type == "string" && !found->is_string()) return json::value(to_json(*found));
    return *found;
}

json::object column_definition(
    std::string_view name, std::string_view type, std::string_view format, std::string description, int priority
)
{
    json::object made;
    made["name"] = name;
    made["type"] = type;
    made["format"] = format;
    made["description"] = std::move(description);
    made["priority"] = priority;
    return made;
}

}  // namespace

json::array table_columns(resource_kind const& kind)
{
    json::array definitions;
    definitions.push_back(column_definition("Name", "string", "name", "Name must be unique within a namespace.", 0));
    for (printer_column const& column : columns_of(kind)) {
        // Built-in kinds give their age as a string.
        std::string_view const type = kind.columns_from_paths ? std::string_view(column.type) : "string";
        std::string description = kind.columns_from_paths
                                      ? "Custom resource definition column (in JSONPath format): ." + column.path
                                      : column.name;
        definitions.push_back(column_definition(column.name, type, "", std::move(description), column.priority));
    }
    return definitions;
}

json::object partial_metadata(json::object const& object)
{
    json::object made;
    made["kind"] = "PartialObjectMetadata";
    made["apiVersion"] = "meta.k8s.io/v1";
    if (json::object const* meta = meta_of(object)) made["metadata"] = *meta;
    return made;
}

json::object
table_row(resource_kind const& kind, json::object const& object, std::string_view include_object, timestamp now)
{
    json::value const root = object;
    json::array cells;
    cells.push_back(json::value(meta_text(object, "name")));
    for (printer_column const& column : columns_of(kind))
        cells.push_back(cell_of(kind, column, root, now));
    json::object row;
    row["cells"] = std::move(cells);
    if (include_object == "None")
        row["object"] = nullptr;
    else if (include_object == "Object")
        row["object"] = object;
    else
        row["object"] = partial_metadata(object);
    return row;
}

json::object table_of(resource_kind const& kind, json::array rows, bool with_columns)
{
    json::object table;
    table["kind"] = "Table";
    table["apiVersion"] = "meta.k8s.io/v1";
    table["metadata"].emplace_object();
    table["columnDefinitions"] = with_columns ? table_columns(kind) : json::array();
    table["rows"] = std::move(rows);
    return table;
}

}  // namespace kuberay::testing
