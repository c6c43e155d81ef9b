#pragma once

#include "cli/context.hpp"
#include "cli/flags.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// One command in four parts. Lives until its task has ended, so members may be used in `run`.
class command {
public:
    virtual ~command() = default;

    /// Says which words and flags there are, with help, examples and completion.
    virtual void declare(flags& on) = 0;

    /// Derives what was not given from what was; may take a global flag for itself. Errors: `usage_error`.
    virtual void complete(flags const& given, global_flags& globals);

    /// Refuses what makes no sense, before anything is read or sent. Errors: `usage_error`.
    virtual void validate() const {}

    /// Does the work. Errors: `failure`, which becomes the message and the exit code.
    virtual task<exit_code> run(context on) = 0;

    /// What is still to be done after a signal ended `run`, whose frame is gone by then; a second signal ends the process
    /// at once. Errors: as `run`.
    virtual task<exit_code> interrupted(context on);
};

/// A word of the command tree. Nodes are constants: nothing is built at start.
struct command_node {
    std::string_view name;
    std::string_view aliases;  ///< separated by spaces
    std::string_view summary;
    std::unique_ptr<command> (*make)() = nullptr;
    std::span<command_node const> children = {};
    bool hidden = false;

    bool answers_to(std::string_view word) const noexcept;
};

/// The way from the root to what the words name.
struct found_command {
    found_command() = default;
    std::vector<command_node const*> path;  ///< the root first
    std::vector<std::string> arguments;     ///< what is left of the words
    std::string unknown;                    ///< a word that names no child of the last node; empty: none

    command_node const& last() const { return *path.back(); }

    /// `kubectl ray get cluster`.
    std::string spelled(std::string_view program) const;
};

/// Follows `words` down the tree; flags may stand between them. Pure.
found_command find_command(command_node const& root, std::vector<std::string> const& words);

/// The refusal of an unknown word, with the nearest ones. Pure.
usage_error unknown_command(found_command const& found, std::string_view program);

}  // namespace cli
