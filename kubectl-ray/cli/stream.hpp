#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// Where text goes. `write` may keep it until `flush`.
///
/// Errors: throws `failure` with the system's code (EPIPE: the reader went away, ENOSPC: disk full).
class sink {
public:
    virtual ~sink() = default;
    virtual void write(std::string_view text) = 0;
    virtual void flush() = 0;
};

/// Where answers of a person come from.
class source {
public:
    virtual ~source() = default;

    /// The next line without its end; absent at the end of input. Blocks. Errors: `operation_aborted` on a signal.
    virtual std::optional<std::string> read_line() = 0;

    /// Everything up to the end of input.
    virtual std::string read_all() = 0;
};

/// A file descriptor, which stays open.
class fd_sink final : public sink {
public:
    enum class buffering {
        none,   ///< each write at once; what cannot be delivered is dropped (stderr)
        line,   ///< up to the last newline at once (a terminal)
        block,  ///< 64 KiB pieces
    };

    fd_sink(int fd, std::string name, buffering how);
    void write(std::string_view text) override;
    void flush() override;

private:
    int fd_;
    std::string name_;
    buffering how_;
    std::string held_;
    bool broken_ = false;
};

class fd_source final : public source {
public:
    explicit fd_source(int fd);
    std::optional<std::string> read_line() override;
    std::string read_all() override;

private:
    bool fill();
    int fd_;
    std::string held_;
};

/// Keeps what is written (tests).
class string_sink final : public sink {
public:
    void write(std::string_view text) override { text_ += text; }
    void flush() override {}
    std::string const& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// Reads from a text (tests).
class string_source final : public source {
public:
    explicit string_source(std::string text);
    std::optional<std::string> read_line() override;
    std::string read_all() override;

private:
    std::string text_;
};

}  // namespace cli
