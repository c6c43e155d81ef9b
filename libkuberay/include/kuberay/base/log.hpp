#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay {

/// Levels as kubectl's `-v`.
namespace log_level {
inline constexpr int warning = 0;
inline constexpr int notice = 2;
inline constexpr int request = 6;  ///< method, URL, status and time of each request
inline constexpr int headers = 8;  ///< and headers; values that may be secret are masked
inline constexpr int bodies = 9;   ///< and bodies
}  // namespace log_level

struct log_record {
    log_record() = default;
    int level = 0;
    std::string message;
};

/// Where log lines go. Implementations must not throw.
///
/// Thread safety: `write` may be called from every thread that runs the library.
class log_sink {
public:
    virtual ~log_sink() = default;

    /// One line, without newline, free of credentials.
    virtual void write(int level, std::string_view message) = 0;
};

/// A handle to a sink with a threshold; silent by default. Cheap to copy.
class logger {
public:
    logger() = default;

    /// Passes on records of level `verbosity` and below.
    logger(std::shared_ptr<log_sink> sink, int verbosity);

    /// Ask before composing a costly message.
    bool enabled(int level) const noexcept { return sink_ && level <= verbosity_; }

    void write(int level, std::string_view message) const;

private:
    std::shared_ptr<log_sink> sink_;
    int verbosity_ = 0;
};

/// Keeps what it is given, to be looked at later. Thread safe.
class recording_log_sink : public log_sink {
public:
    void write(int level, std::string_view message) override;
    std::vector<log_record> records() const;

private:
    mutable std::mutex mutex_;
    std::vector<log_record> records_;
};

/// `Name: value` for a log line. The value is shown for headers known to be harmless and is `<masked>` for all
/// others.
std::string log_header_line(std::string_view name, std::string_view value);

}  // namespace kuberay
