#include "cli/quote.hpp"
#include "commands/submit_flags.hpp"
#include "commands/submit_text.hpp"

#include <kuberay/ray/runtime_env.hpp>

#include <boost/json/object.hpp>

namespace cli::commands {
namespace {

constexpr std::size_t longest_job_name = 47, longest_cron_job_name = 36;

void check_not_negative(std::vector<ray::problem>& into, char const* flag, std::chrono::nanoseconds value)
{
    if (value.count() < 0) into.emplace_back(flag, "it cannot be negative");
}

}  // namespace

void submit_flags::check_names(std::vector<ray::problem>& into) const
{
    std::size_t const longest = schedule.empty() ? longest_job_name : longest_cron_job_name;
    bool const needs_name = file.empty() && place.cluster.empty() && form == submit_form::submit && makes_rayjob();
    if (names_rayjob) {
        if (std::string fault = job_name_fault(name, longest); !fault.empty())
            into.emplace_back("--name", std::move(fault));
    } else if (needs_name) {
        into.emplace_back("--name", "it is needed where neither -f nor --ray-cluster nor --address is given");
    }
    place.check(into);
    if (submission_id.empty()) return;
    if (std::string fault = ray::submission_id_fault(submission_id); !fault.empty())
        into.emplace_back("--submission-id", std::move(fault));
}

void submit_flags::check_environment(std::vector<ray::problem>& into) const
{
    if (!runtime_env_json.empty()) {
        try {
            json::object const read = ray::parse_runtime_env(runtime_env_json, "--runtime-env-json");
        } catch (failure const& wrong) {
            std::string what = wrong.error().message();  // names the flag too
            if (what.starts_with("--runtime-env-json: ")) what.erase(0, 20);
            into.emplace_back("--runtime-env-json", std::move(what));
        }
    }
    if (working_dir && working_dir->empty()) into.emplace_back("--working-dir", "it is empty");
}

void submit_flags::check_numbers(std::vector<ray::problem>& into) const
{
    if (num_cpus && *num_cpus < 0) into.emplace_back("--entrypoint-num-cpus", "it cannot be negative");
    if (num_gpus && *num_gpus < 0) into.emplace_back("--entrypoint-num-gpus", "it cannot be negative");
    if (memory && *memory < 0) into.emplace_back("--entrypoint-memory", "it cannot be negative");
    into.insert(into.end(), unreadable_.begin(), unreadable_.end());
}

void submit_flags::check_rayjob(std::vector<ray::problem>& into) const
{
    if (file.empty() && place.cluster.empty() && makes_rayjob()) {
        ray::cluster_config checked = cluster;
        checked.name = "made-by-the-operator";
        ray::validation_options options;
        options.groups_by_flag = !shape_.group_texts.empty();
        options.skip_tpu_validation = shape_.skip_tpu_validation;
        std::vector<ray::problem> const found = ray::validate(checked, options);
        into.insert(into.end(), found.begin(), found.end());
    }
    if (ttl && *ttl < 0) into.emplace_back("--ttl-seconds-after-finished", "it cannot be negative");
}

void submit_flags::validate() const
{
    std::vector<ray::problem> found;
    check_names(found);
    check_environment(found);
    check_numbers(found);
    check_rayjob(found);
    check_not_negative(found, "--cluster-timeout", cluster_timeout);
    check_not_negative(found, "--dashboard-timeout", dashboard_timeout);
    check_not_negative(found, "--timeout", timeout);
    if (!found.empty()) throw usage_error(ray::as_error(found).message());
}

}  // namespace cli::commands
