#include "cli/reference.hpp"

#include "cli/help.hpp"

#include <algorithm>

namespace cli {
namespace {

std::string escaped(std::string const& text)
{
    std::string out;
    for (char const c : text) {
        if (c == '|' || c == '<') out += '\\';
        out += c;
    }
    return out;
}

std::string flag_table(flags const& declared, bool connection)
{
    std::vector<flag const*> shown;
    for (flag const& each : declared.all())
        if (!each.hidden && (each.group == flag_group::connection) == connection) shown.push_back(&each);
    std::sort(shown.begin(), shown.end(), [](flag const* a, flag const* b) { return a->name < b->name; });
    std::string rows;
    for (flag const* each : shown) {
        std::string help = each->help;
        if (each->required) help += " (required)";
        rows += "| `" + each->spelling() + "` | " + escaped(each->type) + " | " + escaped(each->default_text) + " | "
                + escaped(help) + " |\n";
    }
    return rows.empty() ? rows : "| flag | type | default | |\n|---|---|---|---|\n" + rows + "\n";
}

std::string command_text(found_command const& at, std::string_view program)
{
    std::unique_ptr<command> const made = at.last().make();
    flags declared;
    made->declare(declared);
    std::string text = "## " + at.spelled(program) + "\n\n" + std::string(at.last().summary) + "\n\n";
    for (std::string const& paragraph : declared.about())
        text += paragraph + "\n\n";
    text += "```\n" + at.spelled(program) + " " + usage_words(declared) + "\n```\n\n";
    if (!declared.examples().empty()) {
        text += "```sh\n";
        for (auto const& [purpose, words] : declared.examples())
            text += "# " + purpose + "\n" + std::string(program) + " " + words + "\n";
        text += "```\n\n";
    }
    return text + flag_table(declared, false);
}

std::string tree_text(found_command const& at, std::string_view program)
{
    std::string text = at.last().make ? command_text(at, program) : std::string();
    for (command_node const& child : at.last().children) {
        if (child.hidden) continue;
        found_command below = at;
        below.path.push_back(&child);
        text += tree_text(below, program);
    }
    return text;
}

}  // namespace

std::string reference_text(command_node const& root, std::string_view program)
{
    found_command at;
    at.path.push_back(&root);
    global_flags values;
    flags globals;
    values.declare(globals);
    std::string text = "# Commands\n\nMade from the declarations of the commands, as `--help` is; do not edit.\n\n";
    text += tree_text(at, program);
    return text + "## Flags of every command\n\n" + flag_table(globals, true);
}

}  // namespace cli
