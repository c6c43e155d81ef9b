#pragma once

#include <kuberay/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

/// A line of a log file as container runtimes write it, or a part of one.
struct log_entry {
    log_entry() = default;
    timestamp time{};
    std::string text;
    bool partial = false;  ///< the line goes on in the next entry
};

/// The log of one run of a container.
struct log_run {
    log_run() = default;
    std::vector<log_entry> entries;
    bool ended = false;

    /// Adds the lines of `text`; what is longer than 16 KiB is split as runtimes do.
    void append(timestamp time, std::string_view text);
};

/// The log of a container, and the one before its last restart.
struct container_log {
    container_log();
    std::shared_ptr<log_run> current, previous;

    void rotate();
};

/// Writes entries as the kubelet shows them. Does no input or output.
class log_text {
public:
    log_text(bool timestamps, std::optional<timestamp> since, std::optional<std::uint64_t> limit);

    /// Adds what is shown of the entry to `into`.
    void put(log_entry const& entry, std::string& into);

    /// The limit of bytes is reached.
    bool is_full() const noexcept { return left_ && *left_ == 0; }

private:
    bool timestamps_;
    std::optional<timestamp> since_;
    std::optional<std::uint64_t> left_;
    bool at_line_start_ = true;
};

}  // namespace kuberay::testing
