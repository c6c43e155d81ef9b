#pragma once

#include <kuberay/base/task.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace kuberay::net {

/// The one duplex stream of bytes under every protocol: TCP, TLS, proxies, exec channels, port-forward streams,
/// memory. Movable; models Asio's AsyncReadStream and AsyncWriteStream, so `asio::async_read` and friends work on it.
///
/// Concurrency: one read and one write may be under way at the same time, on the stream's executor.
/// Cancellation: terminal cancellation of an operation leaves the stream good for `close()` only.
/// Lifetime: destroying it closes it; operations under way end with `operation_aborted`.
class byte_stream {
public:
    using executor_type = asio::any_io_executor;
    using handler = asio::any_completion_handler<void(error_code, std::size_t)>;

    /// What a transport implements. At most 8 buffers come in one write; an implementation may write only the first.
    class implementation {
    public:
        implementation() = default;
        implementation(implementation const&) = delete;
        implementation& operator=(implementation const&) = delete;
        virtual ~implementation() = default;

        virtual executor_type get_executor() noexcept = 0;
        virtual void read_some(asio::mutable_buffer into, handler done) = 0;
        virtual void write_some(std::span<asio::const_buffer const> from, handler done) = 0;
        /// Half-closes; `done` gets a size of 0. A transport without half-close does nothing.
        virtual void finish_writing(handler done) = 0;
        virtual void close() noexcept = 0;
    };

    byte_stream() = default;

    explicit byte_stream(std::unique_ptr<implementation> implementation)
        : implementation_(std::move(implementation))
    {
    }

    explicit operator bool() const noexcept { return implementation_ != nullptr; }

    executor_type get_executor() const noexcept { return implementation_->get_executor(); }

    /// Completes with `void(error_code, std::size_t)`; the end of the stream is `asio::error::eof`.
    template <class Buffers, class Token = asio::deferred_t>
    auto async_read_some(Buffers const& into, Token&& token = Token())
    {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [](auto done, implementation* on, asio::mutable_buffer first) {
                on->read_some(first, handler(std::move(done)));
            },
            token, implementation_.get(), first_of<asio::mutable_buffer>(into)
        );
    }

    template <class Buffers, class Token = asio::deferred_t>
    auto async_write_some(Buffers const& from, Token&& token = Token())
    {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [](auto done, implementation* on, gathered pieces) {
                on->write_some(std::span(pieces.buffers.data(), pieces.count), handler(std::move(done)));
            },
            token, implementation_.get(), gather(from)
        );
    }

    /// Ends the writing direction where the protocol has a half-close (TCP FIN, TLS close_notify, SPDY FIN).
    task<void> finish_writing();

    /// Ends both directions at once. No error is possible; later operations fail with `operation_aborted` or `eof`.
    void close() noexcept
    {
        if (implementation_) implementation_->close();
    }

    /// Gives up what is under the stream, for a stream that wraps it.
    std::unique_ptr<implementation> release() noexcept { return std::move(implementation_); }

private:
    struct gathered {
        std::array<asio::const_buffer, 8> buffers;
        std::size_t count = 0;
    };

    template <class Buffer, class Buffers>
    static Buffer first_of(Buffers const& buffers)
    {
        for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it)
            if (Buffer const one(*it); one.size() > 0) return one;
        return Buffer();
    }

    template <class Buffers>
    static gathered gather(Buffers const& buffers)
    {
        gathered pieces;
        for (auto it = asio::buffer_sequence_begin(buffers);
             it != asio::buffer_sequence_end(buffers) && pieces.count < pieces.buffers.size(); ++it)
            if (asio::const_buffer const one(*it); one.size() > 0) pieces.buffers[pieces.count++] = one;
        return pieces;
    }

    std::unique_ptr<implementation> implementation_;
};

/// Reads at most `limit` bytes into a string; empty at the end of the stream. Errors: socket errors as `failure`.
/// Lifetime: `from` must outlive the task.
task<std::string> read_some(byte_stream* from, std::size_t limit = 65536);

/// Writes all of `bytes`. Lifetime: `to` must outlive the task.
task<void> write_all(byte_stream* to, std::string bytes);

/// Two connected in-memory streams with bounded buffers, for tests and for adapters.
std::pair<byte_stream, byte_stream> make_stream_pair(asio::any_io_executor executor, std::size_t capacity = 65536);

}  // namespace kuberay::net
