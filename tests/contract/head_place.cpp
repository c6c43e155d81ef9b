#include "head_place.hpp"

#include "support/co_test.hpp"

#include <kuberay/net/endpoint.hpp>

#include <boost/asio/this_coro.hpp>

#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace kuberay::contract {

namespace {

std::string environment_text(char const* name)
{
    char const* text = std::getenv(name);
    return text ? text : "";
}

std::vector<backend> head_backends()
{
    std::vector<backend> all = {backend::simulator};
    if (!environment_text("KUBERAY_CONTRACT_RAY").empty()) all.push_back(backend::real);
    return all;
}

std::shared_ptr<net::transport> connect(asio::any_io_executor executor, std::string const& url)
{
    net::connect_options where;
    where.server = net::parse_url(url).value();
    return net::make_http_client(std::move(executor), where);
}

task<void> run_there(backend which, head_body body)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    if (which == backend::real) {
        std::string const url = environment_text("KUBERAY_CONTRACT_RAY");
        head_place const at(connect(executor, url), environment_text("KUBERAY_CONTRACT_RAY_TOKEN"), std::nullopt);
        co_await body(at);
        co_return;
    }
    testing::ray_head_options options;
    options.token = "secret";
    testing::ray_head head(executor, options);
    std::string const url = "http://127.0.0.1:" + std::to_string(head.listen());
    head_place const at(connect(executor, url), options.token, head);
    co_await body(at);
}

std::string new_prefix()
{
    static int count = 0;
    return "c" + std::to_string(::getpid()) + "-" + std::to_string(++count) + "-";
}

}  // namespace

head_place::head_place(
    std::shared_ptr<net::transport> client, std::string token, std::optional<testing::ray_head> stand_in
)
    : client_(std::move(client))
    , token_(std::move(token))
    , stand_in_(std::move(stand_in))
    , prefix_(new_prefix())
{
}

std::string head_place::own(std::string const& name) const { return prefix_ + name; }

net::http_request head_place::dressed(net::http_request request) const
{
    if (!token_.empty()) request.fields.set("Authorization", "Bearer " + token_);
    return request;
}

task<reply> head_place::send(net::http_request request) const
{
    return test::reply_of(client_, dressed(std::move(request)));
}

task<reply> head_place::send_plain(net::http_request request) const
{
    return test::reply_of(client_, std::move(request));
}

task<reply> head_place::ask(std::string method, std::string target, std::string body) const
{
    net::http_request request(std::move(method), std::move(target));
    request.body = std::move(body);
    return send(std::move(request));
}

task<reply> head_place::submit(json::object job) const { return ask("POST", "/api/jobs/", to_json(job)); }

namespace {

task<json::object> job_of(head_place at, std::string id)
{
    reply const answer = co_await at.ask("GET", "/api/jobs/" + id);
    if (answer.status != 200) throw failure(errc::unexpected, "GET of a job: " + answer.body);
    json::object const found = answer.document().as_object();
    co_return found;
}

bool is_over(std::string_view status) { return status != "PENDING" && status != "RUNNING"; }

task<reply> repeat(head_place at, std::string method, std::string target, head_place::awaited_answer awaited)
{
    for (;;) {
        reply answer = co_await at.ask(method, target);
        if (awaited(answer)) co_return answer;
        co_await sleep_for(std::chrono::milliseconds(20));
    }
}

task<json::object> wait_for_status(head_place at, std::string id, std::string status)
{
    head_place::awaited_answer const reached = [status](reply const& answer) {
        if (answer.status != 200) return true;
        json::value const now = answer.document();
        return string_at(now, "status") == status || is_over(string_at(now, "status"));
    };
    reply const last = co_await at.ask_until("GET", "/api/jobs/" + id, reached);
    if (last.status != 200) throw failure(errc::unexpected, "GET of a job: " + last.body);
    json::object const now = last.document().as_object();
    if (now.at("status") != json::value(status))
        throw failure(errc::unexpected, "instead of " + status + ": " + to_json(now));
    co_return now;
}

task<json::object> run_job(head_place at, json::object job, std::string status)
{
    std::string const id(job.at("submission_id").as_string());
    reply const accepted = co_await at.submit(std::move(job));
    if (accepted.status != 200) throw failure(errc::unexpected, "POST of a job: " + accepted.body);
    json::object const ended = co_await at.until(id, status);
    co_return ended;
}

std::string whole_log(std::string const& id)
{
    return "/api/v0/logs/file?submission_id=" + id + "&node_id=any&lines=-1";
}

task<std::string> log_of(head_place at, std::string id)
{
    reply const answer = co_await at.ask("GET", whole_log(id));
    if (answer.status != 200) throw failure(errc::unexpected, "GET of a log: " + answer.body);
    co_return answer.body;
}

task<std::string> grown_log_of(head_place at, std::string id, std::string text)
{
    head_place::awaited_answer const there = [text](reply const& answer) {
        return answer.status != 200 || answer.body.find(text) != std::string::npos;
    };
    reply const answer = co_await at.ask_until("GET", whole_log(id), there);
    if (answer.status != 200) throw failure(errc::unexpected, "GET of a log: " + answer.body);
    co_return answer.body;
}

}  // namespace

task<reply> head_place::ask_until(std::string method, std::string target, awaited_answer awaited) const
{
    return repeat(*this, std::move(method), std::move(target), std::move(awaited));
}

task<std::string> head_place::log_with(std::string id, std::string text) const
{
    return grown_log_of(*this, std::move(id), std::move(text));
}

task<json::object> head_place::job(std::string id) const { return job_of(*this, std::move(id)); }

task<json::object> head_place::until(std::string id, std::string status) const
{
    return wait_for_status(*this, std::move(id), std::move(status));
}

task<json::object> head_place::run(json::object job, std::string status) const
{
    return run_job(*this, std::move(job), std::move(status));
}

task<std::string> head_place::log(std::string id) const { return log_of(*this, std::move(id)); }

namespace {

task<void> run_stand_in(head_body body) { return run_there(backend::simulator, body); }

task<void> run_real(head_body body) { return run_there(backend::real, body); }

}  // namespace

void run_at_head(backend which, head_body body)
{
    test::run_coroutine_test(
        which == backend::simulator ? run_stand_in(body) : run_real(body), std::chrono::seconds(120)
    );
}

INSTANTIATE_TEST_SUITE_P(on, head_contract, ::testing::ValuesIn(head_backends()), ::testing::PrintToStringParamName());

}  // namespace kuberay::contract
