#pragma once

#include "cli/contexts.hpp"

#include <kuberay/kube/params.hpp>

#include <string>

namespace cli {

/// The flags that say which objects are shown.
struct list_flags {
    list_flags() = default;
    std::string selector, field_selector;
    bool all_namespaces = false, watch = false;
    context_flags contexts;
    std::int64_t chunk_size = 0;

    void declare(flags& on);

    /// Errors: `usage_error` for what makes no sense beside a NAME.
    void validate(std::string const& name, output_flags const& how) const;

    kube::list_params params() const;
};

/// Lists, reads (when `name` is given) or watches the objects of `view` and prints them.
///
/// Errors: `reason::not_found` naming object and scope; those of the client. Cancellation: terminal.
task<exit_code> show_objects(context on, object_view view, list_flags which, output_flags how, std::string name);

/// "namespace team-a", or "all namespaces".
std::string scope_text(context const& on, bool all_namespaces);

}  // namespace cli
