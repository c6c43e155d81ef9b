#pragma once

#include "kube/child_process.hpp"
#include "kube/credentials.hpp"

#include <functional>
#include <memory>

namespace kuberay::kube {

/// Credentials of an exec plugin: run when there is no credential, when it is about to expire, and after the server
/// refused it; one run at a time, whose outcome all waiting requests share.
///
/// A request that is cancelled while it runs the plugin ends the plugin; the next waiting request starts it anew.
/// Source: client-go plugin/pkg/client/auth/exec.
class exec_source final : public credential_source {
public:
    using child_runner = std::function<task<child_result>(child_command)>;

    exec_source(asio::any_io_executor executor, exec_plugin plugin, wall_clock now, child_runner run = child_runner());
    ~exec_source() override;

    task<credential_ptr> get() override;
    bool renew(credential_ptr const& refused) override;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::kube
