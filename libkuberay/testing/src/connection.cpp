#include "answer_writer.hpp"
#include "authority.hpp"
#include "net/gzip.hpp"
#include "net/http_server_codec.hpp"
#include "net/prefixed_stream.hpp"
#include "refusal.hpp"
#include "routes.hpp"
#include "server_core.hpp"
#include "watch_hub.hpp"

#include <kuberay/base/text.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t least_compressed = 128 * 1024;

/// Reads one request into the parser; false at the end of the connection.
task<bool> read_whole(server_connection* connection, net::http_request_parser* parser, std::string* body)
{
    body->clear();
    bool continued = false;
    while (!parser->is_done()) {
        if (parser->has_head() && !continued && parser->head().fields.contains("Expect")) {
            continued = true;
            co_await net::write_all(&connection->stream, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        std::string const bytes = co_await net::read_some(&connection->stream);
        if (bytes.empty()) {
            parser->put_end();
            co_return false;
        }
        parser->put(bytes);
        *body += parser->take_body();
    }
    *body += parser->take_body();
    co_return true;
}

recorded_request record_of(net::http_head const& head, std::string body)
{
    recorded_request request;
    request.method = head.method;
    request.target = head.target;
    request.fields = head.fields;
    request.user_agent = head.fields.get("User-Agent");
    request.content_type = head.fields.get("Content-Type");
    request.body = std::move(body);
    return request;
}

api_answer answer_of_fault(fault const& what)
{
    if (what.what == fault::kind::gone) return answer_of(expired("too old resource version"));
    api_answer answer;
    answer.status = what.code;
    answer.fields = what.fields;
    answer.body = what.body;
    return answer;
}

void compress(api_answer& answer, recorded_request const& request)
{
    bool const accepted = request.fields.get("Accept-Encoding").find("gzip") != std::string_view::npos;
    if (!answer.may_compress || !accepted || answer.body.size() < least_compressed) return;
    answer.body = net::gzip_encode(answer.body, 1);
    answer.fields.set("Content-Encoding", "gzip");
    answer.fields.set("Vary", "Accept-Encoding");
}

/// No page of the server's own: a subresource that a handler may serve.
bool is_plain_404(api_answer const& answer)
{
    return answer.status == 404 && !answer.fields.get("Content-Type").starts_with("application/json");
}

bool is_websocket(recorded_request const& request)
{
    return to_lower(request.fields.get("Upgrade")).find("websocket") != std::string::npos;
}

/// What is answered, not counting faults that only harm the way of it.
api_answer decide(
    server_core& core, recorded_request& request, std::string_view certificate_user, std::optional<fault> const& harm
)
{
    if (harm && (harm->what == fault::kind::answer || harm->what == fault::kind::gone)) return answer_of_fault(*harm);
    try {
        request.user = authenticate(core.in, request.fields, certificate_user);
    } catch (refusal const& why) {
        return answer_of(why);
    }
    api_request asked = read_request(request);
    api_answer answer = answer_request(core.in, asked);
    if (is_plain_404(answer) && asked.verb == "get" && is_websocket(request)) {
        // Since 1.35 a WebSocket into a pod needs the right to create, too, as the same by POST does.
        asked.verb = "create";
        answer = answer_request(core.in, asked);
    }
    if (harm && harm->what == fault::kind::gone_event && answer.watch) answer.watch->gone = true;
    return answer;
}

/// No answer, until the client leaves or the connection is dropped.
task<void> wait_for_end(std::shared_ptr<server_connection> connection)
{
    for (;;) {
        std::string const bytes = co_await net::read_some(&connection->stream);
        if (bytes.empty()) co_return;
    }
}

}  // namespace

task<void> serve_connection(std::shared_ptr<server_core> core, std::shared_ptr<server_connection> connection)
{
    net::http_request_parser parser;
    std::string body;
    for (;;) {
        bool const came = co_await read_whole(connection.get(), &parser, &body);
        if (!came) co_return;
        recorded_request request = record_of(parser.head(), std::move(body));
        std::optional<fault> const harm = core->take_fault(request.method, request.target);
        std::size_t const index = core->journal.size();
        if (core->in.options.keep_journal) core->journal.push_back(request);
        core->changed.notify_all();
        if (core->in.options.latency.count() > 0) co_await sleep_for(core->in.options.latency);
        if (harm && harm->what == fault::kind::delay) co_await sleep_for(harm->time);
        if (harm && harm->what == fault::kind::hang) {
            co_await wait_for_end(connection);
            co_return;
        }

        api_answer answer = decide(*core, request, connection->certificate_user, harm);
        if (index < core->journal.size()) core->journal[index].user = request.user;
        api_server::stream_handler const* handler = is_plain_404(answer) ? core->handler_for(request.path()) : nullptr;
        if (handler) {
            api_server::stream_handler const run = *handler;
            net::byte_stream rest = net::with_prefix(parser.take_rest(), std::move(connection->stream));
            co_await run(request, &rest);
            connection->stream = std::move(rest);
            co_return;
        }
        if (index < core->journal.size()) core->journal[index].status = answer.status;
        answer_writer writer(core, connection, harm);
        if (answer.watch) {
            co_await serve_watch(core, connection, writer, std::move(answer));
            co_return;
        }
        compress(answer, request);
        bool const keep = parser.keep_alive();
        std::string bytes = writer.whole(std::move(answer), keep);
        bool const sent = co_await writer.send(std::move(bytes));
        core->changed.notify_all();
        if (!sent || !keep) co_return;
        parser.start_next();
    }
}

}  // namespace kuberay::testing
