#pragma once

#include <kuberay/ray/job_client.hpp>

namespace kuberay::ray {

/// `job_client::upload_package`.
task<void> send_package(
    job_client on, std::string name, std::filesystem::path file, std::function<void(std::uint64_t sent)> on_progress
);

}  // namespace kuberay::ray
