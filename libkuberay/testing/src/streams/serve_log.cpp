#include "net/http_server_codec.hpp"
#include "refusal.hpp"
#include "routes.hpp"
#include "streams/client_watch.hpp"
#include "streams/log_query.hpp"
#include "streams/stream_host.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t piece_size = 128 * 1024;

/// What is to be sent, found out before the first byte.
struct log_plan {
    log_plan() = default;
    std::string refused;  ///< the whole answer
    pod_target target;
    log_query query;
    std::shared_ptr<log_run> run;
    std::optional<stream_fault> harm;
};

std::string no_content()
{
    net::http_fields fields;
    fields.set("Cache-Control", "no-cache, private");
    fields.set("Connection", "close");
    return net::response_head_bytes(204, fields);
}

log_plan plan_of(stream_host& host, recorded_request const& request)
{
    log_plan plan;
    try {
        cluster const& in = host.core()->in;
        plan.target = find_pod(in, request);
        plan.query = read_log_query(plan.target.request, in.now());
        choose_container(plan.target);
        try {
            check_node(plan.target);
        } catch (refusal const&) {
            plan.refused = no_content();
            return plan;
        }
        container_log& log = host.log_of(plan.target.pod, plan.target.container);
        plan.run = plan.query.previous ? log.previous : log.current;
        if (!plan.run)
            throw bad_request(
                "previous terminated container \"" + plan.target.container + "\" in pod \"" + plan.target.pod
                + "\" not found\n"
            );
        std::string const waits = waiting_reason(*plan.target.object, plan.target.container);
        if (!waits.empty())
            throw bad_request(
                "container \"" + plan.target.container + "\" in pod \"" + plan.target.pod
                + "\" is waiting to start: " + waits
            );
        plan.harm = host.take_fault({stream_fault::kind::log_cut, stream_fault::kind::log_false_end}, plan.target.pod);
    } catch (refusal const& why) {
        plan.refused = answer_bytes(answer_of(why));
    }
    return plan;
}

bool is_followed_to_the_end(stream_host& host, log_plan const& plan)
{
    if (!plan.query.follow || plan.run->ended) return true;
    auto const core = host.core();
    object_ptr const pod =
        core ? core->in.store.find(*plan.target.request.kind, plan.target.ns, plan.target.pod) : nullptr;
    return !pod || !runs(*pod, plan.target.container);
}

std::string head_bytes()
{
    net::http_fields fields;
    fields.set("Cache-Control", "no-cache, private");
    fields.set("Content-Type", "text/plain");
    fields.set("Connection", "close");
    fields.set("Transfer-Encoding", "chunked");
    return net::response_head_bytes(200, fields);
}

std::size_t first_entry(log_plan const& plan)
{
    std::size_t const size = plan.run->entries.size();
    if (!plan.query.tail) return 0;
    return size - static_cast<std::size_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(*plan.query.tail), size));
}

task<void> send_log(std::shared_ptr<stream_host> host, log_plan plan, std::shared_ptr<client_watch> client)
{
    log_text text(plan.query.timestamps, plan.query.since, plan.query.limit);
    std::uint64_t left = plan.harm ? plan.harm->after_bytes : UINT64_MAX;
    std::size_t at = first_entry(plan);
    std::string bytes = head_bytes();
    for (;;) {
        bool const is_end = is_followed_to_the_end(*host, plan);
        std::string piece;
        while (at < plan.run->entries.size() && piece.size() < piece_size)
            text.put(plan.run->entries[at++], piece);
        piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), left)));
        left -= piece.size();
        bytes += net::chunk_bytes(piece);
        bool const is_done = left == 0 || text.is_full() || (is_end && at == plan.run->entries.size());
        if (is_done && !(plan.harm && plan.harm->what == stream_fault::kind::log_cut)) bytes += net::last_chunk_bytes();
        if (!bytes.empty()) {
            co_await net::write_all(&client->stream, std::exchange(bytes, std::string()));
            if (is_done) co_return;
        } else if (is_done || client->is_gone()) {
            co_return;
        } else {
            co_await host->changed.wait();
        }
    }
}

}  // namespace

task<void> serve_log(std::shared_ptr<stream_host> host, recorded_request request, net::byte_stream connection)
{
    log_plan plan = plan_of(*host, request);
    if (!plan.refused.empty()) {
        co_await net::write_all(&connection, plan.refused);
        co_return;
    }
    counted const session(host, &stream_host::sessions);
    auto const client = std::make_shared<client_watch>(std::move(connection));
    client_watch_guard const watching(client, host->changed);
    co_await send_log(host, std::move(plan), client);
}

}  // namespace kuberay::testing
