#pragma once

#include "kube/entry_reader.hpp"

#include <kuberay/kube/config.hpp>

#include <optional>

namespace kuberay::kube {

/// The `exec` mapping of a user entry; absent when there is none. Problems are reported by the reader.
std::optional<exec_plugin> read_exec(entry_reader const& user);

}  // namespace kuberay::kube
