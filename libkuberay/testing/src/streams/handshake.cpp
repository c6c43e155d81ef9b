#include "streams/handshake.hpp"

#include "net/http_server_codec.hpp"
#include "net/websocket_codec.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::testing {

bool asks_for_websocket(net::http_fields const& fields)
{
    return to_lower(fields.get("Connection")).find("upgrade") != std::string::npos
           && to_lower(fields.get("Upgrade")) == "websocket";
}

bool asks_for_spdy(net::http_fields const& fields)
{
    return to_lower(fields.get("Connection")).find("upgrade") != std::string::npos
           && to_lower(fields.get("Upgrade")) == "spdy/3.1";
}

std::vector<std::string> offered_subprotocols(net::http_fields const& fields)
{
    std::vector<std::string> offered;
    for (std::string const& one : split(fields.get("Sec-WebSocket-Protocol"), ','))
        if (std::string_view const name = trim(one); !name.empty()) offered.emplace_back(name);
    return offered;
}

std::optional<std::string>
chosen_subprotocol(std::vector<std::string> const& offered, std::vector<std::string> const& known)
{
    if (offered.empty()) return std::string();
    for (std::string const& one : offered)
        if (std::ranges::find(known, one) != known.end()) return one;
    return std::nullopt;
}

std::string websocket_answer(net::http_fields const& fields, std::string const& subprotocol)
{
    net::http_fields answer;
    answer.set("Upgrade", "websocket");
    answer.set("Connection", "Upgrade");
    answer.set("Sec-WebSocket-Accept", net::websocket_accept_key(fields.get("Sec-WebSocket-Key")));
    if (!subprotocol.empty()) answer.set("Sec-WebSocket-Protocol", subprotocol);
    return net::response_head_bytes(101, answer);
}

std::string unknown_subprotocol_answer()
{
    net::http_fields fields;
    fields.set("Connection", "close");
    return net::response_head_bytes(403, fields);
}

spdy_answer answer_spdy(net::http_fields const& fields, std::vector<std::string> const& known)
{
    spdy_answer answer;
    std::vector<std::string> const offered = fields.all("X-Stream-Protocol-Version");
    net::http_fields head;
    for (std::string const& one : offered) {
        if (answer.accepted || std::ranges::find(known, one) == known.end()) continue;
        answer.protocol = one;
        answer.accepted = true;
    }
    if (answer.accepted) {
        head.set("Connection", "Upgrade");
        head.set("Upgrade", "SPDY/3.1");
        head.set("X-Stream-Protocol-Version", answer.protocol);
        answer.bytes = net::response_head_bytes(101, head);
        return answer;
    }
    head.set("Content-Type", "text/plain; charset=utf-8");
    head.set("X-Content-Type-Options", "nosniff");
    head.set("Connection", "close");
    if (offered.empty()) {
        answer.bytes = net::response_bytes(
            400, head, "unable to upgrade: header X-Stream-Protocol-Version does not exist in request\n"
        );
        return answer;
    }
    for (std::string const& one : known)
        head.add("X-Accepted-Stream-Protocol-Versions", one);
    answer.bytes = net::response_bytes(
        403, head,
        "unable to upgrade: unable to negotiate protocol: client supports [" + join(offered, " ")
            + "], server accepts [" + join(known, " ") + "]\n"
    );
    return answer;
}

}  // namespace kuberay::testing
