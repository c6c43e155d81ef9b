#include "commands/cluster_wait.hpp"

#include "cli/progress.hpp"
#include "cli/refuse_negative.hpp"

namespace cli::commands {

void cluster_wait::declare(flags& on, std::string help)
{
    on.toggle("wait", 0, &wanted, std::move(help));
    on.value("timeout", 0, &timeout, "Longest wait with --wait; 0 means no limit.");
    on.value("fail-after", 0, &fail_after, "Give up when the cluster has been failing without a break for so long.");
}

void cluster_wait::validate() const
{
    refuse_negative("timeout", timeout);
    refuse_negative("fail-after", fail_after);
}

std::string progress_text(std::string const& name, ray::progress const& at)
{
    std::string text = "Waiting for Ray cluster " + name + ": " + std::to_string(at.pods_ready) + "/"
                       + std::to_string(at.pods_wanted) + " pods ready";
    if (!at.state.empty()) text += ", state " + at.state;
    for (kube::condition const& condition : at.conditions)
        if (condition.is_true()) text += ", " + condition.type;
    for (std::string const& message : at.messages)
        text += "; " + message;
    for (ray::pod_trouble const& trouble : at.troubles) {
        text += "; pod " + trouble.pod + ": " + trouble.reason;
        if (!trouble.message.empty()) text += " (" + trouble.message + ")";
    }
    return text;
}

task<void> wait_for_cluster(context on, std::string ns, std::string name, std::string uid, cluster_wait how)
{
    progress_line line(on);
    ray::wait_options options;
    options.timeout = how.timeout;
    options.fail_after = how.fail_after;
    options.on_progress = [&line, name](ray::progress const& at) { line.show(progress_text(name, at)); };
    options.on_reconnect = [&line](error const& cause) { line.show("Lost the watch, resuming: " + cause.message()); };
    task<ray::cluster> waiting = ray::wait_cluster_ready(on.client(), ns, name, uid, options);
    result<ray::cluster> const ended = co_await kuberay::as_result(std::move(waiting));
    line.clear();
    if (ended.has_error()) {
        std::string const removal = on.program() + " delete raycluster/" + name + " -n " + ns;
        bool const is_there = ended.error().code() == errc::timed_out || kuberay::is_cancellation(ended.error());
        std::string const remedy =
            (is_there ? "the cluster was created and is still there; to remove it: " : "to remove what is left: ")
            + removal;
        if (kuberay::is_cancellation(ended.error())) on.note("Interrupted: " + remedy);
        throw failure(ended.error().with_hint(remedy));
    }
    on.out().write("Ray cluster " + name + " is provisioned.\n");
    on.out().flush();
}

}  // namespace cli::commands
