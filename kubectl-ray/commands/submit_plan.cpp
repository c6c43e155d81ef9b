#include "commands/submit_plan.hpp"

#include "cli/quote.hpp"
#include "commands/submit_text.hpp"

#include <kuberay/base/file.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/job.hpp>

#include <random>

namespace cli::commands {
namespace {

// How long the cluster of `job run` outlives its job when nobody is there to delete it.
constexpr std::int32_t seconds_after_run = 60;

std::string text_of(context const& on, std::string const& path, char const* what)
{
    if (path == "-") return on.in().read_all();
    result<std::string> text = kuberay::read_file(path);
    if (text.has_error())
        throw failure(text.error().with_context(std::string("reading the ") + what + " " + in_quotes(path)));
    return std::move(*text);
}

// As the API server makes names: no vowels, nothing that looks like something else.
std::string generated_name()
{
    constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> any(0, letters.size() - 1);
    std::string name = "rayjob-";
    for (int i = 0; i < 5; ++i)
        name += letters[any(random)];
    return name;
}

json::object& spec_of(json::object& rayjob)
{
    json::value& spec = rayjob["spec"];
    if (!spec.is_object()) spec.emplace_object();
    return spec.get_object();
}

std::string spec_text(json::object const& rayjob, char const* field)
{
    json::value const root = rayjob;
    return std::string(kuberay::string_at(root, std::string("spec.") + field));
}

// What a submitting client would say by itself, for jobs that the operator submits.
void write_needs(json::object& rayjob, ray::job_submission const& job)
{
    json::object& spec = spec_of(rayjob);
    if (job.entrypoint_num_cpus) spec["entrypointNumCpus"] = *job.entrypoint_num_cpus;
    if (job.entrypoint_num_gpus) spec["entrypointNumGpus"] = *job.entrypoint_num_gpus;
    if (!job.entrypoint_resources.empty()) {
        json::object resources;
        for (auto const& [name, amount] : job.entrypoint_resources)
            resources[name] = amount;
        spec["entrypointResources"] = kuberay::to_json(resources);
    }
    if (job.metadata.empty()) return;
    json::object metadata;
    for (auto const& [name, text] : job.metadata)
        metadata[name] = text;
    spec["metadata"] = std::move(metadata);
}

// What the file says, where no flag says something else.
void read_needs(json::object const& rayjob, ray::job_submission& job)
{
    json::value const root = rayjob;
    json::value const* const cpus = kuberay::find_path(root, "spec.entrypointNumCpus");
    json::value const* const gpus = kuberay::find_path(root, "spec.entrypointNumGpus");
    json::value const* const metadata = kuberay::find_path(root, "spec.metadata");
    if (!job.entrypoint_num_cpus && cpus && cpus->is_number()) job.entrypoint_num_cpus = cpus->to_number<double>();
    if (!job.entrypoint_num_gpus && gpus && gpus->is_number()) job.entrypoint_num_gpus = gpus->to_number<double>();
    std::string_view const resources = kuberay::string_at(root, "spec.entrypointResources");
    if (job.entrypoint_resources.empty() && !resources.empty()) {
        result<void> const read = read_map(resources, job.entrypoint_resources);
        if (read.has_error()) throw failure(read.error().with_context("spec.entrypointResources of the RayJob"));
    }
    if (!job.metadata.empty() || !metadata || !metadata->is_object()) return;
    for (auto const& [name, value] : metadata->get_object())
        if (value.is_string()) job.metadata[std::string(name)] = std::string(value.get_string());
}

// A job that nobody submits from here cannot bring files from here.
void refuse_local(
    submit_flags const& how, json::object const& env, ray::value_locator const& where, char const* why, char const* hint
)
{
    std::string const pointer = ray::first_local_path(env);
    if (pointer.empty()) return;
    json::value const whole = env;
    std::string const path(whole.at_pointer(pointer).as_string());
    bool const of_flag = how.working_dir && pointer == "/working_dir";
    std::string const place = of_flag ? "--working-dir" : where(pointer);
    throw failure(error(errc::bad_input, place + ": " + in_quotes(path) + " is here, and " + why).with_hint(hint));
}

/// Puts one submission together.
class planner {
public:
    planner(context const& on, submit_flags const& how)
        : on_(on)
        , how_(how)
    {
    }

    submit_plan run()
    {
        made_.request.job = how_.parsed;
        if (!how_.file.empty())
            from_file();
        else if (how_.makes_rayjob())
            from_flags();
        else
            plain();
        read_environment();
        settle_connection();
        return std::move(made_);
    }

private:
    void take_id()
    {
        made_.generated_id = how_.submission_id.empty();
        made_.request.job.submission_id = made_.generated_id ? ray::make_submission_id() : how_.submission_id;
    }

    std::string ns() const { return how_.dry_run.client() ? on_.ns_without_server() : on_.ns(); }

    void plain()
    {
        take_id();
        made_.request.job.entrypoint = ray::shell_words(how_.words);
        made_.request.cluster = how_.place.cluster;
        if (!how_.place.cluster.empty()) made_.ns = ns();
    }

    void from_flags()
    {
        take_id();
        made_.ns = ns();
        made_.generated_name = !how_.names_rayjob;
        made_.rayjob = how_.names_rayjob ? how_.name : generated_name();
        made_.request.job.entrypoint = ray::shell_words(how_.words);
        ray::rayjob_config wanted;
        wanted.name = made_.rayjob;
        wanted.ns = made_.ns;
        wanted.submission_id = made_.request.job.submission_id;
        wanted.entrypoint = made_.request.job.entrypoint;
        wanted.existing_cluster = how_.place.cluster;
        wanted.ttl_seconds_after_finished = how_.ttl;
        wanted.shutdown_after_job_finishes = how_.shutdown;
        bool const ends_alone = how_.form == submit_form::run && !how_.shutdown && how_.place.cluster.empty();
        if (ends_alone) {
            wanted.shutdown_after_job_finishes = true;
            wanted.ttl_seconds_after_finished = seconds_after_run;
        }
        wanted.labels = how_.cluster.labels;
        wanted.annotations = how_.cluster.annotations;
        made_.request.rayjob = ray::generate_rayjob(wanted, how_.cluster);
    }

    std::string file_name() const { return how_.file == "-" ? "<stdin>" : how_.file; }

    void from_file()
    {
        std::string const source = file_name();
        json::object rayjob = ray::read_rayjob(text_of(on_, how_.file, "RayJob"), source);
        json::object& spec = spec_of(rayjob);
        std::string const mode = spec_text(rayjob, "submissionMode");
        made_.request.submits = mode == ray::submission_mode::interactive;
        if (!how_.words.empty()) spec["entrypoint"] = ray::shell_words(how_.words);
        made_.request.job.entrypoint = spec_text(rayjob, "entrypoint");
        if (made_.request.submits)
            take_id();
        else
            made_.request.job.submission_id =
                how_.submission_id.empty() ? spec_text(rayjob, "jobId") : how_.submission_id;
        if (!made_.request.job.submission_id.empty()) spec["jobId"] = made_.request.job.submission_id;
        if (how_.ttl) spec["ttlSecondsAfterFinished"] = *how_.ttl;
        if (how_.shutdown) spec["shutdownAfterJobFinishes"] = true;
        name_file(rayjob, source);
        if (made_.request.submits)
            read_needs(rayjob, made_.request.job);
        else
            write_needs(rayjob, made_.request.job);
        made_.request.rayjob = std::move(rayjob);
    }

    void name_file(json::object& rayjob, std::string const& source)
    {
        json::value& metadata = rayjob["metadata"];
        if (!metadata.is_object()) metadata.emplace_object();
        std::string const name(kuberay::string_at(metadata, "name")), ns(kuberay::string_at(metadata, "namespace"));
        if (how_.names_rayjob && !name.empty() && name != how_.name)
            throw failure(
                errc::bad_input, "the file " + in_quotes(source) + " describes the RayJob " + in_quotes(name)
                                     + ", but --name says " + in_quotes(how_.name)
            );
        made_.rayjob = name.empty() ? how_.name : name;
        if (std::string const fault = job_name_fault(made_.rayjob, 47); !fault.empty())
            throw failure(errc::bad_input, source + ": metadata.name: " + fault);
        std::string const& wanted = on_.globals().load.ns;
        if (!ns.empty() && !wanted.empty() && ns != wanted)
            throw failure(error(
                              errc::bad_input, "flag -n, --namespace says " + in_quotes(wanted) + ", but the file "
                                                   + in_quotes(source) + " says namespace " + in_quotes(ns)
            )
                              .with_hint("leave one of the two out"));
        made_.ns = ns.empty() ? this->ns() : ns;
        metadata.get_object()["name"] = made_.rayjob;
        metadata.get_object()["namespace"] = made_.ns;
    }

    void read_environment()
    {
        std::string const recorded = spec_text(made_.request.rayjob, "runtimeEnvYAML");
        if (!how_.runtime_env.empty())
            made_.runtime_env = ray::parse_runtime_env(
                text_of(on_, how_.runtime_env, "runtime environment"), how_.runtime_env, &made_.where
            );
        else if (!how_.runtime_env_json.empty())
            made_.runtime_env = ray::parse_runtime_env(how_.runtime_env_json, "--runtime-env-json", &made_.where);
        else if (!recorded.empty())
            made_.runtime_env = ray::parse_runtime_env(recorded, file_name() + ": spec.runtimeEnvYAML", &made_.where);
        if (made_.request.submits) return;
        bool const given = !how_.runtime_env.empty() || !how_.runtime_env_json.empty() || how_.working_dir;
        if (!given) return;
        if (how_.working_dir) made_.runtime_env["working_dir"] = *how_.working_dir;
        refuse_local(
            how_, made_.runtime_env, made_.where, "the operator, which submits this RayJob, cannot see it",
            "spec.submissionMode: InteractiveMode lets this command submit the job and upload the files"
        );
        spec_of(made_.request.rayjob)["runtimeEnvYAML"] = kuberay::to_yaml(made_.runtime_env);
    }

    void settle_connection()
    {
        made_.request.replace = how_.replace;
        made_.request.address = how_.place.target();
        made_.request.client = how_.place.client_options(on_);
        made_.request.cluster_timeout = how_.cluster_timeout;
        made_.request.dashboard_timeout = how_.dashboard_timeout;
    }

    context const& on_;
    submit_flags const& how_;
    submit_plan made_;
};

}  // namespace

submit_plan plan_submission(context const& on, submit_flags const& how) { return planner(on, how).run(); }

json::object plan_cron_job(submit_flags const& how, submit_plan const& plan)
{
    json::object rayjob = plan.request.rayjob;
    write_needs(rayjob, plan.request.job);
    spec_of(rayjob).stable_erase("jobId");  // each job gets one of its own
    json::object env = plan.runtime_env;
    if (how.working_dir) env["working_dir"] = *how.working_dir;
    refuse_local(
        how, env, plan.where, "nobody uploads it when the scheduled job runs",
        "give an address that the cluster can reach, or put the files into the image"
    );
    return ray::generate_cron_job(std::move(rayjob), how.schedule, how.time_zone, std::move(env));
}

bool shuts_down(json::object const& rayjob)
{
    return kuberay::bool_at(json::value(rayjob), "spec.shutdownAfterJobFinishes").value_or(false);
}

}  // namespace cli::commands
