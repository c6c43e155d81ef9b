#pragma once

#include "kube/exec_implementation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// What is known of a session's end, and what may still be done to it. The same for every protocol; no input or output.
///
/// A Status is the only proof of an end: once it is there, nothing that happens to the connection counts; without it
/// every end is a loss, whatever it looked like.
class exec_progress {
public:
    explicit exec_progress(exec_terms terms);

    exec_terms const& terms() const noexcept { return terms_; }

    void received(std::size_t bytes) noexcept { received_ += bytes; }

    /// The text of the error channel. The first one counts.
    void status_arrived(std::string_view text);
    bool has_status() const noexcept { return verdict_.has_value(); }

    /// The connection is no more, because of `why` (a cancellation stays one), or by an orderly close. Ignored after a
    /// Status.
    void ended(error const& why);
    void ended(std::string_view how);

    /// Nothing more will be read.
    bool is_over() const noexcept { return verdict_ || lost_; }

    /// Throws what a reader is to know when all output was read: nothing after an exit code.
    void throw_end() const;

    std::optional<int> exit_code() const noexcept;

    /// Throws `errc::bad_input` for what the session was not opened for, or has ended.
    void check_write() const;
    void check_finish() const;
    void check_resize() const;

    void input_finished() noexcept { input_finished_ = true; }

    /// `errc::connection_lost` for a write that failed.
    error write_lost(error const& why) const;

private:
    exec_terms terms_;
    std::uint64_t received_ = 0;
    std::optional<result<int>> verdict_;
    std::optional<error> lost_;
    bool input_finished_ = false;
};

}  // namespace kuberay::kube
