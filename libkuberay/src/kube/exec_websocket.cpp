#include "kube/exec_websocket.hpp"

#include "kube/exec_channel.hpp"
#include "kube/exec_shared.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace kuberay::kube {
namespace {

using std::chrono::steady_clock;

struct websocket_exec_state : exec_shared {
    websocket_exec_state(
        asio::any_io_executor executor, net::websocket over, std::shared_ptr<net::websocket_pulse const> pulse,
        exec_terms terms
    )
        : exec_shared(std::move(executor), std::move(terms))
        , socket(std::move(over))
        , pulse(std::move(pulse))
    {
    }

    net::websocket socket;
    std::shared_ptr<net::websocket_pulse const> pulse;
    bool drained = false;  // nothing more comes from the socket

    // For the judgement of silence.
    bool reading = false;
    int writing = 0;
    steady_clock::time_point read_since;
    steady_clock::time_point pinged;
    std::uint64_t pings = 0;
    bool has_written = false;
    std::uint64_t pings_before_input = 0;

    asio::cancellation_signal stop;
    bool is_watched = false;
};

using shared = std::shared_ptr<websocket_exec_state>;

class reading_turn {
public:
    explicit reading_turn(shared on)
        : on_(std::move(on))
    {
        on_->reading = true;
        on_->read_since = steady_clock::now();
    }

    reading_turn(reading_turn const&) = delete;
    reading_turn& operator=(reading_turn const&) = delete;
    ~reading_turn() { on_->reading = false; }

private:
    shared on_;
};

class writing_turn {
public:
    explicit writing_turn(shared on)
        : on_(std::move(on))
    {
        ++on_->writing;
    }

    writing_turn(writing_turn const&) = delete;
    writing_turn& operator=(writing_turn const&) = delete;

    ~writing_turn()
    {
        --on_->writing;
        on_->has_written = true;
        on_->pings_before_input = on_->pings;
    }

private:
    shared on_;
};

void drain(websocket_exec_state& on)
{
    on.drained = true;
    on.socket.abort();
    on.changed.notify_all();
}

std::optional<exec_output> take(websocket_exec_state& on, net::websocket_message message)
{
    if (!message.binary) throw failure(errc::protocol_violation, "the server sent a text message");
    std::optional<channel_message> decoded = decode_channel(std::move(message.payload));
    if (!decoded || decoded->payload.empty()) return std::nullopt;
    if (decoded->channel == exec_channel::status) {
        on.progress.status_arrived(decoded->payload);
        on.changed.notify_all();
        return std::nullopt;
    }
    on.progress.received(decoded->payload.size());
    exec_output piece;
    piece.channel = decoded->channel == exec_channel::errors ? output_channel::err : output_channel::out;
    piece.bytes = std::move(decoded->payload);
    return piece;
}

std::optional<exec_output> take_or_end(websocket_exec_state& on, net::websocket_message message)
{
    try {
        return take(on, std::move(message));
    } catch (...) {
        on.progress.ended(current_error());
    }
    drain(on);
    return std::nullopt;
}

task<std::optional<exec_output>> read_output(shared on)
{
    reading_turn const mine(on);
    while (!on->drained) {
        task<std::optional<net::websocket_message>> receiving = on->socket.read();
        // Nothing should follow a Status but the close; what does come is still the program's.
        if (on->progress.has_status()) receiving = with_timeout(exec_patience, std::move(receiving));
        result<std::optional<net::websocket_message>> received = co_await as_result(std::move(receiving));
        if (received.has_error()) {
            if (is_cancellation(received.error()) && !on->progress.is_over()) throw failure(received.error());
            on->progress.ended(received.error());
            drain(*on);
        } else if (!*received) {
            on->progress.ended("the server closed it with code " + std::to_string(on->socket.close_code()));
            drain(*on);
        } else {
            std::optional<exec_output> piece = take_or_end(*on, std::move(**received));
            if (piece) co_return piece;
        }
    }
    on->progress.throw_end();
    co_return std::nullopt;
}

task<void> send(shared on, std::string message)
{
    task<void> writing = on->socket.write(std::move(message));
    return settle_write(std::move(on), std::move(writing));
}

task<void> write_input(shared on, std::string bytes)
{
    on->progress.check_write();
    writing_turn const mine(on);
    std::size_t at = 0;
    while (at < bytes.size() && !on->progress.has_status()) {
        std::string message = take_input_message(bytes, at);
        co_await send(on, std::move(message));
    }
}

task<void> close_input(shared on)
{
    on->progress.check_finish();
    on->progress.check_write();
    on->progress.input_finished();
    writing_turn const mine(on);
    std::string message = close_input_message();
    if (!on->progress.has_status()) co_await send(on, std::move(message));
}

task<void> tell_size(shared on, std::string message)
{
    on->progress.check_resize();
    writing_turn const mine(on);
    if (!on->progress.has_status()) co_await send(on, std::move(message));
}

// The server answers pings in the loop that feeds the program's input. So after an input, silence means something only
// once a ping sent behind that input was answered.
bool is_silent(websocket_exec_state const& on)
{
    if (!on.reading || on.writing > 0 || on.pings == 0 || on.pinged < on.pulse->received) return false;
    if (on.has_written && on.pulse->pongs <= on.pings_before_input) return false;
    return steady_clock::now() - std::max(on.pulse->received, on.read_since) >= on.options().silence_limit;
}

std::string silence_text(steady_clock::duration limit)
{
    return "no sign of life within "
           + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(limit).count())
           + " ms, pings included";
}

// Pings, and ends the session when they stay without answer.
task<void> watch(shared on)
{
    auto const interval = on->options().ping_interval;
    auto const limit = on->options().silence_limit;
    auto next_ping = steady_clock::now() + interval;
    while (!on->drained) {
        steady_clock::duration pause = next_ping - steady_clock::now();
        if (limit.count() > 0) pause = std::min(pause, limit / 4);
        co_await sleep_for(pause);
        if (limit.count() > 0 && is_silent(*on)) {
            on->progress.ended(silence_text(limit));
            drain(*on);
            co_return;
        }
        if (steady_clock::now() < next_ping) continue;
        result<void> const sent = co_await as_result(on->socket.ping());
        if (sent.has_error()) co_return;
        ++on->pings;
        on->pinged = steady_clock::now();
        next_ping = on->pinged + interval;
    }
}

class websocket_exec final : public exec_session::implementation {
public:
    explicit websocket_exec(shared state)
        : state_(std::move(state))
    {
    }

    ~websocket_exec() override
    {
        abort();
        if (state_->is_watched) state_->stop.emit(asio::cancellation_type::terminal);
    }

    task<std::optional<exec_output>> read() override { return read_output(state_); }

    task<void> write(std::string bytes) override { return write_input(state_, std::move(bytes)); }

    task<void> finish_input() override { return close_input(state_); }

    task<void> resize(std::uint16_t columns, std::uint16_t rows) override
    {
        return tell_size(state_, resize_message(columns, rows));
    }

    std::optional<int> exit_code() const noexcept override { return state_->progress.exit_code(); }

    exec_protocol protocol() const noexcept override
    {
        return state_->options().ends_input ? exec_protocol::websocket_v5 : exec_protocol::websocket_v4;
    }

    void abort() noexcept override { state_->socket.abort(); }

private:
    shared state_;
};

}  // namespace

std::unique_ptr<exec_session::implementation> make_websocket_exec(
    asio::any_io_executor executor, net::websocket over, std::shared_ptr<net::websocket_pulse const> pulse,
    exec_terms terms
)
{
    auto state = std::make_shared<websocket_exec_state>(executor, std::move(over), std::move(pulse), std::move(terms));
    if (state->options().ping_interval.count() > 0) {
        state->is_watched = true;
        auto ended = [state](result<void>) { state->is_watched = false; };
        async_run(executor, watch(state), asio::bind_cancellation_slot(state->stop.slot(), std::move(ended)));
    }
    return std::make_unique<websocket_exec>(std::move(state));
}

}  // namespace kuberay::kube
