#pragma once

#include "kube/credentials.hpp"

#include <kuberay/net/endpoint.hpp>
#include <kuberay/net/http.hpp>

#include <functional>
#include <memory>

namespace kuberay::kube {

/// The transport to one server; another one when the client certificate changes, as connections are bound to theirs.
class transport_slot {
public:
    using factory = std::function<std::shared_ptr<net::transport>(net::connect_options)>;

    transport_slot(net::connect_options connect, factory make);

    /// The transport for requests with this credential. Idle connections made with another certificate are closed.
    std::shared_ptr<net::transport> for_credential(credential const& with);

    void drop_idle() noexcept;

private:
    net::connect_options connect_;
    factory make_;
    std::string certificate_pem_, key_pem_;
    std::shared_ptr<net::transport> current_;
};

}  // namespace kuberay::kube
