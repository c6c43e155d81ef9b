#include "kube/transport_slot.hpp"

namespace kuberay::kube {

transport_slot::transport_slot(net::connect_options connect, factory make)
    : connect_(std::move(connect))
    , make_(std::move(make))
{
}

std::shared_ptr<net::transport> transport_slot::for_credential(credential const& with)
{
    if (current_ && with.client_certificate_pem == certificate_pem_ && with.client_key_pem == key_pem_) return current_;
    if (current_) current_->drop_idle();
    certificate_pem_ = with.client_certificate_pem;
    key_pem_ = with.client_key_pem;
    net::connect_options connect = connect_;
    if (!certificate_pem_.empty()) {
        connect.tls.client_certificate_pem = certificate_pem_;
        connect.tls.client_key_pem = key_pem_;
    }
    current_ = make_(std::move(connect));
    return current_;
}

void transport_slot::drop_idle() noexcept
{
    if (current_) current_->drop_idle();
}

}  // namespace kuberay::kube
