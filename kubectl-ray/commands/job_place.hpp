#pragma once

#include "cli/context.hpp"
#include "cli/flags.hpp"

#include <kuberay/ray/job_client.hpp>
#include <kuberay/ray/validation.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cli::commands {

/// Where the Jobs API is: `-c, --ray-cluster`, `--address`, `--headers`, `--verify`. In these commands `--cluster` names
/// the Ray cluster where it names no cluster of the kubeconfig (reference, section 12).
struct job_place {
    job_place() = default;
    std::string cluster, address, headers, verify;

    void declare(flags& on, std::string cluster_help, std::string address_help);

    void complete(global_flags& globals);

    /// Adds what is wrong with the flags, in their order.
    void check(std::vector<ray::problem>& into) const;

    /// Errors: `usage_error` for what `check` finds.
    void validate() const;

    /// A cluster or an address was given: jobs are submissions, no RayJobs.
    bool is_given() const noexcept { return !cluster.empty() || !address.empty(); }

    /// Says that `--cluster` was taken for `--ray-cluster`, if it was.
    void tell(context const& on) const;

    /// Errors: `errc::bad_input` when `--cluster` names a cluster of the kubeconfig and a Ray cluster.
    task<void> settle(context on) const { return refuse_ambiguous(std::move(on), kubeconfig_cluster_); }

    /// The address, and how its certificate is checked. Empty without `--address`. Errors: `errc::bad_input`.
    std::optional<ray::dashboard_address> target() const;

    /// Headers of the flag, else of RAY_JOB_HEADERS; the token of RAY_AUTH_TOKEN. Errors: `errc::bad_input`.
    ray::job_client_options client_options(context const& on) const;

private:
    static task<void> refuse_ambiguous(context on, std::string name);

    bool taken_from_cluster_ = false;
    std::string kubeconfig_cluster_;  ///< `--cluster`, where it names an entry
};

/// The fields of a JSON object of texts. Errors: `errc::bad_input`. Pure.
result<std::map<std::string, std::string>> parse_headers(std::string_view text);

/// A client of the dashboard that `place` says: by its address, or through the API server to the head of its cluster.
/// Errors: those of `client_options`; of the cluster's token.
task<ray::job_client> connect_jobs(context on, job_place place);

/// RayJobs, or the submissions of the place when one is given. `place` outlives the completer.
completer complete_job_names(job_place const* place);

}  // namespace cli::commands
