#include "net/http_server_codec.hpp"
#include "ray_head/head_routes.hpp"
#include "ray_head/send_log.hpp"
#include "streams/handshake.hpp"

#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t most_body = 104857600;

enum class came { request, nothing, too_much };

/// Reads one request; its body up to the limit, the rest of a larger one is dropped.
task<came> read_request(
    std::shared_ptr<head_core> core, std::shared_ptr<head_connection> from, net::http_request_parser* parser,
    std::string* body
)
{
    body->clear();
    bool continued = false;
    std::size_t size = 0;
    std::optional<head_fault> cut;
    while (!parser->is_done()) {
        if (parser->has_head() && !continued) {
            continued = true;
            cut = core->take_fault(head_fault::kind::upload_cut, parser->head().method, parser->head().target);
            if (parser->head().fields.contains("Expect"))
                co_await net::write_all(&from->stream, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (cut && size >= cut->after_bytes) {
            from->stream.close();
            co_return came::nothing;
        }
        std::string const bytes = co_await net::read_some(&from->stream);
        if (bytes.empty()) co_return came::nothing;
        parser->put(bytes);
        std::string const piece = parser->take_body();
        size += piece.size();
        if (size <= most_body) *body += piece;
    }
    std::string const rest = parser->take_body();
    size += rest.size();
    if (cut && size >= cut->after_bytes && size > 0) {
        from->stream.close();
        co_return came::nothing;
    }
    if (size > most_body) co_return came::too_much;
    *body += rest;
    co_return came::request;
}

head_answer decide(head_core& core, head_request const& request, std::string const& target)
{
    using kind = head_fault::kind;
    if (core.take_fault(kind::unauthorized, request.method, target))
        return text_answer(401, "Unauthorized: Missing authentication token");
    if (core.take_fault(kind::internal_error, request.method, target))
        return text_answer(500, traceback("RuntimeError: the head was told to fail"));
    if (target.starts_with("/api/v0/logs/stream") && core.take_fault(kind::stream_unsupported)) return not_found();
    if (target.starts_with("/api/v0/logs/file") && core.take_fault(kind::file_unsupported)) return not_found();
    if (std::optional<head_answer> refused = refuse_token(core, request)) return std::move(*refused);
    return answer_head_request(core, request);
}

std::string bytes_of(head_answer const& answer, bool is_head, bool keep)
{
    net::http_fields fields = answer.fields;
    fields.set("Server", "Python/3.11 aiohttp/3.14.5");
    if (!keep) fields.set("Connection", "close");
    if (!is_head) return net::response_bytes(answer.status, std::move(fields), answer.body);
    fields.set("Content-Length", std::to_string(answer.body.size()));
    return net::response_head_bytes(answer.status, fields);
}

/// True for a log's answer whatever its way.
bool is_log(head_request const& request)
{
    return request.is({"api", "jobs", "*", "logs"}) || request.is({"api", "jobs", "*", "logs", "tail"})
           || request.is({"api", "v0", "logs", "*"});
}

task<void> wait_for_end(std::shared_ptr<head_core> core, std::shared_ptr<head_connection> connection)
{
    watch_client(core, connection);
    while (!connection->gone && !core->stopped)
        co_await core->changed.wait();
}

/// Answers one request; false when the connection ends with it.
task<bool> answer_one(
    std::shared_ptr<head_core> core, std::shared_ptr<head_connection> to, head_request request, std::string target,
    bool keep
)
{
    if (core->take_fault(head_fault::kind::hang, request.method, target)) {
        core->changed.notify_all();
        co_await wait_for_end(core, to);
        co_return false;
    }
    bool const lost = core->take_fault(head_fault::kind::answer_lost, request.method, target).has_value();
    head_answer answer = decide(*core, request, target);
    core->changed.notify_all();
    if (lost) co_return false;
    std::optional<head_fault> cut;
    if (answer.status == 200 && is_log(request))
        cut = core->take_fault(head_fault::kind::log_cut, request.method, target);
    if (answer.tail && asks_for_websocket(request.fields)) {
        co_await serve_tail(core, to, *answer.tail, request.fields, cut);
        co_return false;
    }
    if (answer.tail) answer = text_answer(500, "500: WebSocket proxy error");
    bool const is_head = request.method == "HEAD";
    if (answer.log && !is_head) {
        bool const whole = co_await send_log(core, to, std::move(answer), cut);
        co_return whole&& keep;
    }
    std::string bytes = bytes_of(answer, is_head, keep);
    if (cut && cut->after_bytes < answer.body.size()) {
        bytes.resize(bytes.size() - answer.body.size() + static_cast<std::size_t>(cut->after_bytes));
        keep = false;
    }
    co_await net::write_all(&to->stream, std::move(bytes));
    co_return keep;
}

}  // namespace

task<void> serve_head(std::shared_ptr<head_core> core, std::shared_ptr<head_connection> connection)
{
    net::http_request_parser parser;
    std::string body;
    for (;;) {
        came const what = co_await read_request(core, connection, &parser, &body);
        if (what == came::nothing || core->stopped) co_return;
        net::http_head const& head = parser.head();
        std::string const target = head.target;
        if (core->options.keep_journal) core->journal.emplace_back(head.method, target);
        head_request request(head.method, target, head.fields);
        request.body = std::move(body);
        if (what == came::too_much) {
            head_answer const refusal = text_answer(413, "Maximum request body size 104857600 exceeded.");
            std::string const bytes = bytes_of(refusal, false, false);
            co_await net::write_all(&connection->stream, bytes);
            core->changed.notify_all();
            co_return;
        }
        bool const keep = parser.keep_alive();
        bool const goes_on = co_await answer_one(core, connection, std::move(request), target, keep);
        if (!goes_on) co_return;
        parser.start_next();
    }
}

}  // namespace kuberay::testing
