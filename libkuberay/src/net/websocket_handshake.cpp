#include "net/websocket_stream.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <openssl/rand.h>

#include <algorithm>
#include <utility>

namespace kuberay::net {
namespace {

constexpr std::size_t max_refusal_size = 64 * 1024;
constexpr std::size_t max_refusal_message = 2048;

std::string fresh_key()
{
    std::string bytes(16, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw failure(errc::unexpected, "OpenSSL gives no random numbers");
    return base64_encode(bytes);
}

std::string joined(std::vector<std::string> const& words)
{
    std::string line;
    for (auto const& word : words)
        line += line.empty() ? word : ", " + word;
    return line;
}

bool is_websocket(std::string_view upgrade)
{
    std::string lower(upgrade);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower == "websocket";
}

std::string text_at(json::object const& object, char const* name)
{
    auto const* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

server_status refusal_of(int http_status, std::string const& body)
{
    server_status status;
    status.http_status = http_status;
    status.message = body.substr(0, max_refusal_message);
    error_code code;
    json::value const document = json::parse(body, code);
    if (!code && document.is_object() && text_at(document.get_object(), "kind") == "Status") {
        status.reason = text_at(document.get_object(), "reason");
        status.message = text_at(document.get_object(), "message").substr(0, max_refusal_message);
    }
    return status;
}

task<websocket> connect(std::shared_ptr<transport> over, websocket_offer offer)
{
    http_request request = offer.request;
    std::string const target = request.target.substr(0, request.target.find('?'));
    task<upgrade_result> upgrading = over->upgrade(std::move(request));
    upgrade_result answer = co_await std::move(upgrading);
    if (!answer.stream) {
        task<std::string> reading = answer.response.read_all(max_refusal_size);
        result<std::string> const body = co_await as_result(std::move(reading));
        if (body.has_error() && is_cancellation(body.error())) throw failure(body.error());
        server_status status = refusal_of(answer.response.status(), body.has_value() ? *body : std::string());
        throw failure(error(errc::upgrade_refused, std::move(status), "opening a WebSocket at " + target));
    }
    co_return adopt_websocket(std::move(answer), offer);
}

}  // namespace

websocket_offer offer_websocket(http_request request, std::vector<std::string> subprotocols)
{
    websocket_offer offer;
    offer.key = fresh_key();
    offer.request = std::move(request);
    offer.request.fields.set("Upgrade", "websocket");
    offer.request.fields.set("Sec-WebSocket-Version", "13");
    offer.request.fields.set("Sec-WebSocket-Key", offer.key);
    // The API server looks at the first line of this name only.
    if (!subprotocols.empty()) offer.request.fields.set("Sec-WebSocket-Protocol", joined(subprotocols));
    offer.subprotocols = std::move(subprotocols);
    return offer;
}

websocket adopt_websocket(upgrade_result answer, websocket_offer const& offer)
{
    return adopt_websocket(std::move(answer), offer, std::make_shared<websocket_pulse>());
}

websocket adopt_websocket(upgrade_result answer, websocket_offer const& offer, std::shared_ptr<websocket_pulse> pulse)
{
    auto const& fields = answer.response.fields();
    if (!is_websocket(fields.get("Upgrade")))
        throw failure(errc::protocol_violation, "the server switched to another protocol than WebSocket");
    if (fields.get("Sec-WebSocket-Accept") != websocket_accept_key(offer.key))
        throw failure(errc::protocol_violation, "the server answered the WebSocket handshake with a wrong key");
    if (fields.contains("Sec-WebSocket-Extensions"))
        throw failure(errc::protocol_violation, "the server wants a WebSocket extension that was not offered");
    std::string chosen(fields.get("Sec-WebSocket-Protocol"));
    auto const& offered = offer.subprotocols;
    if (!chosen.empty() && std::find(offered.begin(), offered.end(), chosen) == offered.end())
        throw failure(errc::protocol_violation, "the server chose a WebSocket sub-protocol that was not offered");
    return make_websocket(
        std::move(answer.stream), websocket_role::client, std::move(chosen), offer.max_message_size, std::move(pulse)
    );
}

task<websocket>
connect_websocket(std::shared_ptr<transport> over, http_request request, std::vector<std::string> subprotocols)
{
    return connect(std::move(over), offer_websocket(std::move(request), std::move(subprotocols)));
}

}  // namespace kuberay::net
