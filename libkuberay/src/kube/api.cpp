#include "kube/attempt.hpp"
#include "kube/listing.hpp"
#include "kube/request.hpp"
#include "kube/watcher.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>

#include <set>
#include <utility>

namespace kuberay::kube {
namespace {

using request_or_error = result<net::http_request>;

// A request that cannot be made is an error of the task, not of the call that makes it.
template <class Maker>
request_or_error built(Maker const& make)
{
    try {
        return make();
    } catch (failure const& refused) {
        return refused.error();
    }
}

task<json::value> answered(client on, request_or_error request, std::string attempt, resource_type type)
{
    if (request.has_error()) throw failure(explained(request.error(), std::move(attempt), type));
    task<json::value> asking = on.send_for_json(std::move(*request));
    result<json::value> answer = co_await as_result(std::move(asking));
    if (answer.has_error()) throw failure(explained(answer.error(), std::move(attempt), type));
    co_return std::move(*answer);
}

std::string key_of(json::value const& item)
{
    std::string key(string_at(item, "metadata.namespace"));
    key += '/';
    key += string_at(item, "metadata.name");
    return key;
}

// Items of built-in lists leave out what the list says once.
void complete(json::value& item, resource_type const& type)
{
    auto* members = item.if_object();
    if (!members) return;
    if (!members->contains("kind")) (*members)["kind"] = type.kind;
    if (!members->contains("apiVersion")) (*members)["apiVersion"] = type.api_version();
}

struct list_job {
    list_job() = default;
    list_params params;
    list_form form = list_form::objects;
    api_core::item_sink each;
};

task<std::string> read_list(client on, resource_type type, std::string ns, list_job job)
{
    std::set<std::string> delivered;
    bool restarted = false;
    listing* under_way = nullptr;
    auto const deliver = [&](json::value item) {
        // A list that began anew gives only what had not come yet.
        if (restarted && delivered.contains(key_of(item))) return;
        if (under_way->is_paged()) delivered.insert(key_of(item));
        if (job.form == list_form::objects) complete(item, type);
        job.each(std::move(item));
    };
    auto const make = [&](list_params const& params, std::string_view token) {
        return list_request(type, ns, params, job.form, token);
    };
    listing all(std::move(on), make, job.params, deliver, [&] { restarted = true; });
    under_way = &all;
    for (bool more = true; more;)
        more = co_await all.advance();
    co_return all.resource_version();
}

task<std::string> listed(client on, resource_type type, std::string ns, list_job job)
{
    std::string attempt = attempt_on_collection("listing", type, ns);
    auto const limit = on.configuration().request_timeout;
    task<std::string> reading = read_list(std::move(on), type, std::move(ns), std::move(job));
    task<std::string> bounded = with_timeout(limit, std::move(reading));
    result<std::string> read = co_await as_result(std::move(bounded));
    if (read.has_error()) throw failure(explained(read.error(), std::move(attempt), type));
    co_return std::move(*read);
}

std::string singular_attempt(std::string_view verb, std::string const& subresource)
{
    return subresource.empty() ? std::string(verb) : std::string(verb) + " " + subresource + " of";
}

bool means(std::string const& kind, resource_type const& type) noexcept
{
    return kind.empty() || kind == type.plural || kind == type.kind;
}

}  // namespace

api_core::api_core(kube::client on, resource_type type, std::string ns)
    : client_(std::move(on))
    , type_(std::move(type))
    , ns_(std::move(ns))
{
    if (type_.scope == scope::cluster) ns_.clear();
}

task<json::value> api_core::get(std::string name, std::string subresource) const
{
    std::string attempt = attempt_on_object(singular_attempt("reading", subresource), type_, ns_, name);
    object_place const at(type_, ns_, std::move(name), std::move(subresource));
    return answered(client_, built([&] { return get_request(at); }), std::move(attempt), type_);
}

task<std::string> api_core::list_each(list_params params, item_sink each) const
{
    list_job job;
    job.params = std::move(params);
    job.each = std::move(each);
    return listed(client_, type_, ns_, std::move(job));
}

task<std::string> api_core::list_metadata_each(list_params params, item_sink each) const
{
    list_job job;
    job.params = std::move(params);
    job.form = list_form::metadata;
    job.each = std::move(each);
    return listed(client_, type_, ns_, std::move(job));
}

task<json::value> api_core::create(json::value object, write_params params) const
{
    std::string attempt = attempt_on_object("creating", type_, ns_, string_at(object, "metadata.name"));
    auto const make = [&] { return create_request(type_, ns_, std::move(object), params); };
    return answered(client_, built(make), std::move(attempt), type_);
}

task<json::value> api_core::apply(json::value object, apply_params params, std::string subresource) const
{
    std::string const verb = singular_attempt("applying", subresource);
    std::string attempt = attempt_on_object(verb, type_, ns_, string_at(object, "metadata.name"));
    auto const make = [&] { return apply_request(type_, ns_, std::move(object), params, subresource); };
    return answered(client_, built(make), std::move(attempt), type_);
}

task<json::value> api_core::patch(std::string name, patch_body body, write_params params, std::string subresource) const
{
    std::string attempt = attempt_on_object(singular_attempt("patching", subresource), type_, ns_, name);
    object_place const at(type_, ns_, std::move(name), std::move(subresource));
    return answered(client_, built([&] { return patch_request(at, body, params); }), std::move(attempt), type_);
}

task<json::value> api_core::remove(std::string name, remove_params params) const
{
    std::string attempt = attempt_on_object("deleting", type_, ns_, name);
    object_place const at(type_, ns_, std::move(name));
    return answered(client_, built([&] { return remove_request(at, params); }), std::move(attempt), type_);
}

task<json::value> api_core::remove_collection(list_params which, remove_params params) const
{
    auto const make = [&] { return remove_collection_request(type_, ns_, which, params); };
    return answered(client_, built(make), attempt_on_collection("deleting", type_, ns_), type_);
}

raw_watcher api_core::watch(watch_params params) const
{
    return raw_watcher(
        std::make_shared<raw_watcher::implementation>(client_, type_, ns_, std::move(params), watch_environment())
    );
}

bool is_absence(error const& e, resource_type const& type, std::string_view name)
{
    auto const* status = e.status();
    if (!status || e.code() != reason::not_found || name.empty() || status->name != name) return false;
    return means(status->kind, type) && (status->group.empty() || status->group == type.group);
}

}  // namespace kuberay::kube
