#pragma once

#include "cli/byte_streams.hpp"
#include "cli/progress.hpp"
#include "commands/submit_flags.hpp"

#include <kuberay/ray/submit_job.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cli::commands {

/// What a person sees of a submission: its steps on stderr, the job's output on stdout. Shared by the callbacks of one run.
class submit_view {
public:
    submit_view(context on, submit_flags const& how);

    /// One of this command's own lines; on stdout when the job's output does not follow there.
    void say(std::string const& line);
    /// A line for a person, on stderr.
    void note(std::string const& line);
    /// A line that the next one replaces, on a terminal.
    void pass(std::string const& line);

    void show(ray::submit_event const& event);

    /// Where the job's output goes; `view` is kept by what is returned.
    static std::function<task<void>(std::string bytes)> output(std::shared_ptr<submit_view> view);

    /// The output is over: what follows begins on a line of its own.
    void end_output();
    bool showed_output() const noexcept { return last_byte_.has_value(); }

private:
    void show_upload(ray::submit_event const& event);
    void show_status(ray::submitted_job const& job);

    context on_;
    bool on_stdout_, verbose_, records_, waited_ = false;
    progress_line line_;
    byte_output out_;
    std::optional<char> last_byte_;
    std::string cluster_, uploading_, told_;
    std::chrono::steady_clock::time_point drawn_;
};

/// `[#####     ] 12.0 MiB of 24.0 MiB`. Pure.
std::string upload_bar(std::uint64_t done, std::uint64_t total);

}  // namespace cli::commands
