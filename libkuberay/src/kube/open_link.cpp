#include "kube/request.hpp"
#include "kube/tunnel_link.hpp"
#include "net/spdy_connection.hpp"
#include "net/websocket_tunnel.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>

#include <utility>
#include <vector>

namespace kuberay::kube {
namespace {

constexpr char const* spdy_in_websocket = "SPDY/3.1+portforward.k8s.io";
constexpr char const* forward_protocol = "portforward.k8s.io";

error not_agreed(std::string const& pod)
{
    return error(
        errc::upgrade_refused, "the server did not agree to a protocol for port-forwarding to pod \"" + pod + "\""
    );
}

// The GET of a WebSocket needs another verb than the POST of SPDY, and newer servers want both.
error explained(error const& why, std::string const& ns)
{
    if (why.code() != reason::forbidden) return why;
    return why.with_hint(
        "A role must allow \"create\" and \"get\" on \"pods/portforward\" in namespace " + printable_line(ns)
        + "; check with: kubectl auth can-i create pods --subresource=portforward -n " + printable_line(ns)
    );
}

net::spdy_options spdy_with(liveness const& alive)
{
    net::spdy_options options;
    options.ping_interval = alive.ping_interval;
    options.silence_limit = alive.silence_limit;
    return options;
}

std::shared_ptr<tunnel_link> tunnel_in(net::websocket over, std::string pod, liveness const& alive)
{
    net::spdy_options const options = spdy_with(alive);
    net::spdy_connection connection(net::make_websocket_tunnel(std::move(over)), net::spdy_role::client, options);
    return make_spdy_link(std::move(connection), std::move(pod), tunnel_protocol::websocket_spdy);
}

task<std::shared_ptr<tunnel_link>> negotiate(client on, std::string ns, std::string pod, liveness alive)
{
    if (ns.empty()) ns = on.default_ns();
    std::string const path = port_forward_path(ns, pod);
    net::http_request request("GET", path);
    std::vector<std::string> offered(1, spdy_in_websocket);
    task<net::websocket> opening = on.open_websocket(std::move(request), std::move(offered));
    result<net::websocket> opened = co_await as_result(std::move(opening));
    if (opened.has_value() && opened->subprotocol() == spdy_in_websocket)
        co_return tunnel_in(std::move(*opened), pod, alive);
    error const refusal = opened.has_error() ? opened.error() : not_agreed(pod);
    next_protocol const next = protocol_after(refusal, pod);
    if (next == next_protocol::channels) co_return make_channel_link(on, path, pod);
    if (next == next_protocol::spdy) {
        task<std::shared_ptr<tunnel_link>> posting = open_spdy_link(on, path, pod, alive);
        result<std::shared_ptr<tunnel_link>> const posted = co_await as_result(std::move(posting));
        if (posted.has_value()) co_return *posted;
        if (is_cancellation(posted.error())) throw failure(posted.error());
    }
    throw failure(explained(refusal, ns));
}

task<std::shared_ptr<tunnel_link>> post(client on, std::string path, std::string pod, liveness alive)
{
    net::http_request request("POST", path);
    request.fields.set("Upgrade", "SPDY/3.1");
    request.fields.set("X-Stream-Protocol-Version", forward_protocol);
    net::upgrade_result answer = co_await on.upgrade(std::move(request));
    auto const& fields = answer.response.fields();
    std::string_view const chosen = fields.get("X-Stream-Protocol-Version");
    if (!answer.stream || to_lower(std::string(fields.get("Upgrade"))) != "spdy/3.1"
        || (!chosen.empty() && chosen != forward_protocol))
        throw failure(not_agreed(pod));
    net::spdy_options const options = spdy_with(alive);
    net::spdy_connection connection(std::move(answer.stream), net::spdy_role::client, options);
    co_return make_spdy_link(std::move(connection), pod, tunnel_protocol::spdy);
}

}  // namespace

std::string port_forward_path(std::string const& ns, std::string const& pod)
{
    return object_path(object_place(pod::type(), ns, pod, "portforward"));
}

next_protocol protocol_after(error const& refusal, std::string const& pod)
{
    if (refusal.code() == errc::protocol_violation) return next_protocol::channels;
    server_status const* const status = refusal.status();
    if (!status) return refusal.code() == errc::upgrade_refused ? next_protocol::channels : next_protocol::none;
    // A Status is what the API server itself thinks of the request; plain text comes from a kubelet or a proxy that does
    // not know the protocol.
    bool const is_status = !status->reason.empty();
    switch (status->http_status) {
    case 401: return next_protocol::none;
    case 400:
    case 403: return is_status ? next_protocol::spdy : next_protocol::channels;
    case 404:
        if (is_absence(refusal, pod::type(), pod) || is_status) return next_protocol::none;
        return next_protocol::channels;
    default: break;
    }
    return status->http_status >= 500 && status->http_status != 501 ? next_protocol::none : next_protocol::channels;
}

task<std::shared_ptr<tunnel_link>> open_link(client on, std::string ns, std::string pod, liveness alive)
{
    return negotiate(std::move(on), std::move(ns), std::move(pod), alive);
}

task<std::shared_ptr<tunnel_link>> open_spdy_link(client on, std::string path, std::string pod, liveness alive)
{
    return post(std::move(on), std::move(path), std::move(pod), alive);
}

}  // namespace kuberay::kube
