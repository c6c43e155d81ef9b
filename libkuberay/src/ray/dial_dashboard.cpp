#include "net/http_client.hpp"
#include "ray/job_exchange.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/port_forward.hpp>
#include <kuberay/ray/session.hpp>
#include <kuberay/ray/token.hpp>

#include <utility>

namespace kuberay::ray {
namespace {

/// The tunnel to the head that a target has now.
class head_tunnel : public std::enable_shared_from_this<head_tunnel> {
public:
    head_tunnel(kube::client on, kube::forward_resolver where)
        : on_(std::move(on))
        , where_(std::move(where))
        , changed_(on_.get_executor())
    {
    }

    static task<net::byte_stream> connect(std::shared_ptr<head_tunnel> self)
    {
        for (bool is_first = true;; is_first = false) {
            while (self->is_opening_)
                co_await self->changed_.wait();
            if (!self->is_usable()) co_await open(self);
            kube::pod_tunnel const tunnel = *self->tunnel_;
            kube::pod_tunnel::error_sink const forget = [weak = self->weak_from_this()](error const&) {
                if (auto const tunnel = weak.lock()) tunnel->forget();
            };
            task<net::byte_stream> connecting = tunnel.connect(self->port_, forget);
            result<net::byte_stream> made = co_await as_result(std::move(connecting));
            if (made.has_value()) co_return std::move(*made);
            if (!is_first || made.error().code() != errc::connection_lost) throw failure(made.error());
            self->forget();
        }
    }

    /// The next connection looks the head up again. Those that are open go on.
    void forget() noexcept { tunnel_.reset(); }

private:
    bool is_usable() const noexcept { return tunnel_ && tunnel_->is_open() && !tunnel_->is_stalled(); }

    static task<void> open(std::shared_ptr<head_tunnel> self)
    {
        struct opening {
            explicit opening(head_tunnel* of)
                : of(of)
            {
                of->is_opening_ = true;
            }

            opening(opening const&) = delete;
            opening& operator=(opening const&) = delete;

            ~opening()
            {
                of->is_opening_ = false;
                of->changed_.notify_all();
            }

            head_tunnel* of;
        };

        opening const under_way(self.get());
        self->tunnel_.reset();
        task<kube::forward_place> asking = self->where_();
        kube::forward_place const place = co_await std::move(asking);
        kube::pod_tunnel const opened = co_await kube::pod_tunnel::open(self->on_, place.ns, place.pod);
        self->port_ = place.ports.at(0);
        self->tunnel_.emplace(opened);
    }

    kube::client on_;
    kube::forward_resolver where_;
    condition changed_;
    std::optional<kube::pod_tunnel> tunnel_;
    std::uint16_t port_ = 0;
    bool is_opening_ = false;
};

using tunnel_ptr = std::shared_ptr<head_tunnel>;
using transport_ptr = std::shared_ptr<net::transport>;

/// HTTP through the tunnel. A failed exchange makes the next connection look the head up again: a tunnel may stay open
/// to a pod that is no more.
class tunnelled_transport final : public net::transport {
public:
    explicit tunnelled_transport(kube::client on, kube::forward_resolver where)
        : tunnel_(std::make_shared<head_tunnel>(on, std::move(where)))
    {
        net::pool_options connections;
        connections.dial = [tunnel = tunnel_] { return head_tunnel::connect(tunnel); };
        net::http_client_options const defaults;
        http_ = net::make_http_client_over(on.get_executor(), "localhost:8265", std::move(connections), defaults);
    }

    asio::any_io_executor get_executor() const noexcept override { return http_->get_executor(); }

    task<net::http_response> send(net::http_request request) override
    {
        return send_through(tunnel_, http_, std::move(request));
    }

    task<net::upgrade_result> upgrade(net::http_request request) override { return http_->upgrade(std::move(request)); }

    void drop_idle() noexcept override
    {
        tunnel_->forget();
        http_->drop_idle();
    }

private:
    static task<net::http_response> send_through(tunnel_ptr tunnel, transport_ptr http, net::http_request request)
    {
        task<net::http_response> sending = http->send(std::move(request));
        result<net::http_response> sent = co_await as_result(std::move(sending));
        if (sent.has_error() && is_connection_error(sent.error())) tunnel->forget();
        co_return std::move(sent).value();
    }

    tunnel_ptr tunnel_;
    transport_ptr http_;
};

task<std::string> token_of(kube::client on, std::string ns, std::string name)
{
    auto const clusters = kube::api<cluster>::in_ns(on, ns);
    cluster const found = co_await clusters.get(name);
    auto const& auth = found.spec.auth_options;
    if (!auth || auth->mode != "token" || auth->enable_k8s_token_auth.value_or(false)) co_return std::string();
    co_return co_await read_token(on, found);
}

task<std::string> ready(std::string token) { co_return token; }

}  // namespace

job_client dial_dashboard(kube::client on, std::string ns, target what, job_client_options options)
{
    std::vector<session_port> ports = session_ports(what.kind);
    ports.resize(1);
    kube::forward_resolver const where = session_resolver(on, std::move(ns), std::move(what), std::move(ports));
    auto const requests = std::make_shared<tunnelled_transport>(on, where);
    auto const output = std::make_shared<tunnelled_transport>(on, where);
    return job_client(requests, std::move(options), output);
}

task<std::string> dashboard_token(kube::client on, std::string ns, std::string cluster, std::string explicit_token)
{
    if (!explicit_token.empty()) return ready(std::move(explicit_token));
    return token_of(std::move(on), std::move(ns), std::move(cluster));
}

}  // namespace kuberay::ray
