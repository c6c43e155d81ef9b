#include "net/pending_operation.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace kuberay::net {
namespace {

/// One direction of a pair.
struct pipe {
    std::string bytes;
    bool writer_ended = false;  // the reader sees the end behind the bytes
    bool reader_gone = false;   // the writer gets broken_pipe
    pending_operation read;
    pending_operation write;
    asio::mutable_buffer into;
    std::array<asio::const_buffer, 8> from;
    std::size_t from_count = 0;
};

struct pair_state {
    asio::any_io_executor executor;
    std::size_t capacity = 0;
    std::array<pipe, 2> pipes;
};

// Moves what can be moved and completes what has an answer.
void advance(pair_state& state, pipe& on)
{
    if (on.write && on.reader_gone) on.write.finish(asio::error::broken_pipe, 0);
    if (on.write && on.bytes.size() < state.capacity) {
        std::size_t written = 0;
        for (std::size_t i = 0; i < on.from_count && on.bytes.size() < state.capacity; ++i) {
            std::size_t const size = std::min(on.from[i].size(), state.capacity - on.bytes.size());
            on.bytes.append(static_cast<char const*>(on.from[i].data()), size);
            written += size;
        }
        on.write.finish(error_code(), written);
    }
    if (!on.read) return;
    if (!on.bytes.empty() || on.into.size() == 0) {
        std::size_t const size = asio::buffer_copy(on.into, asio::buffer(on.bytes));
        on.bytes.erase(0, size);
        on.read.finish(error_code(), size);
        advance(state, on);  // the room made may be what a write waits for
    } else if (on.writer_ended) {
        on.read.finish(asio::error::eof, 0);
    }
}

class memory_stream final : public byte_stream::implementation {
public:
    memory_stream(std::shared_ptr<pair_state> state, pipe* incoming, pipe* outgoing)
        : state_(std::move(state))
        , incoming_(incoming)
        , outgoing_(outgoing)
    {
    }

    ~memory_stream() override { close_now(); }

    byte_stream::executor_type get_executor() noexcept override { return state_->executor; }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        if (closed_) return complete(state_->executor, std::move(done), asio::error::operation_aborted, 0);
        incoming_->into = into;
        incoming_->read.start(state_->executor, std::move(done), state_);
        advance(*state_, *incoming_);
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        if (closed_) return complete(state_->executor, std::move(done), asio::error::operation_aborted, 0);
        if (outgoing_->writer_ended) return complete(state_->executor, std::move(done), asio::error::broken_pipe, 0);
        if (asio::buffer_size(from) == 0) return complete(state_->executor, std::move(done), error_code(), 0);
        outgoing_->from_count = std::min(from.size(), outgoing_->from.size());
        std::copy_n(from.begin(), outgoing_->from_count, outgoing_->from.begin());
        outgoing_->write.start(state_->executor, std::move(done), state_);
        advance(*state_, *outgoing_);
    }

    void finish_writing(byte_stream::handler done) override
    {
        outgoing_->writer_ended = true;
        advance(*state_, *outgoing_);
        complete(state_->executor, std::move(done), error_code(), 0);
    }

    void close() noexcept override { close_now(); }

private:
    void close_now() noexcept
    {
        if (closed_) return;
        closed_ = true;
        incoming_->read.finish(asio::error::operation_aborted, 0);
        outgoing_->write.finish(asio::error::operation_aborted, 0);
        incoming_->reader_gone = true;
        incoming_->bytes.clear();
        outgoing_->writer_ended = true;
        advance(*state_, *incoming_);
        advance(*state_, *outgoing_);
    }

    std::shared_ptr<pair_state> state_;
    pipe* incoming_;
    pipe* outgoing_;
    bool closed_ = false;
};

}  // namespace

std::pair<byte_stream, byte_stream> make_stream_pair(asio::any_io_executor executor, std::size_t capacity)
{
    auto const state = std::make_shared<pair_state>();
    state->executor = std::move(executor);
    state->capacity = std::max<std::size_t>(capacity, 1);
    pipe* const there = &state->pipes[0];
    pipe* const back = &state->pipes[1];
    return std::pair(
        byte_stream(std::make_unique<memory_stream>(state, back, there)),
        byte_stream(std::make_unique<memory_stream>(state, there, back))
    );
}

}  // namespace kuberay::net
