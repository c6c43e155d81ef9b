#include "net/http_exchange.hpp"

#include "net/http_server_codec.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::net {
namespace {

using gathered = std::array<asio::const_buffer, 2>;

// Bodies up to here fit what the kernel takes at once: the answer need not be awaited while they are sent.
constexpr std::size_t small_body = 64 * 1024;

std::string without_query(std::string const& target) { return target.substr(0, target.find('?')); }

failure lost(http_exchange const& on, error_code code, std::string const& doing)
{
    if (code == asio::error::operation_aborted) return failure(code, std::string());
    return failure(
        errc::connection_lost, "the connection was lost while " + doing + " " + on.what + ": " + code.message()
    );
}

// Lifetime: what `pieces` point to outlives the task.
task<void> write_pieces(std::shared_ptr<http_exchange> on, gathered pieces)
{
    while (asio::buffer_size(pieces) > 0) {
        error_code code;
        auto& stream = on->connection.stream();
        std::size_t size = co_await stream.async_write_some(pieces, asio::redirect_error(asio::use_awaitable, code));
        on->accepted += size;
        if (code) throw lost(*on, code, "sending");
        for (auto& piece : pieces) {
            std::size_t const taken = std::min(size, piece.size());
            piece += taken;
            size -= taken;
        }
    }
}

task<void> write_text(std::shared_ptr<http_exchange> on, std::string text)
{
    gathered pieces;
    pieces[0] = asio::buffer(text);
    co_await write_pieces(on, pieces);
}

task<std::string> next_of_source(std::shared_ptr<http_exchange> on, std::shared_ptr<http_request const> request)
{
    on->source_started = true;
    task<std::string> next = request->source->next();
    result<std::string> piece = co_await as_result(std::move(next));
    if (piece.has_error()) {
        // The server holds half a request; the reader must not wait for its answer.
        if (!is_cancellation(piece.error())) on->source_error = piece.error();
        on->connection.stream().close();
    }
    co_return std::move(piece).value();
}

failure wrong_length(std::shared_ptr<http_exchange> const& on)
{
    on->source_error = error(errc::bad_input, "the body of " + on->what + " is not as long as announced");
    on->connection.stream().close();
    return failure(*on->source_error);
}

task<void> write_source(std::shared_ptr<http_exchange> on, std::shared_ptr<http_request const> request)
{
    auto const length = request->source->length;
    std::uint64_t sent = 0;
    for (;;) {
        std::string piece = co_await next_of_source(on, request);
        if (piece.empty()) break;
        sent += piece.size();
        if (length && sent > *length) throw wrong_length(on);
        if (!length) piece = chunk_bytes(piece);
        co_await write_text(on, std::move(piece));
    }
    if (length && sent < *length) throw wrong_length(on);
    if (!length) co_await write_text(on, last_chunk_bytes());
}

task<void>
write_request(std::shared_ptr<http_exchange> on, std::string head, std::shared_ptr<http_request const> request)
{
    gathered pieces;
    pieces[0] = asio::buffer(head);
    if (!request->source) pieces[1] = asio::buffer(request->body);
    co_await write_pieces(on, pieces);
    if (request->source) co_await write_source(on, request);
    on->sent = true;
}

task<void> read_head(std::shared_ptr<http_exchange> on)
{
    while (!on->parser.has_head())
        co_await read_more(on);
}

task<void>
write_then_read(std::shared_ptr<http_exchange> on, std::string head, std::shared_ptr<http_request const> request)
{
    task<void> writing = write_request(on, std::move(head), request);
    result<void> written = co_await as_result(std::move(writing));
    if (written.has_error() && (is_cancellation(written.error()) || on->accepted == 0)) throw failure(written.error());
    // A server may refuse and close before it has read everything: its answer counts then.
    task<void> reading = read_head(on);
    result<void> read = co_await as_result(std::move(reading));
    if (read.has_error()) throw failure(written.has_error() ? written.error() : read.error());
}

struct upload {
    explicit upload(asio::any_io_executor executor)
        : changed(std::move(executor))
    {
    }

    condition changed;
    asio::cancellation_signal stop;
    std::optional<result<void>> outcome;
};

task<void> stop_upload(std::shared_ptr<upload> sending)
{
    sending->stop.emit(asio::cancellation_type::terminal);
    // Where the caller was cancelled every wait ends with that, and the state must stay cancelled for what follows.
    while (!sending->outcome) {
        task<void> waiting = sending->changed.wait();
        result<void> const woken = co_await as_result(std::move(waiting));
    }
}

task<void>
write_and_read(std::shared_ptr<http_exchange> on, std::string head, std::shared_ptr<http_request const> request)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto const sending = std::make_shared<upload>(executor);
    task<void> writing = write_request(on, std::move(head), request);
    auto const done = [sending](result<void> outcome) {
        sending->outcome.emplace(std::move(outcome));
        sending->changed.notify_all();
    };
    async_run(executor, std::move(writing), asio::bind_cancellation_slot(sending->stop.slot(), done));
    task<void> reading = read_head(on);
    result<void> const read = co_await as_result(std::move(reading));
    // The upload uses what the caller owns: it has to end before this does, cancelled or not.
    co_await asio::this_coro::throw_if_cancelled(false);
    if (!sending->outcome) co_await stop_upload(sending);
    co_await asio::this_coro::throw_if_cancelled(true);
    if (read.has_value()) co_return;
    if (on->source_error) throw failure(*on->source_error);
    result<void> const& written = *sending->outcome;
    bool const writing_failed = written.has_error() && !is_cancellation(written.error());
    throw failure(writing_failed && !is_cancellation(read.error()) ? written.error() : read.error());
}

}  // namespace

http_exchange::http_exchange(pooled_connection connection, http_request const& request, std::size_t max_head_size)
    : connection(std::move(connection))
    , parser(request.method, max_head_size)
    , what(request.method + " " + without_query(request.target))
{
}

task<void>
run_exchange(std::shared_ptr<http_exchange> on, std::string head, std::shared_ptr<http_request const> request)
{
    if (request->source || request->body.size() > small_body) return write_and_read(on, std::move(head), request);
    return write_then_read(on, std::move(head), request);
}

task<void> read_more(std::shared_ptr<http_exchange> on)
{
    error_code code;
    auto& stream = on->connection.stream();
    asio::mutable_buffer const into = asio::buffer(on->buffer);
    std::size_t const size = co_await stream.async_read_some(into, asio::redirect_error(asio::use_awaitable, code));
    if (code && code != asio::error::eof) throw lost(*on, code, "reading the answer to");
    if (code && !on->answered)
        throw failure(errc::connection_lost, "the server closed the connection without an answer to " + on->what);
    try {
        if (code) {
            on->parser.put_end();
        } else {
            on->answered = true;
            on->parser.put(std::string_view(on->buffer.data(), size));
        }
    } catch (failure const& f) {
        throw failure(f.error().with_context(on->what));
    }
}

}  // namespace kuberay::net
