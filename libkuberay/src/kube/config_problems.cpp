#include "kube/config_problems.hpp"

#include <kuberay/base/error.hpp>
#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::kube {
namespace {

// More names than this are no help on one line.
constexpr std::size_t most_names = 12;

std::string in_quotes(std::string const& name) { return '"' + printable_line(name) + '"'; }

}  // namespace

void config_problems::add(std::string sentence, std::string hint)
{
    sentences_.push_back(std::move(sentence));
    if (!hint.empty() && std::find(hints_.begin(), hints_.end(), hint) == hints_.end())
        hints_.push_back(std::move(hint));
}

void config_problems::throw_if_any() const
{
    if (sentences_.empty()) return;
    std::string message = sentences_.front();
    if (sentences_.size() > 1)
        message = std::to_string(sentences_.size()) + " problems in the configuration: " + join(sentences_, "; ");
    error what(errc::bad_config, std::move(message));
    if (!hints_.empty()) what = what.with_hint(join(hints_, " "));
    throw failure(std::move(what));
}

std::string hint_of_names(std::string const& wanted, std::vector<std::string> const& names, std::string const& plural)
{
    if (names.empty()) return "There are no " + plural + " in it.";
    std::vector<std::string> near = nearest(wanted, names);
    if (!near.empty()) return "Did you mean " + in_quotes(near.front()) + "?";
    std::vector<std::string> shown;
    for (auto const& name : names) {
        if (shown.size() == most_names) break;
        shown.push_back(in_quotes(name));
    }
    std::string text = "The " + plural + " are " + join(shown, ", ");
    if (names.size() > shown.size()) text += " and " + std::to_string(names.size() - shown.size()) + " more";
    return text + ".";
}

}  // namespace kuberay::kube
