#include "kube/exec_start.hpp"

#include "kube/exec_request.hpp"
#include "kube/exec_spdy.hpp"
#include "kube/exec_websocket.hpp"

#include <kuberay/base/text.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::size_t max_message = std::size_t(4) << 20;

using session_ptr = std::unique_ptr<exec_session::implementation>;

// The server said no before it switched, so nothing was started. A gateway that got no good answer (502, 504) does not
// know that: what is behind it may have switched.
bool is_refusal(error const& why)
{
    if (why.code() == errc::upgrade_refused || why.code() == errc::proxy_refused) return true;
    if (why.code() == reason::unauthorized || !why.status()) return false;
    int const http = why.status()->http_status;
    return http != 502 && http != 504;
}

bool is_kubernetes_status(error const& why) { return why.status() && !why.status()->reason.empty(); }

error with_permission_hint(error const& why, exec_place const& at)
{
    if (why.code() != reason::forbidden) return why;
    std::string const resource = at.kind == exec_kind::exec ? "pods/exec" : "pods/attach";
    return why.with_hint(
        "A role must allow \"get\" and \"create\" on \"" + resource + "\" in namespace " + printable_line(at.ns)
        + " (SPDY needs \"create\" alone); check with: kubectl auth can-i create pods --subresource="
        + resource.substr(5) + " -n " + printable_line(at.ns)
    );
}

error explained(error const& why, exec_place const& at)
{
    return is_cancellation(why) ? why : with_permission_hint(why, at).with_context(at.str());
}

// What to report when both ways failed. A Status says more than the page of a proxy; else the first answer counts.
error of_both(error const& first, error const& second)
{
    if (is_cancellation(second)) return second;
    if (!is_refusal(second))
        return second.with_context("WebSocket was refused (" + first.message() + "), and SPDY failed");
    return is_kubernetes_status(second) && !is_kubernetes_status(first) ? second : first;
}

task<session_ptr> start_over_websocket(client on, exec_terms terms)
{
    std::string target = exec_target(terms.place, terms.options);
    std::vector<std::string> offered;
    offered.emplace_back(exec_subprotocol(terms.options));
    net::websocket_offer offer = net::offer_websocket(exec_websocket_request(std::move(target)), std::move(offered));
    offer.max_message_size = max_message;
    net::upgrade_result answer = co_await on.upgrade(offer.request);
    auto const pulse = std::make_shared<net::websocket_pulse>();
    net::websocket socket = net::adopt_websocket(std::move(answer), offer, pulse);
    if (socket.subprotocol().empty())
        throw failure(errc::protocol_violation, "the server switched to a WebSocket without a sub-protocol");
    co_return make_websocket_exec(on.get_executor(), std::move(socket), pulse, std::move(terms));
}

task<session_ptr> start_over_spdy(client on, exec_terms terms)
{
    std::string target = exec_target(terms.place, terms.options);
    net::http_request request = exec_spdy_request(std::move(target));
    net::upgrade_result answer = co_await on.upgrade(std::move(request));
    check_spdy_answer(answer.response);
    task<session_ptr> opening = open_spdy_exec(std::move(answer.stream), std::move(terms));
    result<session_ptr> opened = co_await as_result(std::move(opening));
    if (opened.has_value()) co_return std::move(*opened);
    // A stream refused here is no refusal of the upgrade.
    error const why = opened.error();
    if (why.code() == errc::upgrade_refused) throw failure(errc::connection_lost, why.message());
    throw failure(why);
}

}  // namespace

task<session_ptr> start_exec(client on, exec_place at, exec_options options)
{
    exec_terms terms;
    terms.place = at;
    terms.options = checked(at.kind, std::move(options));
    error first;
    if (terms.options.allow_websocket) {
        result<session_ptr> started = co_await as_result(start_over_websocket(on, terms));
        if (started.has_value()) co_return std::move(*started);
        first = started.error();
        if (!terms.options.allow_spdy || !is_refusal(first)) throw failure(explained(first, at));
    }
    result<session_ptr> started = co_await as_result(start_over_spdy(on, terms));
    if (started.has_value()) co_return std::move(*started);
    error const why = first ? of_both(first, started.error()) : started.error();
    throw failure(explained(why, at));
}

}  // namespace kuberay::kube
