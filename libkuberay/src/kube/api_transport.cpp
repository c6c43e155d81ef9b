#include "kube/api_transport.hpp"

#include "kube/logged_body.hpp"
#include "kube/request_fields.hpp"
#include "kube/retry.hpp"
#include "kube/server_warning.hpp"
#include "net/error_body.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/value.hpp>

#include <set>

namespace kuberay::kube {

struct api_transport::state {
    explicit state(api_transport_parts made_of)
        : parts(std::move(made_of))
        , slot(parts.connect_options, parts.connect)
        , log(parts.log, parts.place.server)
    {
    }

    api_transport_parts parts;
    transport_slot slot;
    request_log log;
    client_statistics counted;
    std::set<std::string, std::less<>> warned;
};

namespace {

using state_ptr = std::shared_ptr<api_transport::state>;

enum class purpose { exchange, upgrade };

// More of an error's body than this says nothing to a person.
constexpr std::size_t most_error_body = 64 * 1024;

// A server that sends ever new warnings shall not fill the memory.
constexpr std::size_t most_warnings = 1000;

// What one request has been through.
struct attempts {
    attempts() = default;
    purpose what = purpose::exchange;
    request_name name;
    int retries = 0;
    bool renewed = false;
    std::optional<timestamp> deadline;
};

void pass_on_warnings(api_transport::state& on, net::http_fields const& fields)
{
    if (!on.parts.on_warning || !fields.contains("Warning")) return;
    for (auto const& text : server_warnings(fields))
        if (on.warned.size() < most_warnings && on.warned.insert(text).second) on.parts.on_warning(text);
}

void add_fields(api_transport::state const& on, net::http_request& request)
{
    request.target = on.parts.path_prefix + request.target;
    if (!request.fields.contains("User-Agent")) request.fields.set("User-Agent", on.parts.user_agent);
    add_impersonation(request.fields, on.parts.as);
}

task<net::upgrade_result> attempt(std::shared_ptr<net::transport> over, purpose what, net::http_request request)
{
    if (what == purpose::upgrade) co_return co_await over->upgrade(std::move(request));
    net::upgrade_result made;
    made.response = co_await over->send(std::move(request));
    co_return made;
}

// One attempt with the credential, logged. `prepared` is kept for the next one unless its body can be read only once.
task<net::upgrade_result> attempt_logged(
    state_ptr on, purpose what, std::shared_ptr<net::http_request> prepared, credential_ptr with, request_name name
)
{
    net::http_request request = prepared->source ? std::move(*prepared) : *prepared;
    if (with && !with->authorization.empty()) request.fields.set("Authorization", with->authorization);
    on->log.sending(request);
    ++on->counted.requests;
    credential const none;
    std::shared_ptr<net::transport> over = on->slot.for_credential(with ? *with : none);
    auto const begun = std::chrono::steady_clock::now();
    task<net::upgrade_result> started = attempt(std::move(over), what, std::move(request));
    result<net::upgrade_result> answer = co_await as_result(std::move(started));
    auto const took = std::chrono::steady_clock::now() - begun;
    if (!answer) {
        on->log.failed(name.method, name.target, answer.error(), took);
        throw failure(explain_transport(answer.error(), name, on->parts.place));
    }
    on->log.answered(name.method, name.target, answer->response, took);
    pass_on_warnings(*on, answer->response.fields());
    co_return std::move(*answer);
}

retry_question
question(api_transport::state const& on, attempts const& so_far, net::http_response const& refusal, bool replayable)
{
    retry_question about;
    about.status = refusal.status();
    about.retries = so_far.retries;
    about.can_be_sent_again = replayable;
    about.asked = retry_after(refusal.fields(), on.parts.now());
    about.longest_wait = on.parts.longest_wait;
    if (so_far.deadline)
        about.remaining = std::chrono::duration_cast<std::chrono::milliseconds>(*so_far.deadline - on.parts.now());
    return about;
}

[[noreturn]] void throw_refusal(
    api_transport::state const& on, attempts const& so_far, net::http_response const& refusal, std::string const& body,
    retry_question const& about
)
{
    if (so_far.what == purpose::upgrade && refusal.status() < 400) {
        std::string const said = "HTTP " + std::to_string(refusal.status());
        throw failure(
            errc::upgrade_refused,
            so_far.name.str(on.parts.place) + ": the server answered " + said + " and did not switch protocols"
        );
    }
    server_status status = decode_status(refusal.status(), refusal.fields(), body, so_far.name.method);
    bool const is_late = (about.status == 429 || about.status >= 500) && about.asked && about.asked->count() > 0;
    std::optional<std::chrono::seconds> const asked = is_late ? about.asked : std::nullopt;
    throw failure(explain_refusal(std::move(status), so_far.name, on.parts.place, asked));
}

// Returns when the request shall be sent again; throws the refusal otherwise.
task<void> handle_refusal(
    state_ptr on, std::shared_ptr<attempts> so_far, std::shared_ptr<net::http_response> refusal, credential_ptr used,
    bool replayable
)
{
    std::string const body = co_await net::read_error_body(refusal.get(), most_error_body);
    on->log.body("response body", so_far->name.target, body);
    if (refusal->status() == 401 && used && replayable && !so_far->renewed && on->parts.credentials->renew(used)) {
        so_far->renewed = true;
        ++on->counted.credential_refreshes;
        on->log.note("the credentials were refused and are renewed");
        co_return;
    }
    retry_question const about = question(*on, *so_far, *refusal, replayable);
    std::optional<std::chrono::seconds> const wait = wait_before_retry(about);
    if (!wait) throw_refusal(*on, *so_far, *refusal, body, about);
    ++so_far->retries;
    ++on->counted.retries;
    on->log.note("the server asks to try again after " + std::to_string(wait->count()) + " s");
    *refusal = net::http_response();
    co_await on->parts.sleep(*wait);
}

task<net::upgrade_result> exchange(state_ptr on, purpose what, net::http_request request)
{
    auto const so_far = std::make_shared<attempts>();
    so_far->what = what;
    so_far->name = request_name(request);
    std::chrono::milliseconds const limit = on->parts.request_timeout;
    if (limit.count() > 0) so_far->deadline = on->parts.now() + limit;
    bool const replayable = !request.source;
    bool const has_own_credentials = request.fields.contains("Authorization");
    add_fields(*on, request);
    auto const prepared = std::make_shared<net::http_request>(std::move(request));
    for (;;) {
        credential_ptr used;
        if (!has_own_credentials) used = co_await on->parts.credentials->get();
        task<net::upgrade_result> sending = attempt_logged(on, what, prepared, used, so_far->name);
        net::upgrade_result answer = co_await std::move(sending);
        bool const is_good = what == purpose::upgrade ? answer.response.status() == 101 : answer.response.is_success();
        if (is_good) co_return answer;
        auto const refusal = std::make_shared<net::http_response>(std::move(answer.response));
        co_await handle_refusal(on, so_far, refusal, used, replayable);
    }
}

task<net::http_response> send_head(state_ptr on, net::http_request request)
{
    net::upgrade_result answer = co_await exchange(on, purpose::exchange, std::move(request));
    co_return std::move(answer.response);
}

task<net::http_response> send_logged(state_ptr on, net::http_request request)
{
    std::string const target = request.target;
    net::http_response response = co_await send_head(on, std::move(request));
    if (on->log.writes_bodies()) response = with_logged_body(std::move(response), on->log, target);
    co_return response;
}

task<json::value> read_json(state_ptr on, net::http_request request)
{
    request_name const name(request);
    net::http_response response = co_await send_head(on, std::move(request));
    task<std::string> reading = response.read_all();
    result<std::string> body = co_await as_result(std::move(reading));
    if (!body) throw failure(explain_transport(body.error(), name, on->parts.place));
    on->log.body("response body", name.target, *body);
    if (body->empty()) co_return nullptr;
    result<json::value> parsed = parse_json(*body);
    if (!parsed) throw failure(parsed.error().with_context("the answer to " + name.str(on->parts.place)));
    co_return std::move(*parsed);
}

template <class T>
task<void> keep_outcome(task<T> op, std::shared_ptr<std::optional<result<T>>> into)
{
    result<T> outcome = co_await as_result(std::move(op));
    into->emplace(std::move(outcome));
}

// The limit of one request around `op`.
template <class T>
task<T> bounded(state_ptr on, request_name name, task<T> op)
{
    std::chrono::milliseconds const limit = on->parts.request_timeout;
    auto const kept = std::make_shared<std::optional<result<T>>>();
    task<void> within = with_timeout(limit, keep_outcome(std::move(op), kept));
    co_await std::move(within);
    result<T>& outcome = **kept;
    if (outcome) co_return std::move(*outcome);
    // The caller's own cancellation has left above; what was cancelled here has met the limit.
    if (limit.count() == 0 || !is_cancellation(outcome.error())) throw failure(outcome.error());
    error const late = explain_timeout(limit, name, on->parts.place);
    on->log.failed(name.method, name.target, late, limit);
    throw failure(late);
}

}  // namespace

api_transport::api_transport(api_transport_parts parts)
    : state_(std::make_shared<state>(std::move(parts)))
{
}

asio::any_io_executor api_transport::get_executor() const noexcept { return state_->parts.executor; }

task<net::http_response> api_transport::send(net::http_request request)
{
    request_name name(request);
    return bounded(state_, std::move(name), send_logged(state_, std::move(request)));
}

task<net::upgrade_result> api_transport::upgrade(net::http_request request)
{
    request_name name(request);
    return bounded(state_, std::move(name), exchange(state_, purpose::upgrade, std::move(request)));
}

task<json::value> api_transport::send_for_json(net::http_request request)
{
    request_name name(request);
    return bounded(state_, std::move(name), read_json(state_, std::move(request)));
}

void api_transport::drop_idle() noexcept { state_->slot.drop_idle(); }

client_statistics const& api_transport::statistics() const noexcept { return state_->counted; }

}  // namespace kuberay::kube
