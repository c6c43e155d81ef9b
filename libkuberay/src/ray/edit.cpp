
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/create_cluster.hpp>
#include <kuberay/ray/edit.hpp>

namespace kuberay::ray {
namespace {

using objects = kube::api<kube::object>;

json::value test_of(std::string path, json::value value)
{
    json::object operation;
    operation.emplace("op", "test");
    operation.emplace("path", std::move(path));
    operation.emplace("value", std::move(value));
    return operation;
}

// A RayJob or RayService puts its cluster back to what it wants.
void refuse_foreign(kube::object const& now, edit_options const& options, std::string const& what)
{
    if (!options.uid.empty() && now.metadata.uid != options.uid)
        throw failure(errc::unsatisfiable, what + " was deleted and another of that name was created");
    auto const* owner = now.metadata.controller();
    if (!owner || options.force) return;
    std::string const who = owner->kind + "/" + owner->name;
    throw failure(error(errc::bad_input, what + " is controlled by " + who + ", which may undo the change")
                      .with_hint("change " + who + " instead, or use --force"));
}

// 409, or 422 without causes: the API server's answer to a `test` that failed.
bool was_overtaken(error const& why)
{
    if (why.code() == reason::conflict) return true;
    return why.code() == reason::invalid && why.status() && why.status()->causes.empty();
}

kube::patch_body body_of(edit_plan plan, std::string const& uid)
{
    json::array operations;
    if (!uid.empty()) operations.push_back(test_of("/metadata/uid", json::value(uid)));
    for (json::value& operation : plan.operations)
        operations.push_back(std::move(operation));
    return kube::patch_body::operations(std::move(operations));
}

task<edit_outcome> edit(objects in, std::string name, edit_builder build, edit_options options)
{
    kube::resource_type const& type = in.core().type();
    std::string const what = type.kind + " " + in.core().ns() + "/" + name;
    kube::write_params params;
    params.dry_run = options.dry_run;
    params.field_manager = field_manager;
    error last;
    for (int tried = 0; tried < options.tries; ++tried) {
        task<kube::object> reading = in.get(name);
        result<kube::object> now = co_await as_result(std::move(reading));
        if (now.has_error()) throw failure(now.error());
        refuse_foreign(*now, options, what);
        edit_plan plan = build(now->content);
        edit_outcome outcome;
        outcome.changes = plan.changes;
        if (outcome.changes.empty()) {
            outcome.object = std::move(now->content);
            co_return outcome;
        }
        kube::patch_body const body = body_of(std::move(plan), now->metadata.uid);
        task<kube::object> patching = in.patch(name, body, params);
        result<kube::object> patched = co_await as_result(std::move(patching));
        if (patched.has_value()) {
            outcome.object = std::move(patched->content);
            co_return outcome;
        }
        last = patched.error();
        if (!was_overtaken(last)) throw failure(last);
    }
    server_status status;
    status.http_status = 409;
    status.reason = "Conflict";
    status.message = what + " was changed by others " + std::to_string(options.tries)
                     + " times in a row; nothing was changed. The last answer: " + last.message();
    throw failure(error(std::move(status)));
}

}  // namespace

field_change::field_change(std::string what, std::string before, std::string after)
    : field(std::move(what))
    , from(std::move(before))
    , to(std::move(after))
{
}

task<edit_outcome> edit_object(
    kube::client on, kube::resource_type type, std::string ns, std::string name, edit_builder build,
    edit_options options
)
{
    objects in = objects::in_ns(std::move(on), std::move(type), std::move(ns));
    return edit(std::move(in), std::move(name), std::move(build), std::move(options));
}

}  // namespace kuberay::ray
