#pragma once

#include "cli/context.hpp"

#include <kuberay/ray/edit.hpp>

#include <string>

namespace cli::commands {

/// `field: old -> new` of every change, in order, separated by commas. Pure.
std::string changes_text(std::vector<ray::field_change> const& changes);

/// The line on stdout that says what an edit did to `what`, or that there was nothing to do.
void report_edit(context const& on, std::string const& what, ray::edit_outcome const& outcome, bool dry_run);

/// A note on stderr when an edit took replicas that only the autoscaler will take pods for.
void tell_of_autoscaler(context const& on, ray::edit_outcome const& outcome);

}  // namespace cli::commands
