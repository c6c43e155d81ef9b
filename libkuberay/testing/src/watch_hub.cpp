#include "watch_hub.hpp"

#include "net/http_server_codec.hpp"
#include "reads.hpp"
#include "refusal.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace kuberay::testing {

namespace {

using clock = std::chrono::steady_clock;

/// Ends the connection when the client leaves: a watch that has nothing to send would not notice.
task<void> notice_end(std::shared_ptr<server_connection> connection)
{
    for (;;) {
        std::string const bytes = co_await net::read_some(&connection->stream);
        if (bytes.empty()) co_return;
    }
}

bool selects(watch_order const& order, object_ptr const& object)
{
    return object && order.labels.matches(*object) && order.fields.matches(*object);
}

std::string line_of(watch_order const& order, object_change const& change, timestamp now)
{
    if (change.kind != order.kind) return std::string();
    if (!order.ns.empty() && meta_text(*change.object, "namespace") != order.ns) return std::string();
    bool const was = selects(order, change.before);
    bool const is = change.type != change_type::deleted && selects(order, change.object);
    if (!was && !is) return std::string();
    if (is) return event_line(was ? "MODIFIED" : "ADDED", *order.kind, *change.object, order, now);
    if (change.type == change_type::deleted) return event_line("DELETED", *order.kind, *change.object, order, now);
    // It left the selection: its last selected state, with the version of the change.
    json::object last = *change.before;
    meta_of(last)["resourceVersion"] = meta_text(*change.object, "resourceVersion");
    return event_line("DELETED", *order.kind, last, order, now);
}

std::string lines_after(server_core const& core, watch_order const& order, std::uint64_t version)
{
    auto const& history = core.in.store.history();
    auto const first = std::ranges::upper_bound(history, version, {}, &object_change::version);
    std::string lines;
    for (auto at = first; at != history.end(); ++at)
        lines += line_of(order, *at, core.in.now());
    return lines;
}

std::string initial_lines(server_core const& core, watch_order const& order)
{
    std::string lines;
    for (object_ptr const& object : core.in.store.list(*order.kind, order.ns))
        if (selects(order, object)) lines += event_line("ADDED", *order.kind, *object, order, core.in.now());
    return lines;
}

std::string bookmark_line(server_core const& core, watch_order const& order, bool ends_initial)
{
    json::object object;
    object["kind"] = order.kind->kind;
    object["apiVersion"] = order.kind->api_version();
    json::object& meta = meta_of(object);
    meta["resourceVersion"] = std::to_string(core.in.store.version());
    if (ends_initial) meta["annotations"] = json::object({{"k8s.io/initial-events-end", "true"}});
    return R"({"type":"BOOKMARK","object":)" + json::serialize(object) + "}\n";
}

std::string gone_line(server_core const& core, watch_order const& order)
{
    std::string const message = "too old resource version: " + std::to_string(order.since) + " ("
                                + std::to_string(core.in.store.version()) + ")";
    return R"({"type":"ERROR","object":)" + json::serialize(expired(message).status()) + "}\n";
}

std::string head_of(api_answer answer)
{
    answer.fields.set("Cache-Control", "no-cache, private");
    answer.fields.set("Transfer-Encoding", "chunked");
    answer.fields.set("Connection", "close");
    return net::response_head_bytes(answer.status, answer.fields);
}

/// Events until the end of the watch; false when a fault ended the connection.
task<bool> send_events(std::shared_ptr<server_core> core, answer_writer writer, watch_order order)
{
    clock::time_point const deadline = clock::now() + order.timeout;
    std::size_t const ends = core->watch_ends_asked;
    std::size_t bookmarks = core->bookmarks_asked;
    std::uint64_t version = order.since;
    std::string lines = order.initial ? initial_lines(*core, order) : std::string();
    if (order.marks_initial_end) lines += bookmark_line(*core, order, true);
    bool is_over = false;
    while (!is_over) {
        lines += lines_after(*core, order, version);
        version = core->in.store.version();
        is_over = core->watch_ends_asked != ends || (order.timeout.count() > 0 && clock::now() >= deadline);
        if (order.bookmarks && (bookmarks != core->bookmarks_asked || is_over))
            lines += bookmark_line(*core, order, false);
        bookmarks = core->bookmarks_asked;
        if (!lines.empty()) {
            std::string bytes = writer.chunk(std::move(lines));
            lines.clear();
            bool const sent = co_await writer.send(std::move(bytes));
            if (!sent) co_return false;
            if (writer.is_cut()) co_return true;
            // What changed while it was sent is not waited for.
            if (version != core->in.store.version()) continue;
        }
        if (is_over) break;
        if (order.timeout.count() > 0)
            co_await core->changed.wait_for(deadline - clock::now());
        else
            co_await core->changed.wait();
    }
    co_return true;
}

task<void> send_watch(std::shared_ptr<server_core> core, answer_writer writer, api_answer answer)
{
    watch_order const order = *answer.watch;
    std::string head = head_of(std::move(answer));
    bool going = co_await writer.send(std::move(head));
    if (!going) co_return;
    if (order.gone) {
        std::string bytes = writer.chunk(gone_line(*core, order));
        going = co_await writer.send(std::move(bytes));
    } else {
        going = co_await send_events(core, writer, order);
    }
    if (!going) co_return;
    std::string last = net::last_chunk_bytes();
    co_await writer.send(std::move(last));
}

}  // namespace

task<void> serve_watch(
    std::shared_ptr<server_core> core, std::shared_ptr<server_connection> connection, answer_writer writer,
    api_answer answer
)
{
    ++core->open_watches;
    core->changed.notify_all();
    async_run(core->executor, notice_end(connection), [core, connection](result<void> const&) {
        connection->stop.emit(asio::cancellation_type::terminal);
    });
    task<void> sending = send_watch(core, writer, std::move(answer));
    result<void> const sent = co_await as_result(std::move(sending));
    --core->open_watches;
    core->changed.notify_all();
    connection->stream.close();
    if (sent.has_error() && !is_cancellation(sent.error())) throw failure(sent.error());
}

}  // namespace kuberay::testing
