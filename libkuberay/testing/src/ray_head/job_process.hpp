#pragma once

#include <kuberay/base/task.hpp>

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace kuberay::testing {

struct process_order {
    process_order() = default;
    std::string entrypoint;                    ///< for `/bin/sh -c`
    std::filesystem::path folder, output;      ///< where it runs; the file that its output is appended to
    std::map<std::string, std::string> extra;  ///< over the environment of this process
};

/// A process with a session and a group of its own. What is left of the group when this goes away, or when the process
/// has ended, is killed.
class job_process {
public:
    /// Errors: the system's code.
    static std::shared_ptr<job_process> start(process_order const& order);

    job_process(job_process const&) = delete;
    job_process& operator=(job_process const&) = delete;
    ~job_process();

    /// Signals the whole group, if the process is still there.
    void signal(int number) noexcept;

    /// Suspends until it has ended; returns the exit code, or minus the signal that ended it.
    static task<int> wait(std::shared_ptr<job_process> self);

private:
    explicit job_process(pid_t pid) noexcept
        : pid_(pid)
    {
    }

    bool has_ended() const noexcept;
    int reap() noexcept;

    pid_t pid_;
    bool reaped_ = false;
    int code_ = 0;
};

}  // namespace kuberay::testing
