#pragma once

#include "cli/names.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

class context;

/// What the shell shall do with the candidates (bits, as cobra's scripts read them).
namespace directive {
inline constexpr int none = 0, failed = 1, no_space = 2, no_files = 4, filter_extension = 8, directories = 16,
                     keep_order = 32;
}

struct candidate {
    candidate() = default;
    candidate(std::string value_, std::string description_ = std::string())
        : value(std::move(value_))
        , description(std::move(description_))
    {
    }
    std::string value, description;
    bool operator==(candidate const&) const = default;
};

struct candidates {
    candidates() = default;
    std::vector<candidate> items;
    int directive = directive::no_files;
};

/// What is known where the cursor stands.
struct completion_query {
    completion_query() = default;
    std::string word;                      ///< what is typed of the word so far
    std::vector<std::string> positionals;  ///< the positionals before it
};

/// Offers candidates; those that do not begin with the word are dropped by who calls. A failure means none.
using completer = std::function<task<candidates>(context on, completion_query query)>;

/// These candidates.
task<candidates> offer(candidates found);

/// The shell's own file names, of these extensions when any are given.
completer complete_files(std::vector<std::string> extensions = {});

completer complete_directories();

/// A closed set.
completer complete_choices(std::vector<candidate> choices);

/// true or false.
completer complete_truth();

/// Nothing, and no files either.
completer complete_nothing();

/// The lines of cobra's protocol: candidates that begin with `word` (sorted unless told to keep the order), then the
/// directive. Pure.
std::string
render_candidates(candidates const& found, std::string_view word, bool with_descriptions, bool keep_all = false);

/// The names of the bits for the note on stderr.
std::string directive_text(int directive);

}  // namespace cli
