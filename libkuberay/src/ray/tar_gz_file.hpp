#pragma once

#include <kuberay/base/task.hpp>

#include <filesystem>

namespace kuberay::ray {

/// Writes what is in `folder` to the archive `file`, below a folder named as the archive (without .tar.gz or .tgz). The
/// archive is written under another name and renamed when complete. Bounded memory; the executor's other tasks go on.
/// Errors: the system's code. Cancellation: terminal; nothing is left.
task<void> write_tar_gz(std::filesystem::path file, std::filesystem::path folder);

}  // namespace kuberay::ray
