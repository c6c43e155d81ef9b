#pragma once

#include "ray/pod_program.hpp"
#include "ray/safe_folder.hpp"

#include <kuberay/kube/core.hpp>
#include <kuberay/kube/logs.hpp>
#include <kuberay/ray/log_archive.hpp>

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// The next piece of a log; empty at its end.
using log_source = std::function<task<std::string>()>;

/// Where logs come from: a cluster, or scripts in a test.
struct log_sources {
    log_sources() = default;
    std::function<task<log_source>(std::string pod, kube::log_options options)> open_log;
    start_program start;
};

/// Fetches what `options` ask for of these pods, into `options.folder`.
/// Errors: the system's code when that cannot be written. Cancellation: terminal; temporary files are removed.
task<log_summary> collect_from(
    std::vector<kube::pod> pods, log_sources from, log_archive_options options,
    std::function<void(log_progress const&)> on_progress
);

/// What all transfers of one collection share. They end early when `fatal` is set.
struct collection {
    collection(log_sources from, log_archive_options options, std::function<void(log_progress const&)> on_progress);

    log_sources from;
    log_archive_options options;
    std::function<void(log_progress const&)> on_progress;
    error fatal;
    std::list<std::function<void()>> aborts;  ///< of programs that run now

    void stop(error why);
    void check() const;  ///< throws `fatal`
};

/// One log or one archive of a pod. Counts begin anew when it is tried again.
struct transfer {
    transfer() = default;
    std::string name;  ///< for messages: "stdout.log", "Ray's files"
    std::uint64_t files = 0, bytes = 0;
    std::vector<std::string> changed, skipped;
    error failed;
};

/// The transfers of one pod.
struct pod_collection {
    pod_collection(std::shared_ptr<collection> all, kube::pod pod, safe_folder folder);

    std::shared_ptr<collection> all;
    kube::pod pod;
    safe_folder folder;
    std::list<transfer> transfers;

    /// Calls `write`; a failure of the file system ends the whole collection.
    void write(std::function<void()> const& write) const;
    void report() const;
};

task<void> fetch_log(std::shared_ptr<pod_collection> of, transfer* into, kube::log_options options, std::string file);
task<void> fetch_ray_files(std::shared_ptr<pod_collection> of, transfer* into, std::vector<std::string> taken);

}  // namespace kuberay::ray
