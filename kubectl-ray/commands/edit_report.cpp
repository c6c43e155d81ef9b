#include "commands/edit_report.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/scale.hpp>

namespace cli::commands {

namespace {

std::vector<std::string> texts_of(std::vector<ray::field_change> const& changes)
{
    std::vector<std::string> texts;
    for (ray::field_change const& change : changes)
        texts.push_back(kuberay::printable_line(
            change.field + ": " + (change.from.empty() ? "<none>" : change.from) + " -> " + change.to
        ));
    return texts;
}

constexpr std::string_view nothing = ": nothing to change\n";
constexpr std::string_view server_dry_run = " (server dry run)";

}  // namespace

std::string changes_list(std::string const& what, std::vector<ray::field_change> const& changes, bool dry_run)
{
    if (changes.empty()) return what + std::string(nothing);
    std::string list = what + (dry_run ? std::string(server_dry_run) : std::string()) + ":\n";
    for (std::string const& text : texts_of(changes))
        list += "  " + text + "\n";
    return list;
}

void report_edit(context const& on, std::string const& what, ray::edit_outcome const& outcome, bool dry_run)
{
    std::string line = what;
    if (outcome.changes.empty())
        line += nothing;
    else
        line += ": " + kuberay::join(texts_of(outcome.changes), ", ")
                + (dry_run ? std::string(server_dry_run) : std::string()) + "\n";
    on.out().write(line);
    on.out().flush();
}

void tell_of_autoscaler(context const& on, ray::edit_outcome const& outcome)
{
    if (ray::leaves_surplus_to_autoscaler(outcome))
        on.note(
            "In-tree autoscaling is on: the operator removes no workers, the autoscaler removes those above the new "
            "number when they idle."
        );
}

}  // namespace cli::commands
