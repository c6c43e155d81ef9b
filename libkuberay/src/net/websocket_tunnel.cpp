#include "net/websocket_tunnel.hpp"

#include "net/pending_operation.hpp"
#include "net/websocket_stream.hpp"

#include <kuberay/base/async_run.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::net {
namespace {

constexpr std::size_t read_ahead = 128 * 1024;
constexpr std::size_t max_message = 128 * 1024;
constexpr int normal_closure = 1000;

/// What the stream below shares with the task that reads messages ahead of it.
struct tunnel_state {
    tunnel_state(websocket over, asio::any_io_executor executor)
        : over(std::move(over))
        , executor(executor)
        , changed(executor)
    {
    }

    websocket over;
    asio::any_io_executor executor;
    condition changed;  // room was made, or the stream was closed

    std::deque<std::string> messages;
    std::size_t used = 0;  // of the first message
    std::size_t size = 0;  // that can be read
    error_code end;        // what reads get behind the messages

    pending_operation read, write;
    asio::mutable_buffer into;
    bool closed = false;
};

std::size_t take(tunnel_state& from, asio::mutable_buffer into)
{
    std::size_t const before = from.size;
    while (into.size() > 0 && from.size > 0) {
        std::string const& first = from.messages.front();
        std::size_t const size = std::min(into.size(), first.size() - from.used);
        std::memcpy(into.data(), first.data() + from.used, size);
        into += size;
        from.used += size;
        from.size -= size;
        if (from.used < first.size()) break;
        from.messages.pop_front();
        from.used = 0;
    }
    if (before >= read_ahead && from.size < read_ahead) from.changed.notify_all();
    return before - from.size;
}

void answer_read(tunnel_state& on)
{
    if (!on.read) return;
    if (on.size > 0) return on.read.finish(error_code(), take(on, on.into));
    if (on.end) on.read.finish(on.end, 0);
}

void put(tunnel_state& into, std::vector<websocket_event> messages)
{
    for (auto& message : messages) {
        if (message.payload.empty()) continue;
        into.size += message.payload.size();
        into.messages.push_back(std::move(message.payload));
    }
    answer_read(into);
}

task<void> read_ahead_of(std::shared_ptr<tunnel_state> on)
{
    // After `close` this only looks for the peer's close frame.
    for (;;) {
        std::vector<websocket_event> messages = co_await read_ready_messages(on->over);
        if (messages.empty()) break;
        if (!on->closed) put(*on, std::move(messages));
        while (on->size >= read_ahead)
            co_await on->changed.wait();
    }
    if (on->over.close_code() != normal_closure) throw failure(asio::error::connection_reset, "reading a tunnel");
}

class websocket_tunnel final : public byte_stream::implementation {
public:
    explicit websocket_tunnel(std::shared_ptr<tunnel_state> state)
        : state_(std::move(state))
    {
    }

    ~websocket_tunnel() override { close(); }

    byte_stream::executor_type get_executor() noexcept override { return state_->executor; }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        if (state_->closed) return complete(state_->executor, std::move(done), asio::error::operation_aborted, 0);
        if (into.size() == 0) return complete(state_->executor, std::move(done), error_code(), 0);
        state_->into = into;
        state_->read.start(state_->executor, std::move(done), state_);
        answer_read(*state_);
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        if (state_->closed) return complete(state_->executor, std::move(done), asio::error::operation_aborted, 0);
        std::string payload(std::min(asio::buffer_size(from), max_message), '\0');
        if (payload.empty()) return complete(state_->executor, std::move(done), error_code(), 0);
        std::size_t const size = asio::buffer_copy(asio::buffer(payload), from);
        state_->write.start(state_->executor, std::move(done), state_);
        write_message(state_->over, std::move(payload), [on = state_, size](error_code code, std::size_t) {
            on->write.finish(code ? error_code(asio::error::connection_reset) : error_code(), code ? 0 : size);
        });
    }

    void finish_writing(byte_stream::handler done) override
    {
        complete(state_->executor, std::move(done), error_code(), 0);
    }

    void close() noexcept override
    {
        if (state_->closed) return;
        state_->closed = true;
        state_->read.finish(asio::error::operation_aborted, 0);
        state_->write.finish(asio::error::operation_aborted, 0);
        state_->messages.clear();
        state_->used = state_->size = 0;
        state_->changed.notify_all();
        if (state_->end) return state_->over.abort();
        // The close frame and the peer's answer to it have their own limits of time.
        async_run(state_->executor, state_->over.close(), [on = state_](result<void>) { on->over.abort(); });
    }

private:
    std::shared_ptr<tunnel_state> state_;
};

}  // namespace

byte_stream make_websocket_tunnel(websocket over)
{
    asio::any_io_executor const executor = over.get_executor();
    auto const state = std::make_shared<tunnel_state>(std::move(over), executor);
    async_run(executor, read_ahead_of(state), [state](result<void> ended) {
        state->end = ended.has_value() ? error_code(asio::error::eof) : error_code(asio::error::connection_reset);
        answer_read(*state);
    });
    return byte_stream(std::make_unique<websocket_tunnel>(state));
}

}  // namespace kuberay::net
