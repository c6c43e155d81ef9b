#include "cli/resource_names.hpp"

#include "cli/flags.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>

#include <algorithm>

namespace cli {
namespace {

constexpr ray::target_kind every_kind[] = {
    ray::target_kind::cluster, ray::target_kind::job, ray::target_kind::service, ray::target_kind::cron_job
};

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

// "ready, 3/3 workers" for a RayCluster, "Running, 1/1 containers ready" for a pod; the status column for other kinds.
std::string description_of(kube::table const& from, kube::table_row const& row)
{
    std::vector<std::string> parts;
    for (char const* column : {"status", "deployment status", "service status", "schedule"})
        if (std::string text = cell_named(from, row, column); !text.empty()) parts.push_back(std::move(text));
    std::string const desired = cell_named(from, row, "desired workers");
    std::string available = cell_named(from, row, "available workers");
    if (available.empty()) available = "0";
    if (!desired.empty()) parts.push_back(available + "/" + desired + " workers");
    if (std::string ready = cell_named(from, row, "ready"); !ready.empty())
        parts.push_back(ready + " containers ready");
    return kuberay::join(parts, ", ");
}

kube::resource_type const& namespaces()
{
    static kube::resource_type const type("", "v1", "Namespace", "namespaces", kube::scope::cluster);
    return type;
}

kube::resource_type core_type(char const* kind, char const* plural)
{
    return kube::resource_type("", "v1", kind, plural, kube::scope::namespaced);
}

task<candidates> names_in(context on, kube::resource_type type, std::string ns, std::string label_selector)
{
    kube::api_core const core(on.client(), type, ns);
    kube::list_params which;
    which.label_selector = label_selector;
    kube::table const found = co_await core.list_table(which, kube::table_content::none);
    candidates offered;
    for (kube::table_row const& row : found.rows) {
        std::string name = cell_named(found, row, "name");
        if (!name.empty()) offered.items.emplace_back(std::move(name), description_of(found, row));
    }
    co_return offered;
}

task<candidates> names_with(context on, kube::resource_type type, std::string prefix, std::string suffix)
{
    task<candidates> naming = object_names(std::move(on), std::move(type));
    candidates found = co_await std::move(naming);
    for (candidate& each : found.items)
        each.value = prefix + each.value + suffix;
    co_return found;
}

// The short word, as `delete job NAME` has it.
char const* short_word(ray::target_kind kind)
{
    switch (kind) {
    case ray::target_kind::cluster: return "cluster";
    case ray::target_kind::job: return "job";
    case ray::target_kind::service: return "service";
    case ray::target_kind::cron_job: break;
    }
    return "cronjob";
}

task<candidates> names_and_types(context on, target_words allowed)
{
    task<candidates> naming = object_names(std::move(on), ray::cluster::type());
    result<candidates> const named = co_await kuberay::as_result(std::move(naming));
    candidates found;
    if (named.has_value()) found = *named;
    for (ray::target_kind const kind : allowed.kinds)
        if (allowed.kind_first)
            found.items.emplace_back(short_word(kind), "names of the kind " + ray::type_of(kind).kind + " follow");
    for (ray::target_kind const kind : allowed.kinds)
        found.items.emplace_back(std::string(ray::word_of(kind)) + "/");
    co_return found;
}

task<candidates> without(std::vector<std::string> named, task<candidates> from)
{
    candidates found = co_await std::move(from);
    std::erase_if(found.items, [&named](candidate const& each) {
        return std::find(named.begin(), named.end(), each.value) != named.end();
    });
    co_return found;
}

task<candidates> target_candidates(context on, target_words const& allowed, std::string const& word)
{
    std::size_t const slash = word.find('/');
    if (slash == std::string::npos) return names_and_types(std::move(on), allowed);
    std::string const type = kuberay::to_lower(std::string_view(word).substr(0, slash));
    for (ray::target_kind const kind : allowed.kinds)
        if (type == ray::word_of(kind))
            return names_with(std::move(on), ray::type_of(kind), std::string(ray::word_of(kind)) + "/", "");
    return offer(candidates());
}

}  // namespace

void require_name_in_path(kube::resource_type const& type, std::string const& name)
{
    if (name.empty() || kuberay::is_safe_path_segment(name)) return;
    throw failure(errc::bad_input, "\"" + kuberay::printable_line(name) + "\" cannot be the name of a " + type.kind);
}

task<candidates> object_names(context on, kube::resource_type type, std::string label_selector)
{
    std::string ns = type.scope == kube::scope::cluster ? std::string() : on.ns();
    return names_in(std::move(on), std::move(type), std::move(ns), std::move(label_selector));
}

completer complete_objects(kube::resource_type type, std::string suffix)
{
    return [type = std::move(type), suffix = std::move(suffix)](context on, completion_query) {
        return names_with(std::move(on), type, std::string(), suffix);
    };
}

completer complete_clusters() { return complete_objects(ray::cluster::type()); }

std::optional<ray::target_kind> kind_of_word(std::string_view word)
{
    std::string lower = kuberay::to_lower(word);
    if (lower.ends_with('s')) lower.pop_back();
    for (ray::target_kind const kind : every_kind)
        if (lower == short_word(kind) || lower == ray::word_of(kind)) return kind;
    return std::nullopt;
}

completer complete_targets(target_words allowed)
{
    return [allowed = std::move(allowed)](context on, completion_query query) {
        std::vector<std::string> const& before = query.positionals;
        std::optional<ray::target_kind> const kind =
            allowed.kind_first && !before.empty() ? kind_of_word(before.front()) : std::nullopt;
        std::size_t const most = allowed.several ? any_number : kind ? 2 : 1;
        if (before.size() >= most) return offer(candidates());
        if (kind) return without(before, object_names(std::move(on), ray::type_of(*kind)));
        target_words rest = allowed;
        rest.kind_first = allowed.kind_first && before.empty();
        return without(before, target_candidates(std::move(on), rest, query.word));
    };
}

completer complete_namespaces() { return complete_objects(namespaces()); }

completer complete_secrets(std::string suffix)
{
    return complete_objects(core_type("Secret", "secrets"), std::move(suffix));
}

completer complete_service_accounts() { return complete_objects(core_type("ServiceAccount", "serviceaccounts")); }

completer complete_claims() { return complete_objects(core_type("PersistentVolumeClaim", "persistentvolumeclaims")); }

}  // namespace cli
