#include "ray/job_output.hpp"

#include "base/doubling_pause.hpp"
#include "ray/job_exchange.hpp"
#include "ray/log_text_decoder.hpp"

#include <kuberay/net/websocket.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kuberay::ray {
namespace {

/// Passes on what lies behind the position.
class skipping_sink {
public:
    skipping_sink(output_way way, std::shared_ptr<output_position> position, output_sink sink)
        : way_(way)
        , position_(std::move(position))
        , sink_(std::move(sink))
        , left_(position_->in(way))
    {
    }

    static task<void> put(std::shared_ptr<skipping_sink> self, std::string bytes)
    {
        std::size_t const skipped = static_cast<std::size_t>(std::min<std::uint64_t>(self->left_, bytes.size()));
        self->left_ -= skipped;
        bytes.erase(0, skipped);
        if (bytes.empty()) co_return;
        output_position then = *self->position_;
        then.advance(self->way_, bytes);
        task<void> giving = self->sink_(std::move(bytes));
        co_await std::move(giving);
        *self->position_ = then;
    }

    bool has_reached_position() const noexcept { return left_ == 0; }

private:
    output_way way_;
    std::shared_ptr<output_position> position_;
    output_sink sink_;
    std::uint64_t left_;
};

using sink_ptr = std::shared_ptr<skipping_sink>;

task<void> read_bytes(job_client on, std::string target, sink_ptr into)
{
    net::http_request const request("GET", std::move(target));
    net::http_response response = co_await ask(on, job_lane::output, request);
    for (;;) {
        std::string piece = co_await response.read_some();
        if (piece.empty()) co_return;
        co_await skipping_sink::put(into, std::move(piece));
    }
}

task<void> read_text(job_client on, std::string target, sink_ptr into)
{
    net::http_request const request("GET", std::move(target));
    net::http_response response = co_await ask(on, job_lane::output, request);
    log_text_decoder decoder;
    for (;;) {
        std::string const piece = co_await response.read_some();
        if (piece.empty()) break;
        std::string text = decoder.put(piece);
        co_await skipping_sink::put(into, std::move(text));
    }
    decoder.finish();
}

// The server accepts compression and then loses every message: it must not be offered, and is not.
task<void> read_tail(job_client on, std::string target, sink_ptr into)
{
    net::http_request const plain("GET", std::move(target));
    net::http_request const request = dressed(plain, on.options());
    std::vector<std::string> const no_protocols;
    net::websocket socket = co_await net::connect_websocket(on.for_output(), request, no_protocols);
    for (;;) {
        std::optional<net::websocket_message> message = co_await socket.read();
        if (!message) break;
        co_await skipping_sink::put(into, std::move(message->payload));
    }
    // The server neither answers nor obeys a close frame.
    socket.abort();
}

task<void> read_by(job_client on, output_attempt what, sink_ptr into)
{
    switch (what.way) {
    case output_way::stream:
        co_await read_bytes(on, log_stream_target(what.of, what.naming), into);
        throw failure(errc::connection_lost, "the dashboard ended the stream of the job's output");
    case output_way::file: co_await read_bytes(on, log_file_target(what.of, what.naming), into); break;
    case output_way::text: co_await read_text(on, job_target(what.of.submission_id, "/logs"), into); break;
    case output_way::tail: co_await read_tail(on, job_target(what.of.submission_id, "/logs/tail"), into); break;
    }
}

task<void> read_behind(job_client on, output_attempt what, std::shared_ptr<output_position> position, output_sink sink)
{
    auto const into = std::make_shared<skipping_sink>(what.way, position, std::move(sink));
    co_await read_by(on, what, into);
    if (!into->has_reached_position())
        throw failure(errc::unexpected, "the job's output is shorter than what was read of it before");
}

constexpr int most_cuts = 5;
constexpr std::chrono::milliseconds first_pause(40), longest_pause(320);

struct present_way {
    output_way way;
    log_naming naming;
};

constexpr std::array present_ways{
    present_way{output_way::file, log_naming::by_submission},
    present_way{output_way::file, log_naming::by_file},
    present_way{output_way::text, log_naming::by_submission},
};

// A sink that fails is no lost connection, whatever its error looks like.
task<void> give(output_sink sink, std::shared_ptr<bool> failed, std::string bytes)
{
    task<void> giving = sink(std::move(bytes));
    result<void> const given = co_await as_result(std::move(giving));
    *failed = given.has_error();
    given.value();
}

task<void> read_present(job_client on, submitted_job of, std::shared_ptr<output_position> position, output_sink sink)
{
    auto const sink_failed = std::make_shared<bool>(false);
    output_sink const watched = [sink, sink_failed](std::string bytes) {
        return give(sink, sink_failed, std::move(bytes));
    };
    error why;
    int cuts = 0;
    doubling_pause pauses(first_pause, longest_pause);
    for (std::size_t at = 0; at < present_ways.size();) {
        output_attempt what;
        what.of = of;
        what.way = present_ways[at].way;
        what.naming = present_ways[at].naming;
        if (!position->can_go_on_by(what.way) || (of.driver_node_id.empty() && !gives_text(what.way))) {
            ++at;
            continue;
        }
        task<void> reading = read_behind(on, what, position, watched);
        result<void> const read = co_await as_result(std::move(reading));
        if (read.has_value()) co_return;
        why = read.error();
        if (*sink_failed) throw failure(why);
        bool const is_cut = is_connection_error(why) && ++cuts < most_cuts;
        bool const is_refused =
            why.status() != nullptr && why.code() != reason::unauthorized && why.code() != reason::forbidden;
        if (!is_cut && !is_refused) throw failure(why);
        if (is_refused) ++at;
        if (is_cut) {
            doubling_pause::duration const pause = pauses.next();
            co_await sleep_for(pause);
        }
    }
    throw failure(why);
}

}  // namespace

void require_own_output(submitted_job const& of)
{
    if (of.type == "DRIVER")
        throw failure(
            errc::bad_input, "the job " + of.job_id
                                 + " was not submitted: it is a program that connected to Ray by "
                                   "itself, and its output went where that runs"
        );
}

task<void> read_output(job_client on, output_attempt what, std::shared_ptr<output_position> position, output_sink sink)
{
    return read_behind(std::move(on), std::move(what), std::move(position), std::move(sink));
}

task<void>
read_present_output(job_client on, submitted_job of, std::shared_ptr<output_position> position, output_sink sink)
{
    return read_present(std::move(on), std::move(of), std::move(position), std::move(sink));
}

}  // namespace kuberay::ray
