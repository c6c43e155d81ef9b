#include "kube/process_environment.hpp"

#include <kuberay/base/file.hpp>

namespace kuberay::kube {

process_environment process_environment::of_this_process()
{
    process_environment made;
    made.variable = [](std::string const& name) { return environment(name); };
    made.read = [](std::filesystem::path const& path) { return read_file(path); };
    made.home = home_directory();
    made.service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
    return made;
}

}  // namespace kuberay::kube
