#pragma once

#include "cli/printer.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cli {

/// Read commands that ask several contexts of the kubeconfig: `--all-contexts`, or `--context a,b`.
struct context_flags {
    context_flags() = default;
    bool all = false;

    void declare(flags& on);

    /// The contexts asked for; empty: the one in use. Errors: those of `kube::load_names`.
    std::vector<std::string> names(context const& on) const;
};

/// Reads the items of one context.
using items_reader = std::function<task<std::vector<json::value>>(context on)>;

/// Asks all contexts at the same time and prints what they have, with a CONTEXT column. One that fails is a warning, and
/// the outcome `failed`, after the others were shown.
task<exit_code>
show_contexts(context on, object_view view, output_flags how, std::vector<std::string> contexts, items_reader items);

}  // namespace cli
