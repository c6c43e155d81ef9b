#include "commands/submit_flags.hpp"

#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "commands/submit_text.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/runtime_env.hpp>

#include <algorithm>

namespace cli::commands {

submit_flags::submit_flags(submit_form form_)
    : form(form_)
{
}

bool submit_flags::makes_rayjob() const noexcept
{
    if (form == submit_form::run || !file.empty() || names_rayjob) return true;
    return place.address.empty() && !no_rayjob;
}

void submit_flags::declare(flags& on)
{
    describe_submission(on, form);
    on.words("-- ENTRYPOINT [ARGUMENT...]", 0, any_number, &words).dash_at = &dash_at_;
    declare_what(on);
    declare_needs(on);
    declare_rayjob(on);
    declare_course(on);
}

void submit_flags::declare_what(flags& on)
{
    on.value("filename", 'f', &file, "RayJob manifest (YAML or JSON); - is standard input.").completes =
        complete_files({"yaml", "yml", "json"});
    on.value("name", 0, &name, "Name of the RayJob.");
    place.declare(
        on, "Existing Ray cluster to run on, instead of one made for the job.",
        "URL of a dashboard (http://HOST:8265). Alone: no Kubernetes, no RayJob. With --name or -f: the RayJob is "
        "made, and the dashboard is looked for there."
    );
    if (form == submit_form::submit)
        on.toggle("no-rayjob", 0, &no_rayjob, "With -c: straight to the cluster's dashboard, without a RayJob.");
    flag& id = on.value("submission-id", 0, &submission_id, "Id of the job in Ray; else one is generated.");
    id.aliases = {"job-id"};
    on.value("runtime-env", 0, &runtime_env, "Runtime environment, a YAML or JSON file.").completes =
        complete_files({"yaml", "yml", "json"});
    on.value("runtime-env-json", 0, &runtime_env_json, "Runtime environment, as JSON.");
    on.value("working-dir", 0, &working_dir, "Folder, archive or URI that the job runs in; folders are uploaded.")
        .completes = complete_directories();
}

void submit_flags::declare_needs(flags& on)
{
    on.value("entrypoint-num-cpus", 0, &num_cpus, "CPUs reserved for the entrypoint.");
    on.value("entrypoint-num-gpus", 0, &num_gpus, "GPUs reserved for the entrypoint.");
    on.value("entrypoint-memory", 0, &memory, "Bytes of memory reserved for the entrypoint.");
    on.value("entrypoint-resources", 0, &resources_json, R"(Custom resources of the entrypoint, as {"name": 1}.)");
    on.value(
        "entrypoint-label-selector", 0, &label_selector_json,
        R"(Labels of the node that the entrypoint runs on, as {"name": "value"}; needs a recent Ray.)"
    );
    on.value("metadata-json", 0, &metadata_json, R"(Metadata of the job, as {"name": "text"}.)");
    on.choice(
        "log-style", 0, &log_style, {{"auto", "pretty"}, {"record", "lines with the time"}, {"pretty", "plain lines"}},
        "How this command's own lines look: auto, record (with the time) or pretty. The job's output stays as it is."
    );
    on.choice(
        "log-color", 0, &log_color, {{"auto", "on a terminal"}, {"false", "never"}, {"true", "always"}},
        "Colour in this command's own lines: auto, false or true."
    );
    on.toggle("verbose", 'v', &verbose, "Tell of every step.");
}

void submit_flags::declare_rayjob(flags& on)
{
    std::size_t const before = on.all().size();
    shape_.declare(on);
    for (std::size_t i = before; i < on.all().size(); ++i)
        shape_names_.push_back(on.all()[i].name);
    on.find("suspend")->hidden = true;  // a job on a suspended cluster waits for ever
    on.value("ttl-seconds-after-finished", 0, &ttl, "The cluster is deleted so many seconds after the job has ended.");
    on.toggle("shutdown-after-job-finishes", 0, &shutdown, "The cluster is deleted when the job has ended.");
    on.toggle("replace", 0, &replace, "Delete a RayJob of that name first.");
    if (form == submit_form::run) return;
    on.value("schedule", 0, &schedule, "Make a RayCronJob that starts the job at these times (\"0 3 * * *\").");
    on.value("time-zone", 0, &time_zone, "Time zone of --schedule (Europe/Berlin).");
    dry_run.declare(on);
}

void submit_flags::declare_course(flags& on)
{
    on.value("cluster-timeout", 0, &cluster_timeout, "Longest wait for the Ray cluster; 0 means no limit.");
    on.value("dashboard-timeout", 0, &dashboard_timeout, "Longest wait for its dashboard; 0 means no limit.");
    on.value("timeout", 0, &timeout, "Longest time for all of it; the job itself is not stopped. 0 means no limit.");
    if (form == submit_form::submit) {
        on.toggle("no-wait", 0, &no_wait, "Return when Ray has accepted the job.");
        on.toggle("wait-rayjob", 0, &wait_rayjob, "Wait in the end until the RayJob's status says so too.");
    }
    on.toggle("stopped-ok", 0, &stopped_ok, "A job that was stopped is no failure.");
    on.toggle("keep-on-failure", 0, &keep_on_failure, "Keep what was created when the job does not get to Ray.");
    on.toggle("cleanup-on-failure", 0, &cleanup_on_failure, "Delete the RayJob also when the job fails later.");
    on.toggle("stop-on-interrupt", 0, &stop_on_interrupt, "Ctrl-C stops the job; otherwise it goes on without us.");
}

void submit_flags::complete(flags const& given, global_flags& globals)
{
    take_words();
    names_rayjob = given.given("name");
    place.complete(globals);
    if (file == "-") globals.load.stdin_is_free = false;
    if (given.given("ttl-seconds-after-finished")) shutdown = true;
    refuse_contradictions(given);
    ignores_image = !place.cluster.empty() && given.given("image");
    cluster = shape_.config(given);
    if (shape_.group_texts.empty() && !given.given("num-of-hosts")) cluster.worker_groups.front().num_of_hosts.reset();
    parsed.entrypoint_num_cpus = num_cpus;
    parsed.entrypoint_num_gpus = num_gpus;
    parsed.entrypoint_memory = memory;
    auto const read = [this](char const* flag, std::string const& text, auto& into) {
        if (text.empty()) return;
        if (result<void> const done = read_map(text, into); done.has_error())
            unreadable_.emplace_back(flag, done.error().message());
    };
    read("--entrypoint-resources", resources_json, parsed.entrypoint_resources);
    read("--entrypoint-label-selector", label_selector_json, parsed.entrypoint_label_selector);
    read("--metadata-json", metadata_json, parsed.metadata);
}

// Only what stands behind `--` is the entrypoint; what stands before it has never meant anything.
void submit_flags::take_words()
{
    if (words.empty() && !file.empty()) return;
    if (!dash_at_ && !words.empty())
        throw usage_error("the entrypoint must stand behind --", "as in: -- " + ray::shell_words(words));
    auto const behind = words.begin() + static_cast<std::ptrdiff_t>(dash_at_.value_or(0));
    stray.assign(words.begin(), behind);
    words.erase(words.begin(), behind);
    if (words.empty() && file.empty()) throw usage_error("the entrypoint is missing: -- COMMAND [ARGUMENT...]");
}

void submit_flags::refuse_shape(flags const& given, std::string const& why, std::string_view allowed) const
{
    std::vector<std::string> offenders;
    for (std::string const& each : shape_names_)
        if (given.given(each) && each != allowed) offenders.push_back("--" + each);
    if (!offenders.empty()) throw usage_error(why + "; not allowed: " + kuberay::join(offenders, ", "));
}

void submit_flags::refuse_contradictions(flags const& given) const
{
    auto const both = [&given](char const* one, char const* other) {
        if (given.given(one) && given.given(other))
            throw usage_error(std::string("--") + one + " and --" + other + " exclude each other");
    };
    if (!file.empty() && !place.cluster.empty())
        throw usage_error("-f and --ray-cluster exclude each other: a file says where its job runs");
    both("filename", "no-rayjob");
    both("runtime-env", "runtime-env-json");
    both("keep-on-failure", "cleanup-on-failure");
    both("no-rayjob", "name");
    for (char const* const later : {"wait-rayjob", "stop-on-interrupt", "stopped-ok", "no-wait"}) {
        if (later != std::string_view("no-wait")) both("no-wait", later);
        both("schedule", later);
    }
    if (!place.cluster.empty() && !place.address.empty() && !makes_rayjob())
        throw usage_error("--ray-cluster and --address exclude each other, unless --name asks for a RayJob");
    if (no_rayjob && place.cluster.empty()) throw usage_error("--no-rayjob needs --ray-cluster");
    if (given.given("time-zone") && schedule.empty()) throw usage_error("--time-zone needs --schedule");
    if (!file.empty()) refuse_shape(given, "beside -f the cluster is described by the file alone");
    if (!place.cluster.empty()) refuse_shape(given, "the job runs on a cluster that exists", "image");
    if (!makes_rayjob()) {
        refuse_shape(given, "no cluster is made for the job");
        for (char const* const of_rayjob :
             {"ttl-seconds-after-finished", "shutdown-after-job-finishes", "replace", "schedule", "wait-rayjob",
              "dry-run"})
            if (given.given(of_rayjob))
                throw usage_error(std::string("--") + of_rayjob + " needs a RayJob, and none is made");
    }
    if (given.given("suspend")) throw usage_error("--suspend: a job cannot run on a suspended cluster");
}

}  // namespace cli::commands
