#include "base/utf8.hpp"
#include "net/websocket_codec.hpp"
#include "ray_head/log_file.hpp"
#include "ray_head/send_log.hpp"
#include "streams/handshake.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t lines_in_frame = 10;
constexpr std::size_t characters_in_frame = 20000;
constexpr std::size_t most_in_frame = std::size_t(4) << 20;  // of the agent's client; more ends the hop behind it

std::string frame(net::websocket_opcode opcode, std::string const& payload)
{
    return net::websocket_frame_head(opcode, payload.size(), std::nullopt) + payload;
}

/// The messages that new text makes; the text must be all there is for now.
std::vector<std::string> messages_of(std::string_view text)
{
    std::vector<std::string> messages;
    std::string message;
    std::size_t lines = 0;
    while (!text.empty()) {
        std::size_t const newline = text.find('\n');
        std::string_view const line = text.substr(0, newline == std::string_view::npos ? text.size() : newline + 1);
        message += line;
        text.remove_prefix(line.size());
        if (++lines < lines_in_frame && message.size() <= characters_in_frame && !text.empty()) continue;
        messages.push_back(std::exchange(message, std::string()));
        lines = 0;
    }
    return messages;
}

/// The tail under way.
struct tail_state {
    tail_state() = default;
    std::shared_ptr<head_core> core;
    std::shared_ptr<head_connection> to;
    std::shared_ptr<head_job> job;
    std::optional<head_fault> cut;
    std::uint64_t at = 0, sent = 0;
    bool lost = false;  ///< what stands between head and agent has ended
};

/// Sends what the log has got; false when the connection was cut.
task<bool> send_new_text(tail_state* tail)
{
    log_file const file(tail->core->log_of(*tail->job));
    for (;;) {
        std::string const piece = file.read(tail->at, most_in_frame + characters_in_frame);
        if (piece.empty()) co_return true;
        if (!is_utf8(piece)) {
            tail->lost = true;
            co_return true;
        }
        tail->at += piece.size();
        std::string const plain = with_plain_newlines(piece);
        std::vector<std::string> const messages = messages_of(plain);
        for (std::string const& message : messages) {
            if (message.size() > most_in_frame) {
                tail->lost = true;
                co_return true;
            }
            if (tail->cut && tail->sent + message.size() > tail->cut->after_bytes) {
                tail->to->stream.close();
                co_return false;
            }
            tail->sent += message.size();
            std::string const bytes = frame(net::websocket_opcode::text, message);
            co_await net::write_all(&tail->to->stream, bytes);
        }
    }
}

task<void> pause(tail_state* tail)
{
    if (!tail->to->gone && !tail->core->stopped) co_await sleep_for(tail->core->options.tail_pause);
}

/// Sends all of the log; false when the connection was cut.
task<bool> send_text(tail_state* tail)
{
    while (!tail->job->placed) {
        if (tail->job->is_finished()) co_return true;
        co_await pause(tail);
        if (tail->to->gone || tail->core->stopped) co_return true;
    }
    co_await pause(tail);
    bool finished = false;
    while (!tail->to->gone && !tail->core->stopped) {
        bool const whole = co_await send_new_text(tail);
        if (!whole) co_return false;
        if (tail->lost || finished) co_return true;
        finished = tail->job->is_finished();
        co_await pause(tail);
    }
    co_return true;
}

}  // namespace

task<void> serve_tail(
    std::shared_ptr<head_core> core, std::shared_ptr<head_connection> to, std::string id, net::http_fields fields,
    std::optional<head_fault> cut
)
{
    tail_state tail;
    tail.core = core;
    tail.to = to;
    tail.job = core->find(id);
    tail.cut = cut;
    std::string const answer = websocket_answer(fields, std::string());
    co_await net::write_all(&to->stream, answer);
    // Neither pings nor a close frame are looked at.
    watch_client(core, to);
    bool const compressed = fields.get("Sec-WebSocket-Extensions").find("permessage-deflate") != std::string_view::npos;
    if (!compressed) {
        bool const whole = co_await send_text(&tail);
        if (!whole) co_return;
    }
    std::string const end = frame(net::websocket_opcode::close, net::websocket_close_payload(1000));
    co_await net::write_all(&to->stream, end);
    co_await to->stream.finish_writing();
    while (!to->gone)
        co_await core->changed.wait_for(std::chrono::seconds(1));
}

}  // namespace kuberay::testing
