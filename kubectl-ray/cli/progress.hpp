#pragma once

#include "cli/context.hpp"

#include <string>

namespace cli {

/// What a wait shows on stderr: one line that changes on a terminal, else a line for each change.
/// A value for one wait; `clear` (also by the destructor) removes the live line.
class progress_line {
public:
    explicit progress_line(context on);
    ~progress_line();
    progress_line(progress_line const&) = delete;
    progress_line& operator=(progress_line const&) = delete;

    void show(std::string const& text);
    void clear();

private:
    context on_;
    std::string shown_;
    bool live_ = false;
};

}  // namespace cli
