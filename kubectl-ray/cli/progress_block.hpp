#pragma once

#include "cli/context.hpp"

#include <chrono>
#include <map>
#include <string>

namespace cli {

/// What several works at the same time show on stderr: on a terminal a block of lines that changes in place, one for each
/// that is under way and a last one for all; else nothing but what is said for good.
class progress_block {
public:
    explicit progress_block(context on);
    ~progress_block();
    progress_block(progress_block const&) = delete;
    progress_block& operator=(progress_block const&) = delete;

    /// The line of one work; shown at most ten times a second.
    void show(std::string const& work, std::string const& text);
    /// That work is over; `said` stays on the screen, if it is not empty.
    void end(std::string const& work, std::string const& said);
    void total(std::string const& text);
    void clear();

private:
    void redraw();
    std::string erased() const;

    context on_;
    std::map<std::string, std::string> lines_;
    std::string total_;
    std::size_t drawn_ = 0;  ///< lines on the screen
    std::chrono::steady_clock::time_point last_;
};

}  // namespace cli
