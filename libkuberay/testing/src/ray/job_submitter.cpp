#include "job_submitter.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr char const* submitter_name = "ray-job-submitter";

json::object submitter_container(json::object const& cluster)
{
    json::object container;
    container["name"] = submitter_name;
    container["image"] = text_at(cluster, "spec.headGroupSpec.template.spec.containers.0.image");
    json::array command;
    for (char const* word : {"/bin/bash", "-ce", "--"})
        command.push_back(json::value(word));
    container["command"] = std::move(command);
    container["args"] = json::array(1, json::value("ray job submit"));
    return container;
}

json::object labels_of(json::object const& job)
{
    json::object labels;
    labels["app.kubernetes.io/created-by"] = "kuberay-operator";
    labels["ray.io/originated-from-cr-name"] = text_at(job, "metadata.name");
    labels["ray.io/originated-from-crd"] = "RayJob";
    return labels;
}

std::optional<json::object> submitter_pod(api_server const& server, object_name const& job)
{
    for (json::object& pod : server.all("pods", job.ns)) {
        json::value const root = pod;
        json::value const* labels = find_path(root, "metadata.labels");
        json::value const* of = labels && labels->is_object() ? labels->get_object().if_contains("job-name") : nullptr;
        if (of && *of == json::value(job.name)) return std::move(pod);
    }
    return std::nullopt;
}

bool is_over(std::string const& status) { return status == "SUCCEEDED" || status == "FAILED" || status == "STOPPED"; }

/// Marks the container as ended with this code; the pod too, when it has no other.
void end_container(api_server server, json::object pod, int code)
{
    json::object& status = part_of(pod, "status");
    json::value* list = status.if_contains("containerStatuses");
    if (!list || !list->is_array()) return;
    json::value const before = status;
    for (json::value& one : list->get_array()) {
        if (string_at(one, "name") != submitter_name) continue;
        std::string const since(string_at(one, "state.terminated.finishedAt"));
        json::object ended;
        ended["exitCode"] = code;
        ended["reason"] = code == 0 ? "Completed" : "Error";
        ended["finishedAt"] = since.empty() ? format_rfc3339(server.now()) : since;
        one.as_object()["state"] = json::object({{"terminated", std::move(ended)}});
        one.as_object()["ready"] = false;
    }
    if (list->get_array().size() == 1) status["phase"] = code == 0 ? "Succeeded" : "Failed";
    if (json::value(status) != before) server.put(std::move(pod));
}

void finish_batch_job(api_server server, object_name const& name)
{
    std::optional<json::object> job = server.find("jobs.batch", name.ns, name.name);
    if (!job) return;
    json::object& status = part_of(*job, "status");
    if (has_condition(status, "Complete")) return;
    set_condition(status, "Complete", true, "CompletionsReached", "", format_rfc3339(server.now()));
    status["succeeded"] = 1;
    status["active"] = 0;
    server.put(std::move(*job));
}

void write_log(
    operator_settings& settings, ray_head const& head, std::string const& id, std::string const& pod, bool ended
)
{
    if (!settings.pods) return;
    std::size_t& done = settings.forwarded[pod];
    std::string const log = head.log_of(id);
    std::string_view const fresh = std::string_view(log).substr(std::min(done, log.size()));
    std::size_t const whole = ended ? fresh.size() : fresh.rfind('\n') + 1;
    if (whole == 0) return;
    done += whole;
    settings.pods->append_log(pod, submitter_name, std::string(fresh.substr(0, whole)));
}

}  // namespace

json::object submission_of(json::object const& job, std::string const& id)
{
    json::value const root = job;
    json::object request;
    request["entrypoint"] = text_at(job, "spec.entrypoint");
    request["submission_id"] = id;
    if (std::string const env = text_at(job, "spec.runtimeEnvYAML"); !env.empty())
        if (auto const documents = parse_yaml(env, "runtimeEnvYAML"); !documents.empty())
            request["runtime_env"] = documents.front().value();
    if (json::value const* metadata = find_path(root, "spec.metadata")) request["metadata"] = *metadata;
    if (json::value const* cpus = find_path(root, "spec.entrypointNumCpus")) request["entrypoint_num_cpus"] = *cpus;
    if (json::value const* gpus = find_path(root, "spec.entrypointNumGpus")) request["entrypoint_num_gpus"] = *gpus;
    std::string const resources = text_at(job, "spec.entrypointResources");
    if (auto const parsed = parse_json(resources); parsed && parsed->is_object())
        request["entrypoint_resources"] = *parsed;
    return request;
}

void make_submitter(api_server server, json::object const& job, json::object const& cluster)
{
    object_name const name(job);
    if (server.find("jobs.batch", name.ns, name.name)) return;
    json::object batch;
    batch["apiVersion"] = "batch/v1";
    batch["kind"] = "Job";
    json::object& meta = part_of(batch, "metadata");
    meta["name"] = name.name;
    meta["namespace"] = name.ns;
    meta["labels"] = labels_of(job);
    meta["ownerReferences"] = json::array(1, json::value(owner_reference_to(job)));
    json::object pod_spec;
    pod_spec["restartPolicy"] = "Never";
    pod_spec["containers"] = json::array(1, json::value(submitter_container(cluster)));
    part_of(batch, "spec")["backoffLimit"] = 2;
    part_of(part_of(batch, "spec"), "template")["spec"] = pod_spec;
    part_of(batch, "status")["active"] = 1;
    json::object const stored = server.put(std::move(batch));
    write_event(
        server, job, "Normal", "CreatedRayJobSubmitter", "Created Kubernetes Job " + name.ns + "/" + name.name,
        "rayjob-controller"
    );
    json::object pod;
    pod["apiVersion"] = "v1";
    pod["kind"] = "Pod";
    json::object& pod_meta = part_of(pod, "metadata");
    pod_meta["name"] = name.name + "-" + next_suffix();
    pod_meta["namespace"] = name.ns;
    pod_meta["labels"] = json::object({{"job-name", name.name}, {"batch.kubernetes.io/job-name", name.name}});
    pod_meta["ownerReferences"] = json::array(1, json::value(owner_reference_to(stored)));
    pod["spec"] = std::move(pod_spec);
    part_of(pod, "spec")["nodeName"] = "node-1";
    json::object container;
    container["name"] = submitter_name;
    container["ready"] = true;
    container["restartCount"] = 0;
    container["state"] = json::object({{"running", {{"startedAt", format_rfc3339(server.now())}}}});
    json::object& status = part_of(pod, "status");
    status["phase"] = "Running";
    status["containerStatuses"] = json::array(1, json::value(std::move(container)));
    server.put(std::move(pod));
}

void add_sidecar(json::object const&, json::object& cluster)
{
    json::object& spec = part_of(part_of(part_of(part_of(cluster, "spec"), "headGroupSpec"), "template"), "spec");
    json::object container = submitter_container(cluster);
    json::value& containers = spec["containers"];
    if (!containers.is_array()) containers.emplace_array();
    containers.get_array().push_back(std::move(container));
    spec["restartPolicy"] = "Never";
}

std::optional<int> advance_submitter(
    api_server server, operator_settings& settings, json::object const& job, ray_head head, std::string const& head_pod
)
{
    object_name const name(job);
    bool const sidecar = text_at(job, "spec.submissionMode") == "SidecarMode";
    std::optional<json::object> pod = sidecar ? server.find("pods", name.ns, head_pod) : submitter_pod(server, name);
    if (!pod || text_at(*pod, "status.phase") == "Pending") return std::nullopt;
    std::string const id = text_at(job, "status.jobId");
    if (!head.find(id)) head.submit(submission_of(job, id));
    std::string const status = head.status_of(id);
    write_log(settings, head, id, text_at(*pod, "metadata.name"), is_over(status));
    if (!is_over(status)) return std::nullopt;
    // `ray job logs --follow` says nothing of how the job ended; `ray job submit` does.
    int const code = sidecar && status == "FAILED" ? 1 : 0;
    if (settings.pods) settings.pods->end_log(text_at(*pod, "metadata.name"), submitter_name);
    pod = server.find("pods", name.ns, text_at(*pod, "metadata.name"));
    if (pod) end_container(server, std::move(*pod), code);
    if (!sidecar) finish_batch_job(server, name);
    return code;
}

void remove_submitter(api_server server, object_name const& job)
{
    if (std::optional<json::object> const pod = submitter_pod(server, job))
        server.remove("pods", job.ns, text_at(*pod, "metadata.name"));
    server.remove("jobs.batch", job.ns, job.name);
}

}  // namespace kuberay::testing
