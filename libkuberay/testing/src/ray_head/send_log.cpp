#include "ray_head/send_log.hpp"

#include "net/http_server_codec.hpp"
#include "ray_head/log_file.hpp"

#include <kuberay/base/async_run.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

task<void> read_to_end(std::shared_ptr<head_connection> connection)
{
    for (;;) {
        std::string const bytes = co_await net::read_some(&connection->stream);
        if (bytes.empty()) co_return;
    }
}

}  // namespace

void watch_client(std::shared_ptr<head_core> const& core, std::shared_ptr<head_connection> const& connection)
{
    async_run(core->executor, read_to_end(connection), [weak = std::weak_ptr(core), connection](result<void> const&) {
        connection->gone = true;
        if (auto const told = weak.lock()) told->changed.notify_all();
    });
}

task<bool> send_log(
    std::shared_ptr<head_core> core, std::shared_ptr<head_connection> to, head_answer answer,
    std::optional<head_fault> cut
)
{
    log_order const order = *answer.log;
    log_file const file(order.path);
    bool const follows = order.interval_ms > 0;
    answer.fields.set("Transfer-Encoding", "chunked");
    std::string const head = net::response_head_bytes(200, answer.fields);
    co_await net::write_all(&to->stream, head);
    if (follows) watch_client(core, to);
    std::uint64_t at = file.start_of_last(order.lines);
    std::uint64_t left = cut ? cut->after_bytes : 0;
    while (!core->stopped && !to->gone) {
        std::string piece = file.read(at);
        if (cut) {
            piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), left)));
            left -= piece.size();
        }
        at += piece.size();
        if (!piece.empty()) {
            std::string const chunk = net::chunk_bytes(piece);
            co_await net::write_all(&to->stream, chunk);
        }
        if (cut && left == 0) {
            to->stream.close();
            co_return false;
        }
        if (!piece.empty()) continue;
        if (!follows) break;
        co_await core->changed.wait_for(std::chrono::milliseconds(order.interval_ms));
    }
    if (follows || to->gone) co_return false;
    std::string const end = net::last_chunk_bytes();
    co_await net::write_all(&to->stream, end);
    co_return true;
}

}  // namespace kuberay::testing
