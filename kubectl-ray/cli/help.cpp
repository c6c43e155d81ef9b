#include "cli/help.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace cli {
namespace {

// Fills lines up to `width`; all but the first begin with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t start, std::size_t indent, std::size_t width)
{
    std::string out;
    std::size_t column = start;
    for (std::string const& word : kuberay::split(text, ' ')) {
        if (column > indent && column + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > indent) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out;
}

std::string left_side(flag const& of)
{
    std::string text = of.letter == 0 ? "      --" : std::string("  -") + of.letter + ", --";
    text += of.name;
    if (of.bare && of.type.empty()) return text;
    if (of.bare) return text + "[=" + of.type + "]";
    return of.type.empty() ? text : text + " " + of.type;
}

std::string flag_lines(flags const& declared, flag_group group, std::size_t width)
{
    std::vector<flag const*> shown;
    std::size_t widest = 0;
    for (flag const& each : declared.all()) {
        if (each.group != group || each.hidden) continue;
        shown.push_back(&each);
        widest = std::max(widest, left_side(each).size());
    }
    std::sort(shown.begin(), shown.end(), [](flag const* a, flag const* b) { return a->name < b->name; });
    std::size_t const column = std::min<std::size_t>(widest, 38) + 3;
    std::string lines;
    for (flag const* each : shown) {
        std::string const left = left_side(*each);
        lines += left;
        if (left.size() + 2 > column)
            lines += "\n" + std::string(column, ' ');
        else
            lines += std::string(column - left.size(), ' ');
        std::string text = each->help;
        if (each->required) text += " (required)";
        if (!each->default_text.empty()) text += " (default " + each->default_text + ")";
        lines += wrapped(text, column, column, std::max<std::size_t>(width, column + 30)) + "\n";
    }
    return lines;
}

std::string usage_line(found_command const& of, flags const& declared, std::string_view program)
{
    std::string line = "  " + of.spelled(program);
    if (!of.last().make) return line + " COMMAND [flags]\n";
    return line + " " + usage_words(declared) + "\n";
}

std::string alias_line(command_node const& of)
{
    std::vector<std::string> names{std::string(of.name)};
    for (std::string& alias : kuberay::split(of.aliases, ' '))
        names.push_back(std::move(alias));
    return "  " + kuberay::join(names, ", ") + "\n";
}

std::string child_lines(command_node const& of)
{
    std::vector<command_node const*> shown;
    std::size_t widest = 0;
    for (command_node const& child : of.children) {
        if (child.hidden) continue;
        shown.push_back(&child);
        widest = std::max(widest, child.name.size());
    }
    std::sort(shown.begin(), shown.end(), [](auto const* a, auto const* b) { return a->name < b->name; });
    std::string lines;
    for (command_node const* child : shown)
        lines += "  " + std::string(child->name) + std::string(widest + 3 - child->name.size(), ' ')
                 + std::string(child->summary) + "\n";
    return lines;
}

std::string example_lines(flags const& declared, std::string_view program)
{
    std::string lines;
    for (auto const& [purpose, words] : declared.examples()) {
        if (!lines.empty()) lines += "\n";
        lines += "  # " + purpose + "\n  " + std::string(program) + " " + words + "\n";
    }
    return lines;
}

void add_section(std::string& page, std::string_view title, std::string const& lines)
{
    if (!lines.empty()) page += "\n" + std::string(title) + ":\n" + lines;
}

}  // namespace

// Behind `--` nothing is a flag any more.
std::string usage_words(flags const& declared)
{
    if (!declared.words()) return "[flags]";
    std::string const& usage = declared.words()->usage;
    std::size_t const dashes = usage.starts_with("-- ") ? 0 : usage.find(" -- ");
    if (dashes == std::string::npos) return usage + " [flags]";
    return usage.substr(0, dashes) + (dashes == 0 ? "[flags] " : " [flags]") + usage.substr(dashes);
}

std::string help_text(found_command const& of, flags const& declared, std::string_view program, std::size_t width)
{
    std::string page = std::string(of.last().summary) + "\n";
    for (std::string const& paragraph : declared.about())
        page += "\n" + wrapped(paragraph, 0, 0, width) + "\n";
    add_section(page, "Usage", usage_line(of, declared, program));
    if (!of.last().aliases.empty()) add_section(page, "Aliases", alias_line(of.last()));
    add_section(page, "Examples", example_lines(declared, program));
    add_section(page, "Commands", child_lines(of.last()));
    add_section(page, "Flags", flag_lines(declared, flag_group::command, width));
    add_section(page, "Output flags", flag_lines(declared, flag_group::output, width));
    add_section(page, "Connection flags", flag_lines(declared, flag_group::connection, width));
    if (!of.last().children.empty()) page += "\nMore about a command: " + of.spelled(program) + " COMMAND --help\n";
    return page;
}

}  // namespace cli
