#include "ray/rayjob_view.hpp"

#include "base/quote.hpp"

#include <kuberay/base/text.hpp>

namespace kuberay::ray {

rayjob_view::rayjob_view(std::string name, std::string uid)
    : name_(std::move(name))
    , uid_(std::move(uid))
{
}

void rayjob_view::see(kube::watch_event<job> event)
{
    if (event.change == kube::change::synced) {
        if (job_.metadata.uid.empty() && gone_.empty()) gone_ = "it was deleted";
        return;
    }
    job& seen = event.object;
    if (seen.metadata.name != name_) return;
    bool const is_ours = seen.metadata.uid == uid_;
    if (event.change == kube::change::deleted) {
        if (is_ours && gone_.empty()) gone_ = "it was deleted";
        return;
    }
    if (!is_ours) {
        gone_ = "it was deleted and another RayJob of that name was created";
        return;
    }
    job_ = std::move(seen);
    if (job_.metadata.deletion_timestamp && gone_.empty()) gone_ = "it is being deleted";
}

bool rayjob_view::is_touched() const noexcept
{
    job_status const& status = job_.status;
    if (!job_.spec.managed_by.empty() && job_.spec.managed_by != "ray.io/kuberay-operator") return true;
    return !status.deployment_status.empty() || !status.ray_cluster_name.empty() || !job_.metadata.finalizers.empty();
}

bool rayjob_view::is_over() const noexcept { return !gone_.empty() || is_finished(job_.status); }

bool rayjob_view::has_outcome() const noexcept
{
    std::string const& status = job_.status.status;
    return status == job_phase::succeeded || status == job_phase::failed || status == job_phase::stopped;
}

std::optional<error> rayjob_view::verdict() const
{
    std::string const who = "the RayJob " + kuberay::quoted(name_);
    if (!gone_.empty()) return error(errc::unsatisfiable, who + " cannot go on: " + gone_);
    job_status const& status = job_.status;
    bool const refused = status.deployment_status == job_deployment::validation_failed;
    if (!refused && status.deployment_status != job_deployment::failed) return std::nullopt;
    std::string text = who + (refused ? " was refused by the operator" : " failed");
    if (!status.reason.empty() && status.reason != status.deployment_status) text += ": " + status.reason;
    if (!status.message.empty()) text += ": " + printable(status.message);
    return error(errc::unsatisfiable, std::move(text));
}

std::string rayjob_view::state() const
{
    if (!gone_.empty()) return gone_;
    std::string const& deployment = job_.status.deployment_status;
    if (deployment.empty())
        return is_touched() ? "seen by the operator, no status yet" : "not touched by the operator yet";
    std::string text = deployment;
    if (!job_.status.message.empty()) text += ": " + printable_line(job_.status.message);
    return text;
}

}  // namespace kuberay::ray
