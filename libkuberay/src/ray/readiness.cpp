#include "ray/readiness.hpp"

#include "ray/condition_message.hpp"
#include "ray/pod_trouble.hpp"

#include <kuberay/ray/conditions.hpp>

namespace kuberay::ray {
namespace {

std::string joined(std::string_view what, std::string const& reason, std::string const& message)
{
    std::string text(what);
    if (!reason.empty()) text += ": " + reason;
    if (!message.empty()) text += ": " + message;
    return text;
}

// What stands in the status and may still heal, as one line each.
std::vector<std::string> failures_of(cluster_status const& status)
{
    std::vector<std::string> found;
    auto const* replica = find_condition(status.conditions, cluster_condition::replica_failure);
    if (replica && replica->is_true()) found.push_back(joined(replica->type, replica->reason, message_of(*replica)));
    if (status.state == cluster_state::failed) found.push_back(joined("state failed", status.reason, std::string()));
    return found;
}

int wanted_pods(cluster_spec const& spec)
{
    if (spec.suspend.value_or(false)) return 0;
    int wanted = 1;
    for (worker_group const& group : spec.worker_group_specs)
        if (!group.suspend.value_or(false)) wanted += group.wanted_replicas() * group.hosts();
    return wanted;
}

}  // namespace

readiness::readiness(std::string name, std::string uid, std::chrono::steady_clock::duration fail_after)
    : name_(std::move(name))
    , uid_(std::move(uid))
    , fail_after_(fail_after)
{
}

void readiness::see(kube::watch_event<cluster> event, time_point now)
{
    if (event.change == kube::change::synced) {
        if (!cluster_) gone_ = uid_.empty() ? "there is no RayCluster of that name" : "it was deleted";
        return;
    }
    cluster& seen = event.object;
    if (seen.metadata.name != name_) return;
    if (event.change == kube::change::deleted) {
        // The predecessor's end is none of our business.
        if (uid_.empty() || seen.metadata.uid == uid_) gone_ = "it was deleted";
        return;
    }
    if (uid_.empty()) uid_ = seen.metadata.uid;
    if (seen.metadata.uid != uid_) {
        gone_ = "it was deleted and another RayCluster of that name was created";
        return;
    }
    cluster_ = std::move(seen);
    judge(now);
}

void readiness::judge(time_point now)
{
    if (cluster_->spec.suspend.value_or(false)) gone_ = "it is suspended";
    if (cluster_->metadata.deletion_timestamp) gone_ = "it is being deleted";
    std::vector<std::string> const failures = failures_of(cluster_->status);
    // The operator calls a cluster provisioned when all pods that it could create are ready.
    ready_ = is_provisioned(cluster_->status) && failures.empty();
    if (failures.empty()) {
        failing_since_.reset();
        failure_.clear();
        return;
    }
    if (!failing_since_) failing_since_ = now;
    failure_ = failures.front();
}

void readiness::see(kube::watch_event<kube::pod> event)
{
    if (event.change == kube::change::synced) return;
    if (event.change == kube::change::deleted)
        pods_.erase(event.object.metadata.name);
    else
        pods_[event.object.metadata.name] = std::move(event.object);
}

void readiness::without_pods(error const& why) { pods_error_ = "the pods cannot be watched: " + why.message(); }

bool readiness::is_ours(kube::pod const& pod) const
{
    if (pod.metadata.deletion_timestamp) return false;
    auto const* owner = pod.metadata.controller();
    return !owner || uid_.empty() || owner->uid.empty() || owner->uid == uid_;
}

std::optional<error> readiness::verdict(time_point now) const
{
    std::string const who = "the RayCluster \"" + name_ + "\" cannot become ready: ";
    if (!gone_.empty()) return error(errc::unsatisfiable, who + gone_);
    for (auto const& [name, pod] : pods_) {
        if (!is_ours(pod)) continue;
        for (pod_trouble const& trouble : troubles_of(pod))
            if (is_hopeless(trouble))
                return error(
                    errc::unsatisfiable, who + joined("pod " + name + ": " + trouble.reason, {}, trouble.message)
                );
    }
    if (failing_since_ && now - *failing_since_ >= fail_after_) return error(errc::unsatisfiable, who + failure_);
    return std::nullopt;
}

std::optional<readiness::time_point> readiness::next_check() const
{
    if (!failing_since_) return std::nullopt;
    return *failing_since_ + fail_after_;
}

progress readiness::report() const
{
    progress report;
    if (cluster_) {
        report.state = cluster_->status.state;
        report.conditions = cluster_->status.conditions;
        report.pods_wanted = wanted_pods(cluster_->spec);
        report.messages = failures_of(cluster_->status);
    }
    for (auto const& [name, pod] : pods_) {
        if (!is_ours(pod)) continue;
        if (pod.is_ready()) ++report.pods_ready;
        for (pod_trouble& trouble : troubles_of(pod))
            report.troubles.push_back(std::move(trouble));
    }
    if (!pods_error_.empty()) report.messages.push_back(pods_error_);
    return report;
}

}  // namespace kuberay::ray
