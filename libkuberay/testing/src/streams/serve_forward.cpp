#include "net/websocket_stream.hpp"
#include "net/websocket_tunnel.hpp"
#include "refusal.hpp"
#include "routes.hpp"
#include "streams/cuttable_stream.hpp"
#include "streams/forward_transports.hpp"
#include "streams/handshake.hpp"

#include <kuberay/base/text.hpp>

#include <charconv>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr char const* tunnel_protocol = "SPDY/3.1+portforward.k8s.io";
std::vector<std::string> const channel_protocols = {"v4.channel.k8s.io"};
std::vector<std::string> const spdy_protocols = {"portforward.k8s.io"};

enum class way { refused, tunnel, channels, spdy };

struct forward_plan {
    forward_plan() = default;
    way by = way::refused;
    std::string answer, pod;
    std::vector<int> ports;
};

std::vector<int> ports_of(api_request const& request)
{
    std::vector<int> ports;
    for (auto const& [name, value] : request.query) {
        if (name != "ports") continue;
        for (std::string const& text : split(value, ',')) {
            int port = 0;
            auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
            if (fault != std::errc() || end != text.data() + text.size() || text.empty())
                throw bad_request(
                    "cannot convert to []int32: strconv.ParseUint: parsing \"" + text + "\": invalid syntax"
                );
            ports.push_back(port);
        }
    }
    return ports;
}

void choose_websocket(forward_plan& plan, net::http_fields const& fields)
{
    std::vector<std::string> const offered = offered_subprotocols(fields);
    if (auto const tunnel = chosen_subprotocol(offered, {tunnel_protocol}); tunnel && !tunnel->empty()) {
        plan.by = way::tunnel;
        plan.answer = websocket_answer(fields, tunnel_protocol);
        return;
    }
    std::optional<std::string> const chosen = chosen_subprotocol(offered, channel_protocols);
    if (!chosen) {
        plan.answer = unknown_subprotocol_answer();
    } else if (plan.ports.empty()) {
        plan.answer = plain_answer_bytes(400, "query parameter \"port\" is required");
    } else {
        plan.by = way::channels;
        plan.answer = websocket_answer(fields, *chosen);
    }
}

forward_plan plan_of(stream_host& host, recorded_request const& request)
{
    forward_plan plan;
    try {
        pod_target const target = find_pod(host.core()->in, request);
        plan.pod = target.pod;
        if (auto const refused = refused_websocket(host, request, target)) {
            plan.answer = *refused;
            return plan;
        }
        check_node(target);
        plan.ports = ports_of(target.request);
        if (asks_for_websocket(request.fields)) {
            choose_websocket(plan, request.fields);
        } else if (asks_for_spdy(request.fields)) {
            spdy_answer const answer = answer_spdy(request.fields, spdy_protocols);
            plan.answer = answer.bytes;
            if (answer.accepted) plan.by = way::spdy;
        } else {
            throw bad_request("Upgrade request required");
        }
    } catch (refusal const& why) {
        plan.answer = answer_bytes(answer_of(why));
    }
    return plan;
}

}  // namespace

task<void> serve_forward(std::shared_ptr<stream_host> host, recorded_request request, net::byte_stream connection)
{
    forward_plan const plan = plan_of(*host, request);
    co_await net::write_all(&connection, plan.answer);
    if (plan.by == way::refused) co_return;
    counted const counting(host, &stream_host::sessions);
    if (plan.by == way::channels) {
        co_await serve_forward_channels(host, plan.pod, plan.ports, std::move(connection));
        co_return;
    }
    auto cuttable = make_cuttable(std::move(connection));
    net::byte_stream over = std::move(cuttable.first);
    if (plan.by == way::tunnel) {
        net::websocket socket =
            net::make_websocket(std::move(over), net::websocket_role::server, tunnel_protocol, std::size_t(32) << 20);
        over = net::make_websocket_tunnel(std::move(socket));
    }
    co_await serve_forward_spdy(host, plan.pod, std::move(over), std::move(cuttable.second));
}

}  // namespace kuberay::testing
