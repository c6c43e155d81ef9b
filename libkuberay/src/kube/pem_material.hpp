#pragma once

#include "kube/entry_reader.hpp"
#include "kube/process_environment.hpp"

#include <string>

namespace kuberay::kube {

/// What a PEM text is to hold.
enum class pem_content { certificates, private_key };

/// The PEM text of an entry: from `KEY-data`, else from the file `KEY`; empty when neither is set or there is a
/// problem, which is reported.
std::string
read_pem(entry_reader const& from, std::string const& key, pem_content content, process_environment const& environment);

/// The PEM text of the file that a flag names; empty when the flag is not set or there is a problem.
std::string read_pem_flag(
    std::string const& flag, std::string const& file, pem_content content, process_environment const& environment,
    config_problems& problems
);

}  // namespace kuberay::kube
