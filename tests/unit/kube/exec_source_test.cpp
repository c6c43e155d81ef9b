#include "kube/exec_source.hpp"
#include "support/co_test.hpp"
#include "unit/kube/api_transport_fixture.hpp"
#include "unit/kube/script_folder.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;
using namespace std::chrono_literals;

struct plugin_fixture {
    explicit plugin_fixture(asio::any_io_executor executor)
        : executor(std::move(executor))
        , time(std::make_shared<timestamp>(std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)))
    {
        plugin.api_version = "client.authentication.k8s.io/v1";
        plugin.interactive_mode = "Never";
    }

    // A plugin that counts its runs and gives "token-RUN", with more status fields.
    void counts(std::string const& more = std::string())
    {
        plugin.command = folder.script(
            "plugin",
            "echo run >> " + folder.path("runs") + "\nn=$(wc -l < " + folder.path("runs") + ")\n"
                + R"(printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-%d"%s}}' $n ')"
                + more + "'\n"
        );
    }

    std::size_t runs() const
    {
        std::string const lines = folder.content("runs");
        return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
    }

    std::shared_ptr<exec_source> make() const
    {
        return std::make_shared<exec_source>(executor, plugin, [time = time] { return *time; });
    }

    asio::any_io_executor executor;
    script_folder folder;
    exec_plugin plugin;
    std::shared_ptr<timestamp> time;
};

KUBERAY_CO_TEST(exec_source, fifty_requests_at_once_run_the_plugin_once)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.counts();
    server_fixture server_side(on.executor);
    server_side.parts.credentials = on.make();
    std::vector<task<net::http_response>> requests;
    auto const server = server_side.make();
    for (int i = 0; i < 50; ++i) {
        server_side.over->then(200, "");
        requests.push_back(server->send(net::http_request("GET", "/x")));
    }
    auto const answers = co_await run_all(std::move(requests), 50);
    for (auto const& answer : answers)
        EXPECT_TRUE(answer.has_value()) << answer.error().message();
    EXPECT_EQ(server_side.seen().size(), 50U);
    EXPECT_EQ(server_side.seen().back().fields.get("Authorization"), "Bearer token-1");
    EXPECT_EQ(on.runs(), 1U);
}

KUBERAY_CO_TEST(exec_source, fifty_refusals_at_once_run_the_plugin_once_more)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.counts();
    auto const source = on.make();
    credential_ptr const first = co_await source->get();
    std::vector<task<credential_ptr>> again;
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(source->renew(first));
        again.push_back(source->get());
    }
    auto const answers = co_await run_all(std::move(again), 50);
    EXPECT_EQ(answers.back().value()->authorization, "Bearer token-2");
    EXPECT_EQ(on.runs(), 2U);
    source->renew(first);
    credential_ptr const kept = co_await source->get();
    EXPECT_EQ(kept->authorization, "Bearer token-2");
}

KUBERAY_CO_TEST(exec_source, a_credential_is_kept_until_shortly_before_its_end)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.counts(R"(,"expirationTimestamp":"2026-01-31T00:10:00Z")");
    auto const source = on.make();
    co_await source->get();
    *on.time += 9min + 49s;
    co_await source->get();
    EXPECT_EQ(on.runs(), 1U);
    *on.time += 1s;
    co_await source->get();
    EXPECT_EQ(on.runs(), 2U);
}

KUBERAY_CO_TEST(exec_source, a_short_life_is_used_for_its_most_part)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.counts(R"(,"expirationTimestamp":"2026-01-31T00:00:02Z")");
    auto const source = on.make();
    co_await source->get();
    *on.time += 1s;
    co_await source->get();
    EXPECT_EQ(on.runs(), 1U);
    *on.time += 1s;
    // Expired by our clock even when it is fresh: it is used for this request, and not kept.
    credential_ptr const late = co_await source->get();
    EXPECT_EQ(late->authorization, "Bearer token-2");
    EXPECT_EQ(on.runs(), 2U);
}

KUBERAY_CO_TEST(exec_source, a_failure_names_command_and_exit_code_and_is_tried_again)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.plugin.command = on.folder.script("plugin", "exit 4\n");
    auto const source = on.make();
    auto const failed = co_await as_result(source->get());
    EXPECT_EQ(failed.error().code(), errc::credentials);
    EXPECT_EQ(failed.error().message(), "the credential plugin \"" + on.plugin.command + "\" failed with exit code 4");
    on.counts();
    credential_ptr const made = co_await source->get();
    EXPECT_EQ(made->authorization, "Bearer token-1");
}

KUBERAY_CO_TEST(exec_source, requests_that_wait_share_a_failure)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.plugin.command = on.folder.script("plugin", "echo run >> " + on.folder.path("runs") + "\nexit 4\n");
    auto const source = on.make();
    std::vector<task<credential_ptr>> asked;
    for (int i = 0; i < 10; ++i)
        asked.push_back(source->get());
    auto const answers = co_await run_all(std::move(asked), 10);
    for (auto const& answer : answers)
        EXPECT_TRUE(answer.has_error());
    EXPECT_EQ(on.runs(), 1U);
}

KUBERAY_CO_TEST(exec_source, a_plugin_that_is_not_there_is_explained_by_its_hint)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.plugin.command = "no-such-login-plugin";
    auto const plain = co_await as_result(on.make()->get());
    EXPECT_EQ(plain.error().message(), "the credential plugin \"no-such-login-plugin\" was not found in PATH");
    EXPECT_EQ(plain.error().hint(), "Install it, or choose another user in the kubeconfig.");
    on.plugin.install_hint = "Get it from the tool page.";
    auto const hinted = co_await as_result(on.make()->get());
    EXPECT_EQ(hinted.error().hint(), "Get it from the tool page.");
}

KUBERAY_CO_TEST(exec_source, a_plugin_that_hangs_is_ended_with_its_request_and_the_next_starts_it_anew)
{
    plugin_fixture on(co_await asio::this_coro::executor);
    on.plugin.command = on.folder.script("plugin", "exec sleep 1000\n");
    auto const source = on.make();
    std::vector<task<credential_ptr>> asked;
    asked.push_back(with_timeout(50ms, source->get()));
    asked.push_back(with_timeout(100ms, source->get()));
    auto const answers = co_await run_all(std::move(asked), 2);
    EXPECT_EQ(answers[0].error().code(), errc::timed_out);
    EXPECT_EQ(answers[1].error().code(), errc::timed_out);
    on.counts();
    credential_ptr const made = co_await source->get();
    EXPECT_EQ(made->authorization, "Bearer token-1");
}

KUBERAY_CO_TEST(exec_source, a_new_client_certificate_replaces_the_transport)
{
    server_fixture on(co_await asio::this_coro::executor);
    std::vector<net::connect_options> connected;
    on.parts.connect = [&connected, over = on.over](net::connect_options options) {
        connected.push_back(std::move(options));
        return over;
    };
    transport_slot slot(net::connect_options(), on.parts.connect);
    credential first;
    first.client_certificate_pem = "c1";
    first.client_key_pem = "k1";
    slot.for_credential(first);
    slot.for_credential(first);
    EXPECT_EQ(connected.size(), 1U);
    EXPECT_EQ(on.over->drops(), 0);
    credential second = first;
    second.client_certificate_pem = "c2";
    slot.for_credential(second);
    EXPECT_EQ(connected.size(), 2U);
    EXPECT_EQ(connected.back().tls.client_certificate_pem, "c2");
    EXPECT_EQ(connected.back().tls.client_key_pem, "k1");
    EXPECT_EQ(on.over->drops(), 1);
}

}  // namespace
