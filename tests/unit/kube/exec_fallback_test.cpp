#include "support/co_test.hpp"
#include "unit/kube/exec_spdy_server.hpp"

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

std::string status(std::string const& reason, std::string const& message, int code)
{
    return R"({"kind":"Status","status":"Failure","reason":")" + reason + R"(","message":")" + message + R"(","code":)"
           + std::to_string(code) + "}";
}

task<seen_session> run_against(exec_server on, exec_options options)
{
    seen_session seen;
    task<exec_session> opening = exec(on.client(), "team", "head", options);
    result<exec_session> opened = co_await as_result(std::move(opening));
    if (opened.has_error()) {
        seen.why = opened.error();
        co_return seen;
    }
    seen = co_await read_all(&*opened);
    co_return seen;
}

KUBERAY_CO_TEST(exec_fallback, every_refusal_of_the_websocket_leads_to_spdy)
{
    struct row {
        row(int code, std::string body, std::string type = "application/json")
            : code(code)
            , body(std::move(body))
            , type(std::move(type))
        {
        }

        int code;
        std::string body, type;
    };
    std::vector<row> rows;
    rows.emplace_back(200, "hello", "text/html");
    rows.emplace_back(301, "", "text/html");
    rows.emplace_back(400, status("BadRequest", "Upgrade request required", 400));
    rows.emplace_back(400, "you must use SPDY", "text/plain");
    rows.emplace_back(403, status("Forbidden", "cannot get pods/exec", 403));
    rows.emplace_back(403, "unable to upgrade: unknown protocol", "text/plain");
    rows.emplace_back(404, status("NotFound", "no such path", 404));
    rows.emplace_back(405, "<html><title>Not allowed</title></html>", "text/html");
    rows.emplace_back(500, status("InternalError", "no websockets here", 500));
    rows.emplace_back(501, "", "text/plain");
    for (auto const& one : rows) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(refuses(one.code, one.body, one.type));
        on.then(says_over_spdy("by spdy", success_text));
        seen_session const seen = co_await run_against(on, command("a"));
        EXPECT_EQ(seen.exit_code, 0) << one.code << one.body << ": " << seen.why.message();
        EXPECT_EQ(seen.out, "by spdy") << one.code;
        std::string const head = on.heads().back();
        EXPECT_EQ(head.find("POST /api/v1/namespaces/team/pods/head/exec?command=a&stdout=true&stderr=true "), 0u);
        EXPECT_EQ(field_of(head, "Upgrade"), "SPDY/3.1");
        EXPECT_EQ(field_of(head, "X-Stream-Protocol-Version"), "v4.channel.k8s.io");
    }
}

KUBERAY_CO_TEST(exec_fallback, the_first_answer_is_told_when_both_are_refused)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(refuses(404, status("NotFound", "pods \\\"head\\\" not found", 404)));
    on.then(refuses(400, "go away", "text/plain"));
    seen_session const seen = co_await run_against(on, command("a"));
    EXPECT_EQ(seen.why.code(), reason::not_found) << seen.why.message();
    EXPECT_NE(seen.why.message().find("pods \"head\" not found"), std::string::npos) << seen.why.message();
    EXPECT_EQ(on.connections(), 2u);
}

KUBERAY_CO_TEST(exec_fallback, a_status_says_more_than_the_page_of_a_proxy)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(refuses(400, "<html><title>No WebSockets</title></html>", "text/html"));
    on.then(refuses(404, status("NotFound", "pods \\\"head\\\" not found", 404)));
    seen_session const seen = co_await run_against(on, command("a"));
    EXPECT_EQ(seen.why.code(), reason::not_found) << seen.why.message();
}

KUBERAY_CO_TEST(exec_fallback, a_role_without_rights_is_told_which_it_needs)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(refuses(403, status("Forbidden", "cannot get pods/exec", 403)));
    on.then(refuses(403, status("Forbidden", "cannot create pods/exec", 403)));
    seen_session const seen = co_await run_against(on, command("a"));
    EXPECT_EQ(seen.why.code(), reason::forbidden);
    EXPECT_NE(seen.why.message().find("cannot get pods/exec"), std::string::npos) << seen.why.message();
    std::string const hint(seen.why.hint());
    EXPECT_NE(hint.find("\"get\" and \"create\" on \"pods/exec\""), std::string::npos) << hint;
}

KUBERAY_CO_TEST(exec_fallback, nothing_is_tried_again_when_the_program_may_run)
{
    std::vector<exec_server::behaviour> rows;
    rows.push_back(refuses(502, "bad gateway", "text/plain"));
    rows.push_back(refuses(504, "gateway timeout", "text/plain"));
    rows.push_back(refuses(401, status("Unauthorized", "who?", 401)));
    rows.push_back(frames_then_end("", 0));
    rows.push_back(frames_then_end("", 40));
    rows.push_back(frames_then_end(channel_frame(1, "x")));
    for (auto const& one : rows) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(one);
        on.then(says_over_spdy("again", success_text));
        seen_session const seen = co_await run_against(on, command("a"));
        EXPECT_TRUE(seen.why);
        EXPECT_EQ(on.connections(), 1u) << seen.why.message();
    }
}

task<void> switch_to(net::byte_stream stream, std::string answer)
{
    co_await net::write_all(&stream, std::move(answer));
}

exec_server::behaviour switches_to(std::string protocol)
{
    return [=](net::byte_stream stream, std::string head) {
        return switch_to(std::move(stream), switched_to_websocket(head, protocol));
    };
}

KUBERAY_CO_TEST(exec_fallback, a_switch_to_another_protocol_is_a_violation_and_not_tried_again)
{
    for (std::string const protocol : {"v5.channel.k8s.io", "other", ""}) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(switches_to(protocol));
        on.then(says_over_spdy("again", success_text));
        seen_session const seen = co_await run_against(on, command("a"));
        EXPECT_EQ(seen.why.code(), errc::protocol_violation) << protocol << seen.why.message();
        EXPECT_EQ(on.connections(), 1u) << protocol;
    }
}

KUBERAY_CO_TEST(exec_fallback, each_protocol_can_be_ruled_out)
{
    exec_options only_websocket = command("a");
    only_websocket.allow_spdy = false;
    exec_server first(co_await asio::this_coro::executor);
    first.then(refuses(400, "no", "text/plain"));
    seen_session const refused = co_await run_against(first, only_websocket);
    EXPECT_EQ(refused.why.code(), reason::bad_request);
    EXPECT_EQ(first.connections(), 1u);

    exec_options only_spdy = command("a");
    only_spdy.allow_websocket = false;
    exec_server second(co_await asio::this_coro::executor);
    second.then(says_over_spdy("spdy", exit_text("7")));
    seen_session const seen = co_await run_against(second, only_spdy);
    EXPECT_EQ(seen.exit_code, 7) << seen.why.message();
    EXPECT_EQ(second.heads().at(0).find("POST "), 0u);
}

}  // namespace
