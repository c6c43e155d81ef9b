#include "ray/create_object.hpp"

#include "ray/failing.hpp"

#include <kuberay/base/json.hpp>

namespace kuberay::ray {
namespace {

using objects = kube::api<kube::object>;

failure taken(kube::resource_type const& type, std::string const& ns, std::string const& name)
{
    server_status status;
    status.http_status = 409;
    status.reason = "AlreadyExists";
    status.message =
        "the " + type.kind + " \"" + name + "\" already exists in namespace \"" + ns + "\"; nothing was changed";
    status.kind = type.plural;
    status.group = type.group;
    status.name = name;
    return failure(error(std::move(status)));
}

create_outcome outcome_of(kube::object created)
{
    create_outcome outcome;
    outcome.ns = created.metadata.ns;
    outcome.name = created.metadata.name;
    outcome.uid = created.metadata.uid;
    outcome.object = std::move(created.content);
    return outcome;
}

kube::apply_params params_of(create_options const& options)
{
    kube::apply_params params;
    params.field_manager = field_manager;
    params.dry_run = options.dry_run;
    params.field_validation = options.field_validation;
    return params;
}

// A resource version that no object can have any more: the server creates, or answers 409, but never updates.
kube::object only_new(json::object object)
{
    object["metadata"].as_object()["resourceVersion"] = "1";
    return kube::object(std::move(object));
}

task<create_outcome> create(objects in, json::object object, create_options options, ownership_test is_ours)
{
    std::string const chosen = in.core().ns();
    object["metadata"].as_object()["namespace"] = chosen;
    kube::object const wanted(object);
    std::string const name = wanted.metadata.name;

    kube::object const first = only_new(std::move(object));
    kube::apply_params const params = params_of(options);
    task<kube::object> applying = in.apply(first, params);
    result<kube::object> applied = co_await as_result(std::move(applying));
    if (applied.has_value()) co_return outcome_of(std::move(*applied));
    error_code const code = applied.error().code();
    if (code != reason::conflict && code != reason::already_exists) throw failure(applied.error());

    task<std::optional<kube::object>> finding = in.find(name);
    result<std::optional<kube::object>> found = co_await as_result(std::move(finding));
    if (found.has_value() && *found && is_ours && is_ours(**found)) co_return outcome_of(std::move(**found));
    // Who may create need not be allowed to read; the server has spoken all the same.
    if (found.has_error() || found->has_value()) throw taken(in.core().type(), chosen, name);
    task<kube::object> again = in.apply(wanted, params);
    result<kube::object> made = co_await as_result(std::move(again));
    if (made.has_error()) throw failure(made.error());
    co_return outcome_of(std::move(*made));
}

}  // namespace

task<create_outcome> create_object(
    kube::client on, kube::resource_type type, json::object object, create_options options, ownership_test is_ours
)
{
    auto const* metadata = object.if_contains("metadata");
    if (!metadata || !metadata->is_object() || string_at(*metadata, "name").empty())
        return failing<create_outcome>(error(errc::bad_input, "creating a " + type.kind + ": metadata.name is missing")
        );
    std::string ns(string_at(*metadata, "namespace"));
    objects in = objects::in_ns(std::move(on), std::move(type), std::move(ns));
    return create(std::move(in), std::move(object), options, std::move(is_ours));
}

}  // namespace kuberay::ray
