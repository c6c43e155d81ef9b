#include "support/co_test.hpp"

#include <kuberay/ray/follow_logs.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace kuberay::ray {
namespace {

/// Lines that were read of a log that has no end, and those that somebody took.
struct line_count {
    explicit line_count(asio::any_io_executor executor)
        : changed(std::move(executor))
    {
    }

    std::size_t ahead() const noexcept { return read - taken; }

    std::size_t read = 0, taken = 0, most_ahead = 0;
    condition changed;
};

constexpr std::size_t no_bound = 100'000;  // further ahead than any bound: the log stops here, so that the test can end

/// An API server with one head whose log never ends.
class endless_server : public net::transport {
public:
    explicit endless_server(asio::any_io_executor executor)
        : lines(std::make_shared<line_count>(executor))
        , executor_(std::move(executor))
    {
    }

    asio::any_io_executor get_executor() const noexcept override { return executor_; }
    task<net::http_response> send(net::http_request request) override { return answer(lines, request.target); }
    task<net::upgrade_result> upgrade(net::http_request) override { return none(); }
    void drop_idle() noexcept override {}

    /// Waits until it was read so far ahead of what was taken.
    static task<void> reached(std::shared_ptr<line_count> lines, std::size_t ahead)
    {
        while (lines->ahead() < ahead)
            co_await lines->changed.wait();
    }

    std::shared_ptr<line_count> const lines;

private:
    class log : public net::http_response::body_reader {
    public:
        explicit log(std::shared_ptr<line_count> count)
            : count_(std::move(count))
        {
        }

        task<std::string> next() override
        {
            ++count_->read;
            count_->most_ahead = std::max(count_->most_ahead, count_->ahead());
            count_->changed.notify_all();
            while (count_->ahead() > no_bound)
                co_await count_->changed.wait();
            co_return "2026-01-31T12:00:00.5Z line\n";
        }

    private:
        std::shared_ptr<line_count> count_;
    };

    class text : public net::http_response::body_reader {
    public:
        text(std::string whole, std::optional<condition> hangs)
            : whole_(std::move(whole))
            , hangs_(std::move(hangs))
        {
        }

        task<std::string> next() override
        {
            while (whole_.empty() && hangs_)
                co_await hangs_->wait();
            std::string const now = std::exchange(whole_, std::string());
            co_return now;
        }

    private:
        std::string whole_;
        std::optional<condition> hangs_;  // nobody notifies it
    };

    static task<net::http_response> answer(std::shared_ptr<line_count> count, std::string target)
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
        std::optional<condition> hangs;
        if (is_watch) hangs.emplace(co_await asio::this_coro::executor);
        auto reader = std::make_shared<text>(std::move(body), std::move(hangs));
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
    for (int i = 0; i < 4000; ++i) {
        std::optional<node_log_line> const line = co_await follower.next();
        EXPECT_TRUE(line && line->line.text == "line");
        ++server->lines->taken;
        server->lines->changed.notify_all();
        // It reads ahead as far as its bound again and again, each time as soon as it may, and never further.
        if (i % 1000 == 0) co_await endless_server::reached(server->lines, 1000);
    }
    EXPECT_LT(server->lines->most_ahead, 1100U);
}

}  // namespace
}  // namespace kuberay::ray
