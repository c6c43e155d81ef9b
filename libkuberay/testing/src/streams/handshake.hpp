#pragma once

#include <kuberay/net/http.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

bool asks_for_websocket(net::http_fields const& fields);
bool asks_for_spdy(net::http_fields const& fields);

/// The sub-protocols that a WebSocket's client offers, in order; only the first line counts.
std::vector<std::string> offered_subprotocols(net::http_fields const& fields);

/// The first of the offered that is known; an empty text when nothing is offered.
std::optional<std::string>
chosen_subprotocol(std::vector<std::string> const& offered, std::vector<std::string> const& known);

/// 101 for a WebSocket.
std::string websocket_answer(net::http_fields const& fields, std::string const& subprotocol);

/// What is answered to a WebSocket whose sub-protocols are all unknown.
std::string unknown_subprotocol_answer();

/// 101 for SPDY, or the refusal.
struct spdy_answer {
    spdy_answer() = default;
    std::string bytes, protocol;
    bool accepted = false;
};

spdy_answer answer_spdy(net::http_fields const& fields, std::vector<std::string> const& known);

}  // namespace kuberay::testing
