#include "support/co_test.hpp"
#include "support/fake_transport.hpp"

#include <kuberay/kube/core.hpp>
#include <kuberay/kube/wait.hpp>

#include <memory>

namespace kuberay::kube {
namespace {

using test::fake_transport;
using test::scripted_answer;
using namespace std::chrono_literals;

std::string pod_json(std::string const& phase, std::string const& version)
{
    return R"({"metadata":{"name":"p","namespace":"default","uid":"u","resourceVersion":")" + version
           + R"("},"status":{"phase":")" + phase + R"("}})";
}

std::string event_of(std::string const& type, std::string const& object)
{
    return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

api<pod> pods_of(std::shared_ptr<fake_transport> server)
{
    client_options options;
    options.transport = server;
    return api<pod>::in_ns(client(server->get_executor(), config(), options), "");
}

bool runs(std::optional<pod> const& now) { return now && now->phase == "Running"; }

bool is_gone(std::optional<pod> const& now) { return !now; }

KUBERAY_CO_TEST(WaitUntil, sees_the_present_state_and_then_every_change)
{
    auto server = std::make_shared<fake_transport>(co_await asio::this_coro::executor);
    server->answer(
        "GET", "/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dp",
        scripted_answer(200, R"({"metadata":{"resourceVersion":"1"},"items":[)" + pod_json("Pending", "1") + "]}")
    );
    server->answer(scripted_answer(200, event_of("MODIFIED", pod_json("Running", "2"))).then_hangs());
    predicate<pod> const done = runs;
    std::optional<pod> const reached = co_await wait_until(pods_of(server), "p", done, 10s);
    EXPECT_TRUE(reached.has_value());
    EXPECT_EQ(server->journal().size(), 2U);
}

KUBERAY_CO_TEST(WaitUntil, absence_is_known_only_after_the_whole_list)
{
    auto server = std::make_shared<fake_transport>(co_await asio::this_coro::executor);
    server->answer(
        scripted_answer(200, R"({"metadata":{"resourceVersion":"1"},"items":[)" + pod_json("Running", "1") + "]}")
    );
    server->answer(scripted_answer(200, event_of("DELETED", pod_json("Running", "2"))).then_hangs());
    predicate<pod> const done = is_gone;
    std::optional<pod> const reached = co_await wait_until(pods_of(server), "p", done, 10s);
    EXPECT_FALSE(reached.has_value());
    EXPECT_EQ(server->journal().size(), 2U) << "the object was there at first";
}

KUBERAY_CO_TEST(WaitUntil, ends_with_its_limit_or_with_what_the_predicate_throws)
{
    auto server = std::make_shared<fake_transport>(co_await asio::this_coro::executor);
    std::string const none = R"({"metadata":{"resourceVersion":"1"},"items":[]})";
    server->answer(scripted_answer(200, none));
    server->answer(scripted_answer(200, "").then_hangs());
    predicate<pod> const done = runs;
    result<std::optional<pod>> const late = co_await as_result(wait_until(pods_of(server), "p", done, 20ms));
    EXPECT_EQ(late.error().code(), errc::timed_out);
    server->answer(scripted_answer(200, none));
    predicate<pod> const hopeless = [](std::optional<pod> const&) -> bool {
        throw failure(errc::unsatisfiable, "never");
    };
    result<std::optional<pod>> const never = co_await as_result(wait_until(pods_of(server), "p", hopeless, 10s));
    EXPECT_EQ(never.error().code(), errc::unsatisfiable);
}

}  // namespace
}  // namespace kuberay::kube
