#include "refusal.hpp"
#include "routes.hpp"
#include "streams/default_programs.hpp"
#include "streams/exec_transports.hpp"
#include "streams/handshake.hpp"
#include "streams/log_query.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

std::vector<std::string> const node_protocols = {
    "v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"
};
constexpr char const* translated_protocol = "v5.channel.k8s.io";

enum class way { refused, websocket, spdy };

struct exec_plan {
    exec_plan() = default;
    way by = way::refused;
    std::string answer;  ///< the whole of it, or the head of 101
    exec_call call;
};

exec_call call_of(pod_target const& target)
{
    exec_call call;
    call.ns = target.ns;
    call.pod = target.pod;
    call.container = target.container;
    for (auto const& [name, value] : target.request.query)
        if (name == "command" && target.request.subresource == "exec") call.command.push_back(value);
    call.input = flag_of(target.request, "stdin");
    call.output = flag_of(target.request, "stdout");
    call.terminal = flag_of(target.request, "tty");
    call.errors = flag_of(target.request, "stderr") && !call.terminal;
    return call;
}

void choose_websocket(exec_plan& plan, net::http_fields const& fields)
{
    std::vector<std::string> const offered = offered_subprotocols(fields);
    // The API server takes v5 wherever it stands; all else it leaves to the node.
    bool const translates = std::ranges::find(offered, translated_protocol) != offered.end();
    std::optional<std::string> const chosen =
        translates ? std::string(translated_protocol) : chosen_subprotocol(offered, node_protocols);
    if (!chosen) {
        plan.answer = unknown_subprotocol_answer();
        return;
    }
    plan.by = way::websocket;
    plan.call.protocol = *chosen;
    plan.answer = websocket_answer(fields, *chosen);
}

exec_plan plan_of(stream_host& host, recorded_request const& request)
{
    exec_plan plan;
    try {
        cluster const& in = host.core()->in;
        pod_target target = find_pod(in, request);
        if (auto const refused = refused_websocket(host, request, target)) {
            plan.answer = *refused;
            return plan;
        }
        choose_container(target);
        check_node(target);
        bool const is_websocket = asks_for_websocket(request.fields);
        if (!is_websocket && !asks_for_spdy(request.fields)) throw bad_request("Upgrade request required");
        plan.call = call_of(target);
        if (!plan.call.input && !plan.call.output && !plan.call.errors) {
            plan.answer = plain_answer_bytes(400, "you must specify at least 1 of stdin, stdout, stderr");
        } else if (!runs(*target.object, target.container)) {
            plan.answer = plain_answer_bytes(500, "container not found (\"" + target.container + "\")");
        } else if (is_websocket) {
            choose_websocket(plan, request.fields);
        } else {
            spdy_answer const answer = answer_spdy(request.fields, node_protocols);
            plan.answer = answer.bytes;
            // Before v4 the status is plain text; with it, streams have a name of their own here.
            plan.call.protocol = answer.protocol == "v4.channel.k8s.io" ? "SPDY/3.1" : answer.protocol;
            if (answer.accepted) plan.by = way::spdy;
        }
    } catch (refusal const& why) {
        plan.answer = answer_bytes(answer_of(why));
    }
    return plan;
}

stream_host::program program_for(std::shared_ptr<stream_host> const& host, std::string_view path)
{
    if (path.ends_with("/attach")) {
        if (host->on_attach) return host->on_attach;
        return [host](exec_call call) { return show_log(host, std::move(call)); };
    }
    return host->on_exec ? host->on_exec : stream_host::program(&run_default_program);
}

}  // namespace

task<void> serve_exec(std::shared_ptr<stream_host> host, recorded_request request, net::byte_stream connection)
{
    exec_plan plan = plan_of(*host, request);
    co_await net::write_all(&connection, plan.answer);
    if (plan.by == way::refused) co_return;
    stream_host::program program = program_for(host, request.path());
    if (plan.by == way::websocket)
        co_await serve_exec_websocket(host, std::move(plan.call), std::move(program), std::move(connection));
    else
        co_await serve_exec_spdy(host, std::move(plan.call), std::move(program), std::move(connection));
}

}  // namespace kuberay::testing
