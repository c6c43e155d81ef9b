#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/operator_version.hpp>

#include <algorithm>
#include <charconv>

namespace kuberay::ray {
namespace {

// Helm's and kustomize's name for it.
constexpr char const* operator_selector = "app.kubernetes.io/name in (kuberay-operator,kuberay)";

operator_info info_of(kube::deployment const& from)
{
    operator_info info;
    info.ns = from.metadata.ns;
    info.deployment = from.metadata.name;
    info.replicas = from.replicas;
    info.ready_replicas = from.ready_replicas;
    if (from.containers.empty()) return info;
    info.image = from.containers.front().image;
    if (auto const image = parse_image(info.image)) info.version = image->version();
    return info;
}

task<std::vector<operator_info>> search(kube::api<kube::deployment> in)
{
    kube::list_params params;
    params.label_selector = operator_selector;
    kube::object_list<kube::deployment> found = co_await in.list(params);
    std::vector<operator_info> infos;
    for (kube::deployment const& one : found.items)
        infos.push_back(info_of(one));
    co_return infos;
}

std::vector<std::string> likely_namespaces(std::string ns)
{
    std::vector<std::string> names{std::move(ns)};
    for (char const* usual : {"default", "kuberay-operator", "kuberay-system", "ray-system"})
        if (std::ranges::find(names, usual) == names.end()) names.emplace_back(usual);
    return names;
}

task<operator_search> find(kube::client on, std::string ns)
{
    operator_search search_result;
    task<std::vector<operator_info>> everywhere = search(kube::api<kube::deployment>::cluster_wide(on));
    result<std::vector<operator_info>> all = co_await as_result(std::move(everywhere));
    if (all.has_value()) {
        search_result.found = std::move(*all);
        co_return search_result;
    }
    if (all.error().code() != reason::forbidden)
        throw failure(all.error().with_context("looking for the KubeRay operator"));
    search_result.cluster_wide = false;
    std::vector<std::string> const names = likely_namespaces(std::move(ns));
    std::vector<task<std::vector<operator_info>>> ops;
    for (std::string const& name : names)
        ops.push_back(search(kube::api<kube::deployment>::in_ns(on, name)));
    std::vector<result<std::vector<operator_info>>> found = co_await run_all(std::move(ops));
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i].has_error()) continue;
        search_result.looked_in.push_back(names[i]);
        for (operator_info& info : *found[i])
            search_result.found.push_back(std::move(info));
    }
    if (search_result.looked_in.empty()) throw failure(all.error().with_context("looking for the KubeRay operator"));
    co_return search_result;
}

}  // namespace

std::string image_reference::version() const
{
    if (!tag.empty() && !digest.empty()) return tag + "@" + digest;
    if (!tag.empty()) return tag;
    return digest.empty() ? "latest" : digest;
}

std::optional<image_reference> parse_image(std::string_view text)
{
    image_reference image;
    if (text.empty() || text.find_first_of(" \t\n") != std::string_view::npos) return std::nullopt;
    if (std::size_t const at = text.find('@'); at != std::string_view::npos) {
        image.digest = text.substr(at + 1);
        text = text.substr(0, at);
        if (image.digest.find(':') == std::string::npos) return std::nullopt;
    }
    std::size_t const slash = text.rfind('/');
    std::size_t const colon = text.rfind(':');
    // A colon before the last slash belongs to the registry's port.
    if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
        image.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
        if (image.tag.empty()) return std::nullopt;
    }
    image.repository = text;
    if (text.empty() || text.back() == '/') return std::nullopt;
    return image;
}

task<operator_search> find_operators(kube::client on, std::string ns)
{
    std::string chosen = ns.empty() ? on.default_ns() : std::move(ns);
    return find(std::move(on), std::move(chosen));
}

std::string misfit_of(std::string_view operator_version)
{
    if (operator_version.starts_with('v')) operator_version.remove_prefix(1);
    int major = 0, minor = 0;
    char const* const end = operator_version.data() + operator_version.size();
    auto const first = std::from_chars(operator_version.data(), end, major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return {};
    auto const second = std::from_chars(first.ptr + 1, end, minor);
    if (second.ec != std::errc()) return {};
    if (major > 1 || (major == 1 && minor >= 4)) return {};
    return "operators older than 1.4 do not know some of the fields that this program writes";
}

}  // namespace kuberay::ray
