#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/params.hpp>
#include <kuberay/ray/target.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::ray {

/// What `find_for_deletion` saw, to be shown before it is deleted.
struct deletion {
    deletion() = default;
    target what;
    std::string uid;         ///< the precondition; empty: none
    std::string controller;  ///< "RayJob/nightly" when another object owns and would make it again; else empty
};

/// Looks up every target at the same time; results in the order given, nullopt where there is no such object.
/// Errors of each: the server's.
task<std::vector<result<std::optional<deletion>>>>
find_for_deletion(kube::client on, std::string ns, std::vector<target> targets);

struct delete_options {
    delete_options() = default;
    bool ignore_not_found = false;
    bool dry_run = false;
    kube::propagation propagation = kube::propagation::background;
    bool wait = false;                              ///< until the objects are gone
    std::chrono::steady_clock::duration timeout{};  ///< of each wait; zero: none
};

enum class delete_end { deleted, absent };

/// Deletes all at the same time. Outcomes stand in the order of `what`; one that fails does not keep the others.
///
/// Errors of each: the server's; `reason::not_found` unless ignored; `reason::conflict` when the object was replaced
/// by another since it was looked up; `errc::timed_out`. Cancellation: terminal; some may be deleted.
task<std::vector<result<delete_end>>>
delete_targets(kube::client on, std::string ns, std::vector<deletion> what, delete_options options = delete_options());

}  // namespace kuberay::ray
