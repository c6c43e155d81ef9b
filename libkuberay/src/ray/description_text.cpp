#include "ray/condition_message.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/describe.hpp>

#include <limits>

namespace kuberay::ray {
namespace {

// "Name:      value" lines and indented sections; everything from the cluster is made safe for one line.
class page {
public:
    void line(std::string_view key, std::string const& value)
    {
        if (value.empty()) return;
        std::string label = std::string(key) + ":";
        label.resize(std::max<std::size_t>(label.size() + 1, 17), ' ');
        text_ += label + printable_line(value) + "\n";
    }

    void section(std::string_view title) { text_ += std::string(title) + ":\n"; }
    void item(std::string value)
    {
        value.erase(value.find_last_not_of(' ') + 1);
        text_ += "  " + printable_line(value) + "\n";
    }

    void detail(std::string const& value) { text_ += "      " + printable_line(value) + "\n"; }
    void append(std::string const& other) { text_ += other; }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string padded(std::string text, std::size_t width)
{
    if (display_width(text) < width) text.append(width - display_width(text), ' ');
    return text + "  ";
}

void add_groups(page& to, cluster_description const& of)
{
    if (of.groups.empty()) return;
    to.section("Worker groups");
    for (worker_group_row const& group : of.groups) {
        std::string text = padded(group.name, 20);
        text += padded(std::to_string(group.ready) + "/" + std::to_string(group.replicas) + " ready", 12);
        bool const bounded = group.max != std::numeric_limits<std::int32_t>::max();
        text += "min " + std::to_string(group.min) + (bounded ? ", max " + std::to_string(group.max) : "");
        if (group.hosts > 1) text += ", " + std::to_string(group.hosts) + " hosts each";
        if (group.suspended) text += ", suspended";
        text += "; cpu " + group.cpus.str() + ", memory " + group.memory.str();
        if (!group.gpus.is_zero()) text += ", gpu " + group.gpus.str();
        if (!group.tpus.is_zero()) text += ", tpu " + group.tpus.str();
        to.item(text);
    }
}

void add_conditions(page& to, std::vector<kube::condition> const& conditions, timestamp now)
{
    if (conditions.empty()) return;
    to.section("Conditions");
    for (kube::condition const& condition : conditions) {
        std::string text = padded(condition.type, 22) + padded(condition.status, 7) + padded(condition.reason, 30);
        to.item(text + age_since(condition.last_transition_time, now));
        if (std::string const message = message_of(condition); !message.empty()) to.detail(message);
    }
}

void add_pods(page& to, std::vector<pod_description> const& pods)
{
    if (pods.empty()) return;
    to.section("Pods");
    for (pod_description const& pod : pods) {
        std::string text = padded(pod.name, 40) + padded(pod.type, 6);
        text += padded(pod.ready ? pod.phase : pod.phase + ", not ready", 18);
        if (pod.restarts > 0) text += std::to_string(pod.restarts) + " restarts";
        to.item(text);
        for (pod_trouble const& trouble : pod.troubles) {
            std::string why = trouble.container.empty() ? trouble.reason : trouble.container + ": " + trouble.reason;
            if (!trouble.message.empty()) why += ": " + trouble.message;
            to.detail(why);
        }
    }
}

void add_events(page& to, std::vector<kube::event> const& events, timestamp now)
{
    if (events.empty()) return;
    to.section("Events");
    for (kube::event const& event : events) {
        std::optional<timestamp> const seen = event.last_seen ? event.last_seen : event.first_seen;
        std::string text = padded(age_since(seen ? seen : event.metadata.creation_timestamp, now), 7);
        text += padded(event.event_type, 7) + padded(event.reason, 22);
        to.item(text + event.involved_kind + "/" + event.involved_name + ": " + event.message);
    }
}

void add_notes(page& to, std::vector<std::string> const& notes)
{
    for (std::string const& note : notes)
        to.line("Note", note);
}

std::string autoscaler_text(cluster_spec const& spec)
{
    if (!spec.enable_in_tree_autoscaling.value_or(false)) return "off";
    if (!spec.autoscaler_options) return "on";
    auto const& options = *spec.autoscaler_options;
    std::string text = options.version.empty() ? "on" : "on, " + options.version;
    if (options.idle_timeout_seconds) text += ", idle timeout " + std::to_string(*options.idle_timeout_seconds) + "s";
    if (!options.upscaling_mode.empty()) text += ", upscaling " + options.upscaling_mode;
    return text;
}

std::string service_text(cluster_description const& of)
{
    head_info const& head = of.cluster.status.head;
    if (head.service_name.empty()) return "none yet";
    std::string text = head.service_name;
    if (!of.head_service) return text;
    text += " (" + (of.head_service->service_type.empty() ? "ClusterIP" : of.head_service->service_type) + ")";
    std::vector<std::string> ports;
    for (kube::service_port const& port : of.head_service->ports)
        ports.push_back((port.name.empty() ? "" : port.name + " ") + std::to_string(port.port));
    return ports.empty() ? text : text + ": " + join(ports, ", ");
}

void add_head(page& to, kube::object_meta const& metadata, timestamp now)
{
    to.line("Name", metadata.name);
    to.line("Namespace", metadata.ns);
    to.line("Age", age_since(metadata.creation_timestamp, now));
    if (auto const* owner = metadata.controller()) to.line("Controlled by", owner->kind + "/" + owner->name);
}

void add_cluster_body(page& to, cluster_description const& of, timestamp now)
{
    cluster const& c = of.cluster;
    to.line("Ray version", c.spec.ray_version);
    to.line("State", c.status.state.empty() ? "not ready" : c.status.state);
    if (c.spec.suspend.value_or(false)) to.line("Suspended", "yes");
    to.line("Reason", c.status.reason);
    to.line("Autoscaler", autoscaler_text(c.spec));
    to.line(
        "Head pod", c.status.head.pod_name.empty() ? "none yet" : c.status.head.pod_name + "  " + c.status.head.pod_ip
    );
    to.line("Head service", service_text(of));
    if (c.spec.auth_options)
        to.line("Authentication", c.spec.auth_options->mode.empty() ? "no mode" : c.spec.auth_options->mode);
    add_groups(to, of);
    add_conditions(to, c.status.conditions, now);
    add_pods(to, of.pods);
}

void add_part(page& to, std::string_view title, std::optional<cluster_description> const& of, timestamp now)
{
    if (!of) return to.line(title, "none");
    to.line(title, of->cluster.metadata.name);
    add_cluster_body(to, *of, now);
    add_notes(to, of->notes);
}

}  // namespace

std::string to_text(cluster_description const& of, timestamp now)
{
    page text;
    add_head(text, of.cluster.metadata, now);
    add_cluster_body(text, of, now);
    add_events(text, of.events, now);
    add_notes(text, of.notes);
    return text.take();
}

std::string to_text(job_description const& of, timestamp now)
{
    page text;
    job const& j = of.job;
    add_head(text, j.metadata, now);
    text.line("Job status", j.status.status);
    text.line("Deployment", j.status.deployment_status);
    text.line("Reason", j.status.reason);
    text.line("Message", j.status.message);
    text.line("Job ID", j.status.job_id.empty() ? j.spec.job_id : j.status.job_id);
    text.line("Entrypoint", j.spec.entrypoint);
    text.line("Submission", j.spec.submission_mode);
    if (j.status.start_time) text.line("Started", age_since(j.status.start_time, now) + " ago");
    if (j.status.end_time) text.line("Ended", age_since(j.status.end_time, now) + " ago");
    add_part(text, "Cluster", of.cluster, now);
    add_events(text, of.events, now);
    add_notes(text, of.notes);
    return text.take();
}

std::string to_text(service_description const& of, timestamp now)
{
    page text;
    service const& s = of.service;
    add_head(text, s.metadata, now);
    text.line("Status", s.status.service_status_text.empty() ? "not running" : s.status.service_status_text);
    text.line("Endpoints", std::to_string(s.status.num_serve_endpoints));
    add_conditions(text, s.status.conditions, now);
    for (auto const& [name, application] : s.status.active.applications) {
        text.line("Application", name + "  " + application.status);
        if (!application.message.empty()) text.detail(application.message);
    }
    add_part(text, "Active cluster", of.active, now);
    add_part(text, "Pending cluster", of.pending, now);
    add_events(text, of.events, now);
    add_notes(text, of.notes);
    return text.take();
}

}  // namespace kuberay::ray
