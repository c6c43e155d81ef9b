#include "commands/edit_report.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/scale.hpp>

namespace cli::commands {

std::string changes_text(std::vector<ray::field_change> const& changes)
{
    std::vector<std::string> texts;
    for (ray::field_change const& change : changes)
        texts.push_back(change.field + ": " + (change.from.empty() ? "<none>" : change.from) + " -> " + change.to);
    return kuberay::printable_line(kuberay::join(texts, ", "));
}

void report_edit(context const& on, std::string const& what, ray::edit_outcome const& outcome, bool dry_run)
{
    if (outcome.changes.empty())
        on.out().write(what + ": nothing to change\n");
    else
        on.out().write(what + ": " + changes_text(outcome.changes) + (dry_run ? " (server dry run)" : "") + "\n");
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
