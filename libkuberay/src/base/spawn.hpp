#pragma once

#include <kuberay/base/task.hpp>

#include <spawn.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay {

/// How posix_spawn starts a process.
class spawn_plan {
public:
    spawn_plan();
    spawn_plan(spawn_plan const&) = delete;
    spawn_plan& operator=(spawn_plan const&) = delete;
    ~spawn_plan();

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

/// The environment of this process as `NAME=VALUE`, with `more` over it; the last of a name counts.
std::vector<std::string> environment_with(std::vector<std::pair<std::string, std::string>> const& more);

/// `texts` as posix_spawn takes them, with a null at the end. Lifetime: `texts` outlives it, unchanged.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

/// Suspends until `has_ended`, which is asked whenever the child `pid` may have ended. Errors: the system's code.
task<void> await_child(pid_t pid, std::function<bool()> has_ended);

}  // namespace kuberay
