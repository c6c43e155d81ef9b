
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/delete.hpp>
#include <kuberay/ray/wait.hpp>

namespace kuberay::ray {
namespace {

using objects = kube::api<kube::object>;

task<std::optional<deletion>> look_up(kube::client on, std::string ns, target what)
{
    objects const in = objects::in_ns(std::move(on), type_of(what.kind), std::move(ns));
    task<std::optional<kube::object>> finding = in.find(what.name);
    result<std::optional<kube::object>> found = co_await as_result(std::move(finding));
    if (found.has_error()) throw failure(found.error());
    if (!found->has_value()) co_return std::nullopt;
    kube::object_meta const& metadata = (*found)->metadata;
    deletion seen;
    seen.what = std::move(what);
    seen.uid = metadata.uid;
    if (auto const* owner = metadata.controller()) seen.controller = owner->kind + "/" + owner->name;
    co_return seen;
}

error not_deleted(error const& why, deletion const& what)
{
    if (why.code() == reason::conflict && !what.uid.empty())
        return why.with_context(what.what.str() + " was replaced by another object of that name and is left alone");
    return why;
}

task<delete_end> delete_one(kube::client on, std::string ns, deletion what, delete_options options)
{
    objects const in = objects::in_ns(on, type_of(what.what.kind), std::move(ns));
    kube::remove_params params;
    params.uid = what.uid;
    params.propagation = options.propagation;
    params.dry_run = options.dry_run;
    task<void> removing = in.remove(what.what.name, params);
    result<void> removed = co_await as_result(std::move(removing));
    if (removed.has_error()) {
        if (options.ignore_not_found && kube::is_absence(removed.error(), in.core().type(), what.what.name))
            co_return delete_end::absent;
        throw failure(not_deleted(removed.error(), what));
    }
    if (options.wait && !options.dry_run)
        co_await wait_deleted(on, in.core().type(), in.core().ns(), what.what.name, what.uid, options.timeout);
    co_return delete_end::deleted;
}

}  // namespace

task<std::vector<result<std::optional<deletion>>>>
find_for_deletion(kube::client on, std::string ns, std::vector<target> targets)
{
    std::vector<task<std::optional<deletion>>> ops;
    for (target& what : targets)
        ops.push_back(look_up(on, ns, std::move(what)));
    return run_all(std::move(ops));
}

task<std::vector<result<delete_end>>>
delete_targets(kube::client on, std::string ns, std::vector<deletion> what, delete_options options)
{
    std::vector<task<delete_end>> ops;
    for (deletion& one : what)
        ops.push_back(delete_one(on, ns, std::move(one), options));
    return run_all(std::move(ops));
}

}  // namespace kuberay::ray
