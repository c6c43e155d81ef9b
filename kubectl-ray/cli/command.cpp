#include "cli/command.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace cli {
namespace {

command_node const* child_named(command_node const& of, std::string_view word)
{
    auto const same = [word](command_node const& child) { return child.answers_to(word); };
    auto const found = std::find_if(of.children.begin(), of.children.end(), same);
    return found == of.children.end() ? nullptr : &*found;
}

// True when the next argument is the value of this flag. Before the command is known only the global flags are: of
// another one we only know that its value is no command.
bool takes_next(flags& globals, std::string const& word, command_node const& at, std::string const& next)
{
    if (word.find('=') != std::string::npos) return false;
    bool const is_long = word.starts_with("--");
    if (!is_long && word.size() != 2) return false;
    flag* const known = is_long ? globals.find(std::string_view(word).substr(2)) : globals.find(word[1]);
    return known ? !known->bare : !child_named(at, next);
}

}  // namespace

void command::complete(flags const&, global_flags&) {}

task<exit_code> command::interrupted(context) { co_return exit_code::interrupted; }

bool command_node::answers_to(std::string_view word) const noexcept
{
    if (word == name) return true;
    std::string_view rest = aliases;
    while (!rest.empty()) {
        std::size_t const space = rest.find(' ');
        if (rest.substr(0, space) == word) return true;
        if (space == std::string_view::npos) break;
        rest.remove_prefix(space + 1);
    }
    return false;
}

std::string found_command::spelled(std::string_view program) const
{
    std::string text(program);
    for (std::size_t i = 1; i < path.size(); ++i)
        text += " " + std::string(path[i]->name);
    return text;
}

found_command find_command(command_node const& root, std::vector<std::string> const& words)
{
    global_flags values;
    flags globals;
    values.declare(globals);
    found_command found;
    found.path.push_back(&root);
    std::size_t i = 0;
    for (; i < words.size() && !found.last().children.empty(); ++i) {
        std::string const& word = words[i];
        if (word == "--") break;
        if (word.size() > 1 && word.front() == '-') {
            found.arguments.push_back(word);
            if (i + 1 < words.size() && takes_next(globals, word, found.last(), words[i + 1]))
                found.arguments.push_back(words[++i]);
            continue;
        }
        command_node const* const child = child_named(found.last(), word);
        if (!child) {
            if (!found.last().make) found.unknown = word;
            break;
        }
        found.path.push_back(child);
    }
    found.arguments.insert(found.arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
    return found;
}

usage_error unknown_command(found_command const& found, std::string_view program)
{
    std::vector<std::string> names;
    for (command_node const& child : found.last().children) {
        if (child.hidden) continue;
        names.emplace_back(child.name);
        for (std::string& alias : kuberay::split(child.aliases, ' '))
            if (!alias.empty()) names.push_back(std::move(alias));
    }
    std::vector<std::string> const near = kuberay::nearest(found.unknown, names);
    std::string hint = near.empty() ? std::string() : "did you mean " + kuberay::join(near, " or ") + "?";
    return usage_error(
        "unknown command \"" + kuberay::printable_line(found.unknown) + "\" for \"" + found.spelled(program) + "\"",
        std::move(hint)
    );
}

}  // namespace cli
