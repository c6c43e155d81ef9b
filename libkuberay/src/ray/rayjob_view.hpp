#pragma once

#include <kuberay/kube/watch.hpp>
#include <kuberay/ray/job.hpp>

#include <optional>
#include <string>

namespace kuberay::ray {

/// Judges from what a watch reports what becomes of one RayJob (that with the uid). Pure: no clock, no I/O.
class rayjob_view {
public:
    rayjob_view(std::string name, std::string uid);

    /// A change of the RayJob of that name.
    void see(kube::watch_event<job> event);

    /// As last seen; empty before.
    job const& now() const noexcept { return job_; }

    /// True when an operator (or another controller, which has its own pace) deals with it.
    bool is_touched() const noexcept;

    /// The operator does nothing more with it, or it is gone.
    bool is_over() const noexcept;

    /// Ray's own end of the job: SUCCEEDED, FAILED or STOPPED.
    bool has_outcome() const noexcept;

    /// Why nothing can come of it any more: failed, refused by the operator, deleted, replaced.
    std::optional<error> verdict() const;

    /// For messages: "Initializing", "not touched by the operator yet".
    std::string state() const;

private:
    std::string name_, uid_;
    job job_;
    std::string gone_;
};

}  // namespace kuberay::ray
