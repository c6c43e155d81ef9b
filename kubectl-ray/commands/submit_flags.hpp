#pragma once

#include "cli/dry_run.hpp"
#include "commands/cluster_flags.hpp"
#include "commands/job_place.hpp"

#include <kuberay/ray/job_client.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cli::commands {

/// `job submit`, or `job run`, which always makes a cluster, follows, and deletes it in the end.
enum class submit_form { submit, run };

/// What `job submit` was asked for. The words behind `--` are kept one by one.
struct submit_flags {
    explicit submit_flags(submit_form form_);

    void declare(flags& on);

    /// Works out what was not given. Errors: `usage_error` for flags that exclude each other.
    void complete(flags const& given, global_flags& globals);

    /// Everything that is wrong, in the order of the flags. Errors: `usage_error`.
    void validate() const;

    /// A RayJob is created; else the job goes straight to a dashboard.
    bool makes_rayjob() const noexcept;

    /// Its own lines come on stdout: the job's output does not follow there.
    bool says_on_stdout() const noexcept { return no_wait || !schedule.empty(); }

    submit_form form;
    std::vector<std::string> words;  ///< the entrypoint
    std::vector<std::string> stray;  ///< words before `--`
    bool ignores_image = false;      ///< given beside an existing cluster, as the plugin's proposal has it
    std::string file, name;
    bool names_rayjob = false;
    job_place place;
    bool no_rayjob = false, replace = false;

    std::string submission_id, runtime_env, runtime_env_json;
    std::optional<std::string> working_dir;
    std::optional<float> num_cpus, num_gpus;
    std::optional<std::int64_t> memory;
    std::string resources_json, label_selector_json, metadata_json;
    ray::job_submission parsed;  ///< what the flags say of the entrypoint's needs and of metadata, read

    std::string log_style = "auto", log_color = "auto";
    bool verbose = false;

    ray::cluster_config cluster;
    std::optional<std::int32_t> ttl;
    bool shutdown = false;
    std::string schedule, time_zone;
    dry_run_flag dry_run;

    bool no_wait = false, wait_rayjob = false, stopped_ok = false;
    bool keep_on_failure = false, cleanup_on_failure = false, stop_on_interrupt = false;
    std::chrono::nanoseconds cluster_timeout = std::chrono::minutes(10), dashboard_timeout = std::chrono::seconds(60),
                             timeout{0};

private:
    void declare_what(flags& on);
    void declare_needs(flags& on);
    void declare_rayjob(flags& on);
    void declare_course(flags& on);
    void describe(flags& on) const;
    void take_words();
    void refuse_shape(flags const& given, std::string const& why, std::string_view allowed = {}) const;
    void refuse_contradictions(flags const& given) const;
    void check_names(std::vector<ray::problem>& into) const;
    void check_environment(std::vector<ray::problem>& into) const;
    void check_numbers(std::vector<ray::problem>& into) const;
    void check_rayjob(std::vector<ray::problem>& into) const;

    cluster_flags shape_;
    std::optional<std::size_t> dash_at_;
    std::vector<std::string> shape_names_;  ///< the flags that shape a cluster
    std::vector<ray::problem> unreadable_;  ///< JSON that could not be read
};

}  // namespace cli::commands
