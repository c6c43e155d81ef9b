#include "ray/job_exchange.hpp"

#include "net/error_body.hpp"
#include "ray/job_requests.hpp"

#include <kuberay/base/json.hpp>

#include <utility>

namespace kuberay::ray {
namespace {

constexpr std::size_t longest_refusal = 1 << 20;
constexpr int most_tries = 3;

task<net::http_response> exchange(job_client on, job_lane over, net::http_request request)
{
    std::shared_ptr<net::transport> const lane = over == job_lane::output ? on.for_output() : on.over();
    net::http_request named(request.method, request.target);
    net::http_request sent = dressed(std::move(request), on.options());
    bool const has_credentials = sent.fields.contains("Authorization");
    net::http_response response = co_await lane->send(std::move(sent));
    if (response.is_success()) co_return response;
    std::string const body = co_await net::read_error_body(&response, longest_refusal);
    throw failure(refusal_of(named, has_credentials, response.status(), response.fields(), body));
}

task<std::string> whole_answer(job_client on, net::http_request request)
{
    net::http_response response = co_await exchange(on, job_lane::requests, std::move(request));
    co_return co_await response.read_all();
}

task<std::string> answer_in_time(job_client on, net::http_request request)
{
    std::string const what = request.method + " " + request.target;
    std::chrono::milliseconds const limit = on.options().request_timeout;
    bool const can_repeat = request.method == "GET";
    for (int tries = 1;; ++tries) {
        task<std::string> answering = with_timeout(limit, whole_answer(on, request));
        result<std::string> answer = co_await as_result(std::move(answering));
        if (answer.has_value()) co_return std::move(*answer);
        error const why = answer.error();
        if (why.code() == errc::timed_out) {
            // Who does not answer may not be there any more.
            on.over()->drop_idle();
            throw failure(errc::timed_out, what + " of the Ray dashboard: no answer in time");
        }
        if (!can_repeat || why.code() != errc::connection_lost || tries == most_tries) throw failure(why);
        std::chrono::milliseconds const pause(50 * tries);
        co_await sleep_for(pause);
    }
}

task<json::value> json_answer(job_client on, net::http_request request)
{
    std::string const what = request.method + " " + request.target;
    std::string const body = co_await answer_in_time(on, std::move(request));
    result<json::value> parsed = parse_json(body);
    if (!parsed) throw failure(errc::unexpected, what + ": the answer is not JSON, so the server is no Ray dashboard");
    co_return std::move(*parsed);
}

task<void> empty_answer(job_client on, net::http_request request)
{
    std::string const body = co_await answer_in_time(on, std::move(request));
}

}  // namespace

task<net::http_response> ask(job_client on, job_lane over, net::http_request request)
{
    return exchange(std::move(on), over, std::move(request));
}

task<json::value> ask_for_json(job_client on, net::http_request request)
{
    return json_answer(std::move(on), std::move(request));
}

task<void> ask_for_success(job_client on, net::http_request request)
{
    return empty_answer(std::move(on), std::move(request));
}

bool is_connection_error(error const& e) noexcept
{
    if (is_cancellation(e)) return false;
    if (e.code() == errc::connection_lost || e.code() == errc::timed_out) return true;
    auto const& category = e.code().category();
    return category != make_error_code(errc::unexpected).category()
           && category != make_error_code(reason::other).category();
}

bool is_absent_there(error const& e) noexcept
{
    return e.code() == reason::not_found && e.status() && e.status()->reason.empty();
}

}  // namespace kuberay::ray
