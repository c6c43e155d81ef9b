#pragma once

#include "net/http_client.hpp"
#include "net/websocket_stream.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/kube/exec.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::kube::test {

/// A server of upgrades in memory, behind a real HTTP client. Each connection meets the next behaviour; one too many is
/// refused, and counted.
class exec_server {
public:
    /// Gets the connection behind the request's head; owns it.
    using behaviour = std::function<task<void>(net::byte_stream stream, std::string head)>;

    explicit exec_server(asio::any_io_executor executor, std::size_t capacity = 65536)
        : state_(std::make_shared<state>(executor))
    {
        state_->capacity = capacity;
    }

    void then(behaviour next) { state_->behaviours.push_back(std::move(next)); }

    std::size_t connections() const noexcept { return state_->connections; }

    std::vector<std::string> const& heads() const noexcept { return state_->heads; }

    /// Waits until `count` behaviours have ended.
    task<void> ended(std::size_t count) const { return wait_for_ends(state_, count); }

    kube::client client() const
    {
        net::pool_options pool;
        pool.dial = [on = state_] { return connect(on); };
        client_options options;
        options.transport =
            net::make_http_client_over(state_->executor, "k8s.example", pool, net::http_client_options());
        kube::config config;
        config.connect.server = net::parse_url("http://k8s.example").value();
        return kube::client(state_->executor, config, options);
    }

private:
    struct state {
        explicit state(asio::any_io_executor on)
            : executor(on)
            , changed(on)
        {
        }

        asio::any_io_executor executor;
        condition changed;
        std::size_t capacity = 0;
        std::size_t connections = 0;
        std::size_t ended = 0;
        std::deque<behaviour> behaviours;
        std::vector<std::string> heads;
    };

    static task<void> wait_for_ends(std::shared_ptr<state> on, std::size_t count)
    {
        while (on->ended < count)
            co_await on->changed.wait();
    }

    static task<net::byte_stream> connect(std::shared_ptr<state> on)
    {
        ++on->connections;
        if (on->behaviours.empty()) throw failure(error_code(asio::error::connection_refused), "no behaviour is left");
        auto ends = net::make_stream_pair(on->executor, on->capacity);
        task<void> serving = serve(on, std::move(ends.second), std::move(on->behaviours.front()));
        on->behaviours.pop_front();
        async_run(on->executor, std::move(serving), [on](result<void>) {
            ++on->ended;
            on->changed.notify_all();
        });
        co_return std::move(ends.first);
    }

    static task<void> serve(std::shared_ptr<state> on, net::byte_stream stream, behaviour next)
    {
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            std::string const byte = co_await net::read_some(&stream, 1);
            if (byte.empty()) co_return;
            head += byte;
        }
        on->heads.push_back(head);
        task<void> behaving = next(std::move(stream), head);
        co_await std::move(behaving);
    }

    std::shared_ptr<state> state_;
};

inline std::string field_of(std::string const& head, std::string const& name)
{
    std::size_t const at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return std::string();
    std::size_t const start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
}

inline std::string switched_to_websocket(std::string const& head, std::string const& protocol)
{
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
           + net::websocket_accept_key(field_of(head, "Sec-WebSocket-Key")) + "\r\nSec-WebSocket-Protocol: " + protocol
           + "\r\n\r\n";
}

inline std::string frame(std::string const& payload, net::websocket_opcode opcode = net::websocket_opcode::binary)
{
    return net::websocket_frame_head(opcode, payload.size(), std::nullopt) + payload;
}

inline std::string channel_frame(int channel, std::string const& payload)
{
    return frame(std::string(1, static_cast<char>(channel)) + payload);
}

inline std::string const success_text = R"({"metadata":{},"status":"Success"})";

inline std::string exit_text(std::string const& code)
{
    return R"({"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code","reason":)"
           R"("NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":")"
           + code + R"("}]}})";
}

/// Switches, and sends the first `cut` bytes of the answer's head and `frames`; then the connection ends.
inline task<void> play_frames(net::byte_stream stream, std::string head, std::string frames, std::size_t cut)
{
    std::string bytes = switched_to_websocket(head, field_of(head, "Sec-WebSocket-Protocol")) + frames;
    bytes.resize(std::min(bytes.size(), cut));
    co_await net::write_all(&stream, std::move(bytes));
}

inline exec_server::behaviour frames_then_end(std::string frames, std::size_t cut = std::string::npos)
{
    return [frames = std::move(frames), cut](net::byte_stream stream, std::string head) {
        return play_frames(std::move(stream), std::move(head), frames, cut);
    };
}

inline task<void> answer_http(net::byte_stream stream, int status, std::string body, std::string type)
{
    co_await net::write_all(
        &stream, "HTTP/1.1 " + std::to_string(status) + " Answer\r\nContent-Type: " + type
                     + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body
    );
}

inline exec_server::behaviour refuses(int status, std::string body, std::string type = "application/json")
{
    return [=](net::byte_stream stream, std::string) { return answer_http(std::move(stream), status, body, type); };
}

/// The server's end after the switch, frame by frame; pings are events, and not answered.
struct raw_peer {
    raw_peer(net::byte_stream over)
        : stream(std::move(over))
    {
    }

    net::byte_stream stream;
    net::websocket_decoder decoder{net::websocket_role::server, std::size_t(64) << 20};

    /// nullopt when the client has ended the connection.
    static task<std::optional<net::websocket_event>> next(std::shared_ptr<raw_peer> on)
    {
        for (;;) {
            std::optional<net::websocket_event> event = on->decoder.next();
            if (event) co_return event;
            std::string const bytes = co_await net::read_some(&on->stream);
            if (bytes.empty()) co_return std::nullopt;
            on->decoder.put(bytes);
        }
    }

    static task<void> send(std::shared_ptr<raw_peer> on, std::string bytes)
    {
        return net::write_all(&on->stream, std::move(bytes));
    }
};

using raw_program = std::function<task<void>(std::shared_ptr<raw_peer> peer)>;

inline task<void> run_raw(net::byte_stream stream, std::string head, raw_program program)
{
    auto const peer = std::make_shared<raw_peer>(std::move(stream));
    std::string answer = switched_to_websocket(head, field_of(head, "Sec-WebSocket-Protocol"));
    co_await raw_peer::send(peer, std::move(answer));
    task<void> running = program(peer);
    co_await std::move(running);
}

inline exec_server::behaviour runs(raw_program program)
{
    return [program](net::byte_stream stream, std::string head) {
        return run_raw(std::move(stream), std::move(head), program);
    };
}

/// The options for a program and its arguments, written with spaces between them.
inline exec_options command(std::string const& line)
{
    exec_options options;
    options.command = split(line, ' ');
    return options;
}

/// What a session's end was, and all it brought.
struct seen_session {
    seen_session() = default;
    std::string out, err;
    error why;
    int exit_code = -1;
};

inline task<void> collect(exec_session* session, std::shared_ptr<seen_session> into)
{
    for (;;) {
        std::optional<exec_output> piece = co_await session->read();
        if (!piece) co_return;
        (piece->channel == output_channel::out ? into->out : into->err) += piece->bytes;
    }
}

/// Reads a session to its end.
inline task<seen_session> read_all(exec_session* session)
{
    auto const seen = std::make_shared<seen_session>();
    result<void> const ended = co_await as_result(collect(session, seen));
    if (ended.has_error()) seen->why = ended.error();
    seen->exit_code = session->exit_code();
    co_return *seen;
}

}  // namespace kuberay::kube::test
