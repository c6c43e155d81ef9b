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

/// Asks all contexts at the same time, then gives `show` each answer, in their order; one that failed is a warning instead.
/// Outcome: whether all answered. `show` outlives the task.
template <class T>
task<bool> ask_contexts(
    context on, std::vector<std::string> contexts, std::function<task<T>(context on)> ask,
    std::function<void(std::string const& name, T answer)> show
)
{
    std::vector<task<T>> asking;
    for (std::string const& each : contexts)
        asking.push_back(ask(on.with_context(each)));
    std::vector<result<T>> found = co_await kuberay::run_all(std::move(asking));
    bool all = true;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i].has_value())
            show(contexts[i], std::move(*found[i]));
        else
            on.warn("context " + contexts[i] + ": " + found[i].error().message());
        all = all && found[i].has_value();
    }
    co_return all;
}

/// The heading above what one of several contexts has to say.
std::string context_heading(std::string const& name, bool first);

/// Reads the items of one context.
using items_reader = std::function<task<std::vector<json::value>>(context on)>;

/// Asks all contexts at the same time and prints what they have, with a CONTEXT column. One that fails is a warning, and
/// the outcome `failed`, after the others were shown.
task<exit_code>
show_contexts(context on, object_view view, output_flags how, std::vector<std::string> contexts, items_reader items);

}  // namespace cli
