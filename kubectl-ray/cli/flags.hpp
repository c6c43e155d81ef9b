#pragma once

#include "cli/completion.hpp"
#include "cli/values.hpp"

#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

enum class flag_group { command, output, connection };

/// One flag: what it is called, what it sets, what help and completion say of it.
struct flag {
    flag() = default;
    std::string name;
    char letter = 0;  ///< the short form; 0: none
    std::string type, help, default_text;
    flag_group group = flag_group::command;
    std::optional<std::string> bare;               ///< the value when none is given with `=`; absent: one is needed
    std::function<void(std::string_view)> assign;  ///< throws `bad_value`
    bool required = false, hidden = false, repeatable = false;
    std::vector<std::string> aliases;  ///< other long names
    completer completes;

    bool given = false;  ///< set when the command line is read

    /// `-r, --replicas`, or `--file`.
    std::string spelling() const;
};

/// The words of a command line that are no flags.
struct positional {
    positional() = default;
    std::string usage;  ///< `NAME`, `[NAME]`, `(NAME | TYPE/NAME)...`
    std::size_t least = 0, most = 0;
    std::vector<std::string>* into = nullptr;
    std::optional<std::size_t>* dash_at =
        nullptr;  ///< where to say how many of them stood before `--`, if it was there
    completer completes;
};

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

/// Everything that a command declares: once, for reading its command line, for help and for completion.
class flags {
public:
    /// A paragraph of help, below the one-line summary.
    void about(std::string paragraph) { about_.push_back(std::move(paragraph)); }

    /// One example: what it does, and the words after the program's name.
    void example(std::string purpose, std::string words)
    {
        examples_.emplace_back(std::move(purpose), std::move(words));
    }

    /// The words that are no flags; without it none are accepted.
    positional& words(std::string usage, std::size_t least, std::size_t most, std::vector<std::string>* into);

    /// A flag that needs a value. `into` holds the default and outlives the reading.
    template <class T>
    flag& value(std::string name, char letter, T* into, std::string help)
    {
        flag& added = add(std::move(name), letter, std::move(help));
        added.type = type_name(*into);
        added.default_text = cli::default_text(*into);
        added.repeatable = is_repeatable(*into);
        if (added.type.empty()) added.completes = complete_truth();
        added.assign = [into](std::string_view text) { cli::assign(*into, text); };
        return added;
    }

    /// A flag that is true when given; takes a value only with `=`.
    flag& toggle(std::string name, char letter, bool* into, std::string help);

    /// A flag whose value is one of a closed set, in any case; the spelling of the set is stored.
    flag& choice(std::string name, char letter, std::string* into, std::vector<candidate> choices, std::string help);

    flag* find(std::string_view name) noexcept;
    flag* find(char letter) noexcept;
    flag const* find(std::string_view name) const noexcept;

    /// True when the flag was on the command line.
    bool given(std::string_view name) const noexcept;

    std::deque<flag> const& all() const noexcept { return all_; }
    std::deque<flag>& all() noexcept { return all_; }
    std::optional<positional> const& words() const noexcept { return words_; }
    std::vector<std::string> const& about() const noexcept { return about_; }
    std::vector<std::pair<std::string, std::string>> const& examples() const noexcept { return examples_; }

    /// The group that flags declared from now on belong to.
    void group(flag_group next) noexcept { group_ = next; }

private:
    flag& add(std::string name, char letter, std::string help);

    std::deque<flag> all_;  // references stay valid
    std::optional<positional> words_;
    std::vector<std::string> about_;
    std::vector<std::pair<std::string, std::string>> examples_;
    flag_group group_ = flag_group::command;
};

}  // namespace cli
