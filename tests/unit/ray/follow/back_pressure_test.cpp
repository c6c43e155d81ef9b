#include "support/co_test.hpp"

#include <kuberay/ray/follow_logs.hpp>

#include <memory>
#include <string>

namespace kuberay::ray {
namespace {

using namespace std::chrono_literals;

/// An API server with one head whose log never ends; counts the lines that were read of it.
class endless_server : public net::transport {
public:
    explicit endless_server(asio::any_io_executor executor)
        : executor_(std::move(executor))
    {
    }

    asio::any_io_executor get_executor() const noexcept override { return executor_; }
    task<net::http_response> send(net::http_request request) override { return answer(lines, request.target); }
    task<net::upgrade_result> upgrade(net::http_request) override { return none(); }
    void drop_idle() noexcept override {}

    std::shared_ptr<std::size_t> const lines = std::make_shared<std::size_t>(0);

private:
    class log : public net::http_response::body_reader {
    public:
        explicit log(std::shared_ptr<std::size_t> count)
            : count_(std::move(count))
        {
        }

        task<std::string> next() override
        {
            ++*count_;
            co_return "2026-01-31T12:00:00.5Z line\n";
        }

    private:
        std::shared_ptr<std::size_t> count_;
    };

    class text : public net::http_response::body_reader {
    public:
        text(std::string whole, bool hangs)
            : whole_(std::move(whole))
            , hangs_(hangs)
        {
        }

        task<std::string> next() override
        {
            if (whole_.empty() && hangs_) co_await sleep_for(1h);
            std::string const now = std::exchange(whole_, std::string());
            co_return now;
        }

    private:
        std::string whole_;
        bool hangs_;
    };

    static task<net::http_response> answer(std::shared_ptr<std::size_t> count, std::string target)
    {
        if (target.find("/log") != std::string::npos)
            co_return net::http_response(200, net::http_fields(), std::make_shared<log>(count));
        std::string const pod =
            R"({"metadata":{"name":"p","namespace":"default","uid":"u","resourceVersion":"1","labels":{"ray.io/node-type":"head"}},)"
            R"("spec":{"containers":[{"name":"ray"}]},"status":{"phase":"Running"}})";
        std::string const cluster =
            R"({"metadata":{"name":"demo","namespace":"default","uid":"c","resourceVersion":"1"},"spec":{}})";
        bool const is_watch = target.find("watch=true") != std::string::npos;
        bool const is_list = target.find("Selector=") != std::string::npos;
        std::string body = target.find("/rayclusters") != std::string::npos ? cluster : pod;
        if (is_list) body = R"({"metadata":{"resourceVersion":"1"},"items":[)" + body + "]}";
        if (is_watch) body.clear();
        auto reader = std::make_shared<text>(std::move(body), is_watch);
        co_return net::http_response(200, net::http_fields(), std::move(reader));
    }

    static task<net::upgrade_result> none() { co_return net::upgrade_result(); }

    asio::any_io_executor executor_;
};

KUBERAY_CO_TEST(FollowLogs, reads_no_further_than_its_bound_while_nobody_takes_lines)
{
    auto const server = std::make_shared<endless_server>(co_await asio::this_coro::executor);
    kube::client_options over;
    over.transport = server;
    kube::client const on(server->get_executor(), kube::config(), over);
    cluster_log_follower follower(on, "default", "demo", follow_logs_options());
    std::optional<node_log_line> line = co_await follower.next();
    EXPECT_TRUE(line.has_value());
    // Time for more, if it were not held back: it stands still as soon as it is full.
    std::size_t before = 0;
    while (before != *server->lines) {
        before = *server->lines;
        co_await sleep_for(20ms);
    }
    EXPECT_GT(before, 100U);
    EXPECT_LT(before, 1100U);
    for (int i = 0; i < 3000; ++i)
        line = co_await follower.next();
    EXPECT_TRUE(line && line->line.text == "line");
    EXPECT_GT(*server->lines, 3000U);
    EXPECT_LT(*server->lines, 4200U);
}

}  // namespace
}  // namespace kuberay::ray
