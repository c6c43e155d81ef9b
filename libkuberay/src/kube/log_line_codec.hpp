#pragma once

#include <kuberay/kube/logs.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// Splits a log with timestamps into lines, from bytes in any split. Sans-IO.
///
/// A line longer than `max_line` comes in parts of exactly that many bytes and a rest, so that the same line always
/// comes in the same parts. A kubelet writes one timestamp per line, that of its first piece, also where the runtime
/// recorded the line in several (tag `P`). A line that does not begin with a timestamp has none: its text is the whole
/// of it (what the kubelet itself says; the rest of a line that began before `sinceTime`).
class log_line_codec {
public:
    explicit log_line_codec(std::size_t max_line);

    void feed(std::string_view bytes);

    /// The next line or part of one; nullopt: more bytes are needed.
    std::optional<log_line> next();

    /// To be called once at the end, after `next` gave nullopt: what is left of a line without its end, if more
    /// than its timestamp. Forgets everything.
    std::optional<log_line> finish();

    /// Forgets everything: another stream begins.
    void reset();

private:
    bool read_time(bool is_whole);
    log_line take(std::size_t size, std::size_t end_size, bool more);

    std::size_t max_line_;
    std::string buffer_;
    std::size_t start_ = 0;    // of what was not given out
    std::size_t scanned_ = 0;  // no line end in [start_, scanned_)
    bool in_line_ = false;     // the timestamp was seen to
    std::optional<timestamp> time_;
};

}  // namespace kuberay::kube
