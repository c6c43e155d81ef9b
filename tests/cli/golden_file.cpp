#include "golden_file.hpp"

#include <stdexcept>

namespace cli::golden {

file parse(std::string_view text)
{
    file made;
    while (!text.empty()) {
        std::size_t const end = std::min(text.find('\n'), text.size() - 1) + 1;
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end);
        if (line.starts_with("=== ")) {
            line = line.substr(4, line.find('\n') - 4);
            std::size_t const space = line.find(' ');
            section& next = made.sections.emplace_back();
            next.name = std::string(line.substr(0, space));
            if (space != std::string_view::npos) next.argument = std::string(line.substr(space + 1));
        } else if (made.sections.empty()) {
            throw std::runtime_error("text before the first section");
        } else {
            made.sections.back().text += line;
        }
    }
    return made;
}

std::string to_text(file const& of)
{
    std::string text;
    for (section const& each : of.sections)
        text += "=== " + each.name + (each.argument.empty() ? "" : " " + each.argument) + "\n" + each.text;
    return text;
}

std::string replaced(std::string text, std::vector<std::pair<std::string, std::string>> const& values)
{
    for (auto const& [from, to] : values) {
        if (from.empty()) continue;
        for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    }
    return text;
}

std::vector<std::string>
split_words(std::string_view line, std::vector<std::pair<std::string, std::string>> const& values)
{
    std::vector<std::string> words;
    std::string word;
    char quote = 0;
    bool open = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        char const c = line[i];
        if (quote != '\'' && c == '\\' && i + 1 < line.size()) {
            word += line[++i];
            open = true;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
            open = true;
        } else if (quote == 0 && (c == ' ' || c == '\n')) {
            if (open) words.push_back(replaced(word, values));
            word.clear();
            open = false;
        } else {
            word += c;
            open = true;
        }
    }
    if (open) words.push_back(replaced(word, values));
    return words;
}

}  // namespace cli::golden
