#include "kube/discovery_document.hpp"
#include "kube/request.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/discovery.hpp>

#include <utility>
#include <vector>

namespace kuberay::kube {
namespace {

constexpr std::string_view aggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

// Null when the server has no such path.
task<json::value> read_document(client on, std::string path, std::string accept)
{
    net::http_request request("GET", std::move(path));
    request.fields.set("Accept", std::move(accept));
    task<json::value> asking = on.send_for_json(std::move(request));
    result<json::value> answer = co_await as_result(std::move(asking));
    if (answer.has_value()) co_return std::move(*answer);
    if (answer.error().code() == reason::not_found) co_return json::value();
    if (is_cancellation(answer.error())) throw failure(answer.error());
    throw failure(answer.error().with_context("asking the server for its resources"));
}

std::string path_of(std::string_view group_version)
{
    std::size_t const slash = group_version.find('/');
    if (slash == std::string_view::npos) return "/api/" + percent_encode(group_version);
    return "/apis/" + percent_encode(group_version.substr(0, slash)) + "/"
           + percent_encode(group_version.substr(slash + 1));
}

task<std::vector<served_resource>> read_group_version(client on, std::string group_version)
{
    task<json::value> reading = read_document(std::move(on), path_of(group_version), "application/json");
    json::value const document = co_await std::move(reading);
    co_return read_resource_list(document);
}

// Versions of one group, the best first: the first that has the name decides.
task<std::optional<resource_type>> find_in_versions(client on, std::vector<std::string> versions, std::string name)
{
    for (auto const& version : versions) {
        std::vector<served_resource> const served = co_await read_group_version(on, version);
        std::optional<resource_type> found = best_match(served, name);
        if (found) co_return found;
    }
    co_return std::nullopt;
}

task<std::optional<resource_type>> find_in_group(client on, std::string group, std::string name)
{
    task<json::value> reading = read_document(on, "/apis/" + percent_encode(group), "application/json");
    json::value const document = co_await std::move(reading);
    std::vector<std::string> versions = read_group_versions(document);
    co_return co_await find_in_versions(std::move(on), std::move(versions), std::move(name));
}

task<std::vector<served_resource>> read_all_groups(client on)
{
    task<json::value> reading = read_document(on, "/apis", std::string(aggregated));
    json::value const document = co_await std::move(reading);
    std::optional<std::vector<served_resource>> known = read_aggregated(document);
    if (known) co_return std::move(*known);
    std::vector<task<std::vector<served_resource>>> asking;
    for (auto& version : read_group_versions(document))
        asking.push_back(read_group_version(on, std::move(version)));
    std::vector<result<std::vector<served_resource>>> answers = co_await run_all(std::move(asking));
    std::vector<served_resource> all;
    for (auto& answer : answers) {
        // One aggregated API that is down must not hide all others.
        if (answer.has_error()) continue;
        for (auto& resource : *answer)
            all.push_back(std::move(resource));
    }
    co_return all;
}

task<std::optional<resource_type>> find_by_name(client on, std::string name)
{
    std::size_t const dot = name.find('.');
    std::string const plain = name.substr(0, dot);
    if (plain.empty() || name.find('/') != std::string::npos)
        throw failure(errc::bad_input, "\"" + printable_line(name) + "\" is no name of a resource");
    if (dot == std::string::npos) {
        std::vector<served_resource> const core = co_await read_group_version(on, "v1");
        std::optional<resource_type> in_core = best_match(core, name);
        if (in_core) co_return in_core;
        std::vector<served_resource> const all = co_await read_all_groups(on);
        co_return best_match(all, name);
    }
    std::string const rest = name.substr(dot + 1);
    if (!is_safe_path_segment(rest))
        throw failure(errc::bad_input, "\"" + printable_line(name) + "\" is no name of a resource");
    std::optional<resource_type> in_group = co_await find_in_group(on, rest, plain);
    if (in_group) co_return in_group;
    // "deployments.v1.apps", "pods.v1."
    std::size_t const second = rest.find('.');
    if (second == std::string::npos) co_return std::nullopt;
    std::string const group = rest.substr(second + 1);
    std::string const version = rest.substr(0, second);
    std::vector<std::string> versions;
    versions.push_back(group.empty() ? version : group + "/" + version);
    co_return co_await find_in_versions(std::move(on), std::move(versions), plain);
}

task<std::optional<resource_type>> find_by_kind(client on, std::string api_version, std::string kind)
{
    for (std::string const& part : split(api_version, '/'))
        if (!is_safe_path_segment(part))
            throw failure(errc::bad_input, "\"" + printable_line(api_version) + "\" is no apiVersion");
    std::vector<served_resource> const served = co_await read_group_version(std::move(on), std::move(api_version));
    for (auto const& resource : served)
        if (resource.type.kind == kind) co_return resource.type;
    co_return std::nullopt;
}

task<server_version> ask_version(client on)
{
    net::http_request request("GET", "/version");
    task<json::value> asking = on.send_for_json(std::move(request));
    result<json::value> answer = co_await as_result(std::move(asking));
    if (answer.has_error()) {
        if (is_cancellation(answer.error())) throw failure(answer.error());
        throw failure(answer.error().with_context("asking the server for its version"));
    }
    server_version read;
    read.git_version = string_at(*answer, "gitVersion");
    read.major = string_at(*answer, "major");
    read.minor = string_at(*answer, "minor");
    read.platform = string_at(*answer, "platform");
    if (read.git_version.empty())
        throw failure(errc::bad_document, "asking the server for its version: the answer names none");
    co_return read;
}

}  // namespace

task<std::optional<resource_type>> find_resource(client on, std::string name)
{
    return find_by_name(std::move(on), std::move(name));
}

task<std::optional<resource_type>> find_kind(client on, std::string api_version, std::string kind)
{
    return find_by_kind(std::move(on), std::move(api_version), std::move(kind));
}

task<server_version> read_server_version(client on) { return ask_version(std::move(on)); }

}  // namespace kuberay::kube
