#pragma once

#include <kuberay/base/error.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace kuberay::kube {

/// What the configuration is read from besides its options. Tests and fuzzers replace it.
struct process_environment {
    process_environment() = default;
    std::function<std::optional<std::string>(std::string const&)> variable;
    std::function<result<std::string>(std::filesystem::path const&)> read;  ///< the content of a file
    std::filesystem::path home;
    std::filesystem::path service_account;  ///< the folder that is mounted into every pod

    static process_environment of_this_process();

    /// The variable; empty when not set.
    std::string text(std::string const& name) const { return variable(name).value_or(std::string()); }
};

}  // namespace kuberay::kube
