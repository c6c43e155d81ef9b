#pragma once

#include "cli/context.hpp"
#include "cli/dry_run.hpp"

#include <kuberay/ray/delete.hpp>
#include <kuberay/ray/target.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::commands {

struct requested_target {
    requested_target() = default;
    ray::target what;
    bool typed = false;  ///< the person wrote the type: an owned cluster is meant as well
};

struct delete_request {
    delete_request() = default;
    std::vector<requested_target> targets;
    ray::target_kind kind = ray::target_kind::cluster;  ///< of `selector` and `all`
    bool typed = false;
    bool yes = false, wait = false, ignore_not_found = false, force = false, all = false;
    std::string selector;
    std::chrono::nanoseconds timeout{0};
    dry_run_flag dry_run;
};

/// Looks up, asks, deletes, reports.
///
/// Outcome: `done` when all are gone or the answer was no; `failed` when one could not be deleted, or the answer was none.
task<exit_code> run_delete(context on, delete_request how);

}  // namespace cli::commands
