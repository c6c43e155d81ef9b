#pragma once

#include "cli/context.hpp"

#include <kuberay/ray/edit.hpp>

#include <string>

namespace cli::commands {

/// What an edit of many fields does to `what`: a line each as `field: old -> new`, or that there is nothing to do. Pure.
std::string changes_list(std::string const& what, std::vector<ray::field_change> const& changes, bool dry_run);

/// The line on stdout that says what an edit did to `what`, or that there was nothing to do.
void report_edit(context const& on, std::string const& what, ray::edit_outcome const& outcome, bool dry_run);

/// A note on stderr when an edit took replicas that only the autoscaler will take pods for.
void tell_of_autoscaler(context const& on, ray::edit_outcome const& outcome);

}  // namespace cli::commands
