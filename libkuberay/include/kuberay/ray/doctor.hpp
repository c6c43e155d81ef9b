#pragma once

#include <kuberay/kube/client.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

enum class health { ok, warning, failing };

/// One line of the doctor's report.
struct finding {
    finding() = default;
    finding(health how, std::string checked, std::string said, std::string cure = std::string());
    health state = health::ok;
    std::string check, message;
    std::string remedy;  ///< empty for what is well
    bool operator==(finding const&) const = default;
};

/// Checks what the commands need: the server answers, the Ray CRDs are served and in which versions, an operator runs
/// and which, RayCronJob's feature gate where the Deployment can be read, webhooks, and the rights of each command in
/// `ns`. Everything is asked at the same time. Never fails: what goes wrong is a finding.
task<std::vector<finding>> examine(kube::client on, std::string ns);

}  // namespace kuberay::ray
