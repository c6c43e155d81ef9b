#include "cli/completion.hpp"

#include "cli/context.hpp"

#include <kuberay/base/text.hpp>

#include <utility>

namespace cli {
namespace {

completer always(candidates found)
{
    return [found = std::move(found)](context, completion_query) { return offer(found); };
}

std::string first_line(std::string_view text) { return kuberay::printable_line(text.substr(0, text.find('\n'))); }

}  // namespace

task<candidates> offer(candidates found) { co_return found; }

completer complete_files(std::vector<std::string> extensions)
{
    candidates found;
    found.directive = extensions.empty() ? directive::none : directive::filter_extension;
    for (std::string& extension : extensions)
        found.items.emplace_back(std::move(extension));
    return always(std::move(found));
}

completer complete_directories()
{
    candidates found;
    found.directive = directive::directories;
    return always(std::move(found));
}

completer complete_choices(std::vector<candidate> choices)
{
    candidates found;
    found.items = std::move(choices);
    return always(std::move(found));
}

completer complete_truth() { return complete_choices({candidate("true"), candidate("false")}); }

completer complete_nothing() { return always(candidates()); }

std::string render_candidates(candidates const& found, std::string_view word, bool with_descriptions, bool keep_all)
{
    std::string lines;
    bool const keep = keep_all || (found.directive & directive::filter_extension) != 0;
    for (candidate const& offered : found.items) {
        if (!keep && !std::string_view(offered.value).starts_with(word)) continue;
        lines += first_line(offered.value);
        if (with_descriptions && !offered.description.empty()) lines += "\t" + first_line(offered.description);
        lines += '\n';
    }
    return lines + ":" + std::to_string(found.directive) + "\n";
}

std::string directive_text(int bits)
{
    static constexpr std::pair<int, char const*> known[] = {
        {directive::failed, "ShellCompDirectiveError"},
        {directive::no_space, "ShellCompDirectiveNoSpace"},
        {directive::no_files, "ShellCompDirectiveNoFileComp"},
        {directive::filter_extension, "ShellCompDirectiveFilterFileExt"},
        {directive::directories, "ShellCompDirectiveFilterDirs"},
        {directive::keep_order, "ShellCompDirectiveKeepOrder"},
    };
    std::vector<std::string> names;
    for (auto const& [bit, name] : known)
        if ((bits & bit) != 0) names.emplace_back(name);
    return names.empty() ? "ShellCompDirectiveDefault" : kuberay::join(names, ", ");
}

}  // namespace cli
