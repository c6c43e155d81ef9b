#include "kube/exec_request.hpp"

#include "kube/request.hpp"

#include <kuberay/base/text.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

resource_type const& pods()
{
    static resource_type const type("", "v1", "Pod", "pods");
    return type;
}

[[noreturn]] void throw_bad_input(std::string what) { throw failure(errc::bad_input, std::move(what)); }

}  // namespace

std::string exec_place::str() const
{
    std::string const name = '"' + printable_line(ns + "/" + pod) + '"';
    return (kind == exec_kind::exec ? "exec in pod " : "attach to pod ") + name;
}

exec_options checked(exec_kind kind, exec_options options)
{
    if (options.terminal) options.errors = false;
    if (kind == exec_kind::attach) options.command.clear();
    if (kind == exec_kind::exec && (options.command.empty() || options.command.front().empty()))
        throw_bad_input("exec needs the name of a program");
    if (!options.input && !options.output && !options.errors)
        throw_bad_input("a session on a container needs an input or an output");
    if (options.ends_input && !options.input) throw_bad_input("a session without input cannot end its input");
    if (!options.allow_websocket && !options.allow_spdy)
        throw_bad_input("a session on a container needs WebSocket or SPDY, and both are ruled out");
    return options;
}

std::string exec_target(exec_place const& at, exec_options const& options)
{
    object_place const place(pods(), at.ns, at.pod, at.kind == exec_kind::exec ? "exec" : "attach");
    query_writer query(object_path(place));
    for (auto const& argument : options.command)
        query.add("command", argument);
    query.add_if("container", options.container);
    query.add_if("stdin", options.input ? "true" : "");
    query.add_if("stdout", options.output ? "true" : "");
    query.add_if("stderr", options.errors ? "true" : "");
    query.add_if("tty", options.terminal ? "true" : "");
    return query.take();
}

std::string_view exec_subprotocol(exec_options const& options) noexcept
{
    return options.ends_input ? exec_v5 : exec_v4;
}

net::http_request exec_websocket_request(std::string target) { return net::http_request("GET", std::move(target)); }

net::http_request exec_spdy_request(std::string target)
{
    net::http_request request("POST", std::move(target));
    request.fields.set("Upgrade", std::string(spdy_upgrade));
    request.fields.set("X-Stream-Protocol-Version", std::string(exec_v4));
    return request;
}

void check_spdy_answer(net::http_response const& answer)
{
    if (to_lower(answer.fields().get("Upgrade")) != to_lower(spdy_upgrade))
        throw failure(errc::protocol_violation, "the server switched to another protocol than SPDY/3.1");
    if (answer.fields().get("X-Stream-Protocol-Version") != exec_v4)
        throw failure(errc::protocol_violation, "the server chose a stream protocol that was not offered");
}

}  // namespace kuberay::kube
