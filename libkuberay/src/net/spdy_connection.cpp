#include "net/spdy_connection.hpp"

#include "net/spdy_session.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace kuberay::net {

/// What handles and streams hold, and no task that waits for something to come.
struct spdy_connection::state {
    explicit state(std::shared_ptr<spdy_session> session)
        : session(std::move(session))
    {
    }

    state(state const&) = delete;
    state& operator=(state const&) = delete;
    ~state() { session->close(); }

    std::shared_ptr<spdy_session> session;
};

namespace {

template <class Token>
auto async_reply(spdy_stream* stream, Token&& token)
{
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto done, spdy_stream* on) { on->wait_for_reply(byte_stream::handler(std::move(done))); }, token, stream
    );
}

task<void> wait_for_answer(std::shared_ptr<spdy_session> session, std::shared_ptr<spdy_stream> stream)
{
    error_code code;
    co_await async_reply(stream.get(), asio::redirect_error(asio::use_awaitable, code));
    if (code == asio::error::connection_reset)
        throw failure(errc::upgrade_refused, "the peer of a SPDY connection refused a stream");
    if (code == asio::error::connection_aborted) throw failure(session->why_not_open());
    if (code) throw failure(code, "opening a SPDY stream");
}

spdy_opening begin_stream(
    std::shared_ptr<void> owner, std::shared_ptr<spdy_session> session, spdy_headers const& headers, bool finished
)
{
    if (!session->is_open()) throw failure(session->why_not_open());
    std::shared_ptr<spdy_stream> const stream = session->open(headers, finished);
    spdy_opening begun;
    begun.stream = make_spdy_stream(std::move(owner), stream);
    begun.answered = wait_for_answer(std::move(session), stream);
    return begun;
}

task<byte_stream>
open_stream(std::shared_ptr<void> owner, std::shared_ptr<spdy_session> session, spdy_headers headers, bool finished)
{
    spdy_opening begun = begin_stream(std::move(owner), std::move(session), headers, finished);
    co_await std::move(begun.answered);  // the stream is reset when this gives up
    co_return std::move(begun.stream);
}

task<std::optional<spdy_incoming>> next_stream(std::shared_ptr<spdy_session> session, std::weak_ptr<void> owner)
{
    for (;;) {
        std::optional<spdy_session::incoming> next = session->take_incoming();
        std::shared_ptr<void> holder = owner.lock();
        if (next && holder) {
            spdy_incoming taken;
            taken.headers = std::move(next->headers);
            taken.stream = make_spdy_stream(std::move(holder), std::move(next->stream));
            co_return std::optional<spdy_incoming>(std::move(taken));
        }
        holder.reset();
        if (session->has_ended()) co_return std::nullopt;
        co_await session->changed().wait();
    }
}

task<error> wait_for_end(std::shared_ptr<spdy_session> session)
{
    while (!session->has_ended())
        co_await session->changed().wait();
    co_return session->why_ended();
}

}  // namespace

spdy_connection::spdy_connection(byte_stream over, spdy_role role, spdy_options options)
{
    auto session = std::make_shared<spdy_session>(std::move(over), role, options);
    session->start();
    state_ = std::make_shared<state>(std::move(session));
}

task<byte_stream> spdy_connection::open(spdy_headers headers, bool finished)
{
    return open_stream(state_, state_->session, std::move(headers), finished);
}

spdy_opening spdy_connection::begin(spdy_headers const& headers, bool finished)
{
    return begin_stream(state_, state_->session, headers, finished);
}

task<std::optional<spdy_incoming>> spdy_connection::accept()
{
    return next_stream(state_->session, std::weak_ptr<void>(state_));
}

task<error> spdy_connection::ended() { return wait_for_end(state_->session); }

error spdy_connection::why_ended() const { return state_ ? state_->session->why_ended() : error(); }

bool spdy_connection::is_open() const noexcept { return state_ && state_->session->is_open(); }

std::size_t spdy_connection::open_streams() const noexcept { return state_ ? state_->session->open_streams() : 0; }

bool spdy_connection::is_stalled() const noexcept { return state_ && state_->session->is_stalled(); }

void spdy_connection::close() noexcept
{
    if (state_) state_->session->close();
}

}  // namespace kuberay::net
