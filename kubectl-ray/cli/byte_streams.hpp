#pragma once

#include "cli/context.hpp"

#include <memory>
#include <string>

namespace cli {

/// Standard input as bytes: a file, a pipe or a terminal. The loop goes on meanwhile, and the descriptor's flags stay as
/// they are (O_NONBLOCK would be shared with the shell and with what runs beside us).
/// A handle. One read at a time. Cancellation: terminal; nothing is lost by it.
class byte_input {
public:
    explicit byte_input(context on);

    /// The next bytes; empty at the end. Errors: the system's code.
    task<std::string> read_some() const;

private:
    struct state;
    static task<std::string> read(std::shared_ptr<state> shared);
    std::shared_ptr<state> state_;
};

enum class output_to { out, err };

/// Standard output or error as bytes, unbuffered. A reader that does not read suspends the writer, not the loop, so that
/// Ctrl-C is seen at once. A handle. One write at a time. Cancellation: terminal; a part may have been written.
class byte_output {
public:
    byte_output(context on, output_to where);

    /// Writes all of it. Errors: the system's code (EPIPE: the reader went away, ENOSPC: disk full).
    task<void> write(std::string bytes) const;

private:
    struct state;
    static task<void> write_all(std::shared_ptr<state> shared, std::string bytes);
    std::shared_ptr<state> state_;
};

}  // namespace cli
