#include "cli/amounts.hpp"
#include "cli/progress_block.hpp"
#include "cli/quote.hpp"
#include "commands/log_request.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/session.hpp>

#include <cerrno>
#include <filesystem>

namespace cli::commands {
namespace {

namespace fs = std::filesystem;

std::string nodes_text(log_request const& how)
{
    if (!how.node.empty()) return "the node " + how.node;
    switch (how.nodes) {
    case ray::node_kinds::head: return "the head";
    case ray::node_kinds::worker: return "the workers";
    case ray::node_kinds::all: break;
    }
    return "all nodes";
}

/// The folder that the logs go to. One that was made here and stayed empty is taken away again.
class target_folder {
public:
    target_folder(context const& on, log_request const& how)
        : path_(how.out_dir)
    {
        std::error_code code;
        if (!path_.empty()) {
            fs::file_status const there = fs::status(path_, code);
            if (!fs::exists(there))
                throw failure(errc::bad_input, "the folder " + in_quotes(how.out_dir) + " does not exist");
            if (!fs::is_directory(there)) throw failure(errc::bad_input, in_quotes(how.out_dir) + " is not a folder");
            return;
        }
        path_ = how.what.name;
        made_ = fs::create_directory(path_, code);
        if (code || !fs::is_directory(path_))
            throw failure(
                code ? kuberay::error_code(code.value(), boost::system::system_category())
                     : kuberay::error_code(ENOTDIR, boost::system::system_category()),
                "making the folder " + in_quotes("./" + path_.string())
            );
        on.note("No --out-dir was given; the logs go to ./" + path_.string());
    }

    ~target_folder()
    {
        std::error_code ignored;
        if (made_) fs::remove(path_, ignored);  // fails for a folder that is not empty
    }

    target_folder(target_folder const&) = delete;
    target_folder& operator=(target_folder const&) = delete;

    fs::path const& path() const noexcept { return path_; }

private:
    fs::path path_;
    bool made_ = false;
};

std::string amount_text(std::uint64_t files, std::uint64_t bytes)
{
    return counted(files, "file") + ", " + bytes_text(bytes);
}

/// How far all pods are.
class download_progress {
public:
    explicit download_progress(context on)
        : on_(on)
        , block_(std::move(on))
    {
    }

    void show(ray::log_progress const& pod)
    {
        has_written_ = has_written_ || pod.files > 0;
        std::string const text = pod.pod + ": " + amount_text(pod.files, pod.bytes);
        if (!pod.done) return block_.show(pod.pod, text);
        ++done_;
        failed_ += pod.failed ? 1 : 0;
        files_ += pod.files;
        bytes_ += pod.bytes;
        std::string total = counted(done_, "pod") + " done, " + amount_text(files_, bytes_);
        if (failed_ > 0) total += ", " + std::to_string(failed_) + " failed";
        block_.total(total);
        // Why a pod failed is said once, at the end, where it is not lost among the others.
        block_.end(pod.pod, on_.err_is_terminal() || pod.failed ? std::string() : text);
    }

    void clear() { block_.clear(); }

    bool has_written() const noexcept { return has_written_; }

private:
    context on_;
    progress_block block_;
    std::uint64_t done_ = 0, failed_ = 0, files_ = 0, bytes_ = 0;
    bool has_written_ = false;
};

void tell_pod(context const& on, ray::pod_logs const& pod)
{
    for (std::string const& each : pod.skipped)
        on.warn(pod.pod + ": not written: " + each);
    if (!pod.changed.empty())
        on.note(
            pod.pod + ": complete up to the time of reading, as still written to: " + kuberay::join(pod.changed, ", ")
        );
    for (fs::path const& each : pod.partial)
        on.note(pod.pod + ": left incomplete: " + each.string());
}

exit_code summarize(context const& on, ray::log_summary const& all)
{
    for (ray::pod_logs const& pod : all.pods)
        tell_pod(on, pod);
    std::string text = counted(all.pods.size(), "pod") + ", " + amount_text(all.files, all.bytes);
    if (all.failures == 0) {
        on.note(text);
        return exit_code::done;
    }
    on.note(text + "; " + counted(all.failures, "pod") + " failed:");
    for (ray::pod_logs const& pod : all.pods) {
        if (!pod.failed) continue;
        on.note("  " + pod.pod + ": " + pod.failed.message());
        if (!pod.failed.hint().empty()) on.note("    Hint: " + std::string(pod.failed.hint()));
    }
    return exit_code::failed;
}

// Of an end before its time: no file is half there, but some are missing.
void tell_left(context const& on, fs::path const& folder)
{
    std::error_code ignored;
    if (folder.empty() || fs::is_empty(folder, ignored) || ignored) return;
    on.note("Not all logs were fetched; the files in " + folder.string() + " are complete, others are missing.");
}

task<exit_code> collect(context on, log_request how, fs::path folder)
{
    task<std::string> naming = ray::find_cluster_name(on.client(), on.ns(), how.what);
    std::string const cluster = co_await std::move(naming);
    ray::log_archive_options options;
    options.nodes = how.nodes;
    options.node = how.node;
    options.folder = folder;
    options.archive = how.archive;
    options.all_containers = how.all_containers;
    options.previous = how.previous;
    options.parallel = static_cast<std::size_t>(how.parallel);
    on.note("Fetching the logs of " + nodes_text(how) + " of " + how.what.str() + ".");
    auto const progress = std::make_shared<download_progress>(on);
    std::function<void(ray::log_progress const&)> const on_progress = [progress](ray::log_progress const& pod) {
        progress->show(pod);
    };
    task<ray::log_summary> collecting = ray::collect_logs(on.client(), on.ns(), cluster, options, on_progress);
    result<ray::log_summary> const all = co_await kuberay::as_result(std::move(collecting));
    progress->clear();
    if (all.has_error()) {
        if (progress->has_written()) tell_left(on, folder);
        if (all.error().code() == kuberay::reason::not_found && how.node.empty()) {
            // Of a cluster that is not there, that it has no pods says too little.
            auto const clusters = kube::api<ray::cluster>::in_ns(on.client(), on.ns());
            co_await clusters.get(cluster);
        }
        throw failure(all.error().with_context("fetching the logs of " + how.what.str()));
    }
    exit_code const code = summarize(on, *all);
    on.out().write((how.archive.empty() ? folder : fs::path(how.archive)).string() + "\n");
    co_return code;
}

}  // namespace

task<exit_code> download_logs(context on, log_request how)
{
    if (!how.archive.empty()) co_return co_await collect(on, how, fs::path());
    target_folder const folder(on, how);
    fs::path const path = folder.path();
    co_return co_await collect(on, how, path);
}

}  // namespace cli::commands
