#pragma once

#include "cli/context.hpp"
#include "cli/jsonpath.hpp"
#include "commands/manifest.hpp"

#include <kuberay/ray/target.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cli::commands {

/// What `--for` asks.
struct wanted_state {
    enum class kind { ready, suspended, gone, running, complete, condition, path };

    wanted_state() = default;
    wanted_state::kind what = kind::ready;
    std::string text;               ///< as given, for messages
    std::string condition, status;  ///< condition=TYPE[=STATUS]
    std::optional<json_path> path;  ///< jsonpath=EXPR=VALUE
    std::string value;
};

/// Reads `ready`, `suspended`, `delete`, `running`, `complete`, `condition=TYPE[=STATUS]`, `jsonpath=EXPR=VALUE`. The last
/// two compare without case, as kubectl. Errors: `errc::bad_input`. Pure.
result<wanted_state> parse_wanted_state(std::string_view text);

/// True when the object is so. Pure.
/// Errors: throws `failure`, `errc::unsatisfiable`, when it never will be (a failed job).
bool is_in_state(ray::target_kind kind, json::object const& object, wanted_state const& wanted);

/// Waits, with a line on stderr.
/// Errors: `errc::timed_out`; `reason::not_found` when there is no such object; what `is_in_state` throws.
task<void> wait_for(context on, std::string ns, ray::target what, wanted_state wanted, std::chrono::nanoseconds limit);

/// Waits until an object that was applied is ready; kinds that are none of Ray's are so at once.
task<void> wait_for_manifest(context on, manifest what, std::chrono::nanoseconds limit);

}  // namespace cli::commands
