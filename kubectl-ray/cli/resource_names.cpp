#include "cli/resource_names.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/target.hpp>

namespace cli {
namespace {

std::string cell_text(json::value const& cell)
{
    if (cell.is_string()) return std::string(cell.get_string());
    if (cell.is_int64()) return std::to_string(cell.get_int64());
    return std::string();
}

std::string cell_named(kube::table const& from, kube::table_row const& row, std::string_view column)
{
    for (std::size_t i = 0; i < from.columns.size() && i < row.cells.size(); ++i)
        if (kuberay::to_lower(from.columns[i].name) == column) return cell_text(row.cells[i]);
    return std::string();
}

// "ready, 3/3 workers" for a RayCluster; the status column for other kinds.
std::string description_of(kube::table const& from, kube::table_row const& row)
{
    std::vector<std::string> parts;
    for (char const* column : {"status", "deployment status", "service status", "schedule"})
        if (std::string text = cell_named(from, row, column); !text.empty()) parts.push_back(std::move(text));
    std::string const desired = cell_named(from, row, "desired workers");
    std::string available = cell_named(from, row, "available workers");
    if (available.empty()) available = "0";
    if (!desired.empty()) parts.push_back(available + "/" + desired + " workers");
    return kuberay::join(parts, ", ");
}

kube::resource_type const& namespaces()
{
    static kube::resource_type const type("", "v1", "Namespace", "namespaces", kube::scope::cluster);
    return type;
}

task<candidates> names_in(context on, kube::resource_type type, std::string ns)
{
    kube::api_core const core(on.client(), type, ns);
    kube::list_params const all;
    kube::table const found = co_await core.list_table(all, kube::table_content::none);
    candidates offered;
    for (kube::table_row const& row : found.rows) {
        std::string name = cell_named(found, row, "name");
        if (!name.empty()) offered.items.emplace_back(std::move(name), description_of(found, row));
    }
    co_return offered;
}

constexpr ray::target_kind kinds[] = {
    ray::target_kind::cluster, ray::target_kind::job, ray::target_kind::service, ray::target_kind::cron_job
};

task<candidates> typed_names(context on, ray::target_kind kind)
{
    task<candidates> naming = object_names(std::move(on), ray::type_of(kind));
    candidates found = co_await std::move(naming);
    std::string const prefix = std::string(ray::word_of(kind)) + "/";
    for (candidate& each : found.items)
        each.value.insert(0, prefix);
    co_return found;
}

// Cluster names, then the types; when only types fit, no space follows: the name comes next.
task<candidates> names_and_types(context on, std::string word)
{
    task<candidates> naming = object_names(std::move(on), ray::cluster::type());
    result<candidates> const named = co_await kuberay::as_result(std::move(naming));
    candidates found;
    bool any_name = false;
    if (named.has_value()) {
        found = *named;
        for (candidate const& each : found.items)
            any_name = any_name || each.value.starts_with(word);
    }
    for (ray::target_kind const kind : kinds)
        found.items.emplace_back(std::string(ray::word_of(kind)) + "/");
    if (!any_name) found.directive |= directive::no_space;
    co_return found;
}

}  // namespace

void require_name_in_path(kube::resource_type const& type, std::string const& name)
{
    if (name.empty() || kuberay::is_safe_path_segment(name)) return;
    throw failure(errc::bad_input, "\"" + kuberay::printable_line(name) + "\" cannot be the name of a " + type.kind);
}

task<candidates> object_names(context on, kube::resource_type type)
{
    std::string ns = type.scope == kube::scope::cluster ? std::string() : on.ns();
    return names_in(std::move(on), std::move(type), std::move(ns));
}

completer complete_clusters()
{
    return [](context on, completion_query) { return object_names(std::move(on), ray::cluster::type()); };
}

completer complete_targets()
{
    return [](context on, completion_query query) {
        std::size_t const slash = query.word.find('/');
        std::string const type = kuberay::to_lower(std::string_view(query.word).substr(0, slash));
        for (ray::target_kind const kind : kinds)
            if (slash != std::string::npos && type == ray::word_of(kind)) return typed_names(std::move(on), kind);
        if (slash != std::string::npos) return offer(candidates());
        return names_and_types(std::move(on), query.word);
    };
}

completer complete_namespaces()
{
    return [](context on, completion_query) { return object_names(std::move(on), namespaces()); };
}

}  // namespace cli
