#include "ray/log_collection.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

struct log_plan {
    log_plan() = default;
    kube::log_options options;
    std::string file;
};

bool has_restarted(std::vector<kube::container_status> const& statuses, std::string const& container)
{
    return std::any_of(statuses.begin(), statuses.end(), [&](kube::container_status const& one) {
        return one.name == container && one.restart_count > 0;
    });
}

// Ray's container is the first (KubeRay's rule).
std::vector<log_plan> plan_logs(kube::pod const& pod, log_archive_options const& options)
{
    std::vector<log_plan> plans;
    auto const add = [&](std::string const& container, std::string const& file, auto const& statuses) {
        log_plan plan;
        plan.options.container = container;
        plan.file = file + ".log";
        plans.push_back(plan);
        if (!options.previous || !has_restarted(statuses, container)) return;
        plan.options.previous = true;
        plan.file = file + ".previous.log";
        plans.push_back(plan);
    };
    for (std::size_t i = 0; i < pod.containers.size(); ++i) {
        std::string const& name = pod.containers[i].name;
        if (i == 0 || options.all_containers)
            add(name, i == 0 ? std::string("stdout") : safe_component(name), pod.container_statuses);
    }
    if (!options.all_containers) return plans;
    for (auto const& init : pod.init_containers)
        add(init.name, safe_component(init.name), pod.init_container_statuses);
    return plans;
}

task<void> try_twice(std::shared_ptr<pod_collection> of, transfer* into, std::function<task<void>()> attempt)
{
    for (int tried = 1;; ++tried) {
        result<void> const done = co_await as_result(attempt());
        if (done.has_value()) co_return;
        into->failed = done.error();
        if (is_cancellation(into->failed)) throw failure(into->failed);
        of->all->check();
        if (tried == 2 || !is_broken_connection(into->failed)) co_return;
        transfer again;
        again.name = into->name;
        *into = std::move(again);
    }
}

pod_logs summary_of(pod_collection const& of)
{
    pod_logs logs;
    logs.pod = of.pod.metadata.name;
    for (transfer const& one : of.transfers) {
        logs.files += one.files;
        logs.bytes += one.bytes;
        logs.changed.insert(logs.changed.end(), one.changed.begin(), one.changed.end());
        logs.skipped.insert(logs.skipped.end(), one.skipped.begin(), one.skipped.end());
        if (one.failed && !logs.failed) logs.failed = one.failed.with_context(one.name);
    }
    return logs;
}

task<pod_logs> collect_transfers(std::shared_ptr<pod_collection> of)
{
    std::vector<task<void>> running;
    std::vector<std::string> taken;
    auto const add = [&](std::string name, std::function<task<void>(transfer*)> fetch) {
        of->transfers.emplace_back();
        transfer* const into = &of->transfers.back();
        into->name = std::move(name);
        running.push_back(try_twice(of, into, [fetch, into] { return fetch(into); }));
    };
    for (log_plan const& plan : plan_logs(of->pod, of->all->options)) {
        taken.push_back(plan.file);
        add(plan.file, [of, plan](transfer* into) { return fetch_log(of, into, plan.options, plan.file); });
    }
    if (of->all->options.ray_files)
        add("Ray's files", [of, taken](transfer* into) { return fetch_ray_files(of, into, taken); });
    std::vector<result<void>> const ends = co_await run_all(std::move(running));
    for (auto const& end : ends)
        end.value();
    co_return summary_of(*of);
}

std::shared_ptr<pod_collection> open_pod(std::shared_ptr<collection> const& all, kube::pod const& pod, error& why)
{
    std::string const& name = pod.metadata.name;
    if (!is_safe_path_segment(name)) {
        why = error(errc::unexpected, "\"" + printable_line(name) + "\" cannot be the name of a folder");
        return nullptr;
    }
    try {
        std::optional<safe_folder> folder = safe_folder(all->options.folder).below(name);
        if (folder) return std::make_shared<pod_collection>(all, pod, std::move(*folder));
        std::string const path = (all->options.folder / name).string();
        why = error(errc::bad_input, "a file or a link stands in the way of the folder \"" + path + "\"");
    } catch (failure const& thrown) {
        all->stop(thrown.error());
    }
    return nullptr;
}

task<pod_logs> collect_pod(std::shared_ptr<collection> all, kube::pod pod)
{
    all->check();
    pod_logs logs;
    logs.pod = pod.metadata.name;
    std::shared_ptr<pod_collection> const of = open_pod(all, pod, logs.failed);
    if (of) logs = co_await collect_transfers(of);
    all->check();
    if (all->on_progress) {
        log_progress progress;
        progress.pod = logs.pod;
        progress.files = logs.files;
        progress.bytes = logs.bytes;
        progress.done = true;
        progress.failed = logs.failed;
        all->on_progress(progress);
    }
    co_return logs;
}

}  // namespace

collection::collection(
    log_sources from, log_archive_options options, std::function<void(log_progress const&)> on_progress
)
    : from(std::move(from))
    , options(std::move(options))
    , on_progress(std::move(on_progress))
{
}

void collection::stop(error why)
{
    if (fatal) return;
    fatal = std::move(why);
    for (auto const& abort : aborts)
        abort();
}

void collection::check() const
{
    if (fatal) throw failure(fatal);
}

pod_collection::pod_collection(std::shared_ptr<collection> all, kube::pod pod, safe_folder folder)
    : all(std::move(all))
    , pod(std::move(pod))
    , folder(std::move(folder))
{
}

void pod_collection::write(std::function<void()> const& write) const
{
    try {
        write();
    } catch (failure const& thrown) {
        if (thrown.error().code().category() == boost::system::system_category()) all->stop(thrown.error());
        throw;
    }
}

void pod_collection::report() const
{
    if (!all->on_progress) return;
    log_progress progress;
    progress.pod = pod.metadata.name;
    for (transfer const& one : transfers) {
        progress.files += one.files;
        progress.bytes += one.bytes;
    }
    all->on_progress(progress);
}

task<log_summary> collect_from(
    std::vector<kube::pod> pods, log_sources from, log_archive_options options,
    std::function<void(log_progress const&)> on_progress
)
{
    std::sort(pods.begin(), pods.end(), [](auto const& a, auto const& b) { return a.metadata.name < b.metadata.name; });
    std::size_t const parallel = std::max<std::size_t>(options.parallel, 1);
    auto const all = std::make_shared<collection>(std::move(from), std::move(options), std::move(on_progress));
    std::vector<task<pod_logs>> running;
    for (auto& pod : pods)
        running.push_back(collect_pod(all, std::move(pod)));
    std::vector<result<pod_logs>> ends = co_await run_all(std::move(running), parallel);
    all->check();
    log_summary summary;
    for (auto& end : ends) {
        pod_logs logs = std::move(end).value();
        summary.files += logs.files;
        summary.bytes += logs.bytes;
        summary.failures += logs.failed ? 1U : 0U;
        summary.pods.push_back(std::move(logs));
    }
    co_return summary;
}

}  // namespace kuberay::ray
