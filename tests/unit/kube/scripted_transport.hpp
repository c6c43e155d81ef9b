#pragma once

#include <kuberay/net/http.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::kube::test {

/// An answer, or a failure to get one.
struct scripted_answer {
    scripted_answer() = default;

    scripted_answer(int status, std::string body, std::vector<std::pair<std::string, std::string>> const& more = {})
        : status(status)
        , body(std::move(body))
    {
        for (auto const& [name, value] : more)
            fields.add(name, value);
    }

    int status = 0;  ///< 0: `thrown` is thrown, or the request hangs when there is none
    net::http_fields fields;
    std::string body;
    error thrown;
};

/// A transport that gives the answers it was told, in order, and keeps what it was sent.
class scripted_transport final : public net::transport {
public:
    explicit scripted_transport(asio::any_io_executor executor)
        : executor_(std::move(executor))
        , script_(std::make_shared<script>())
    {
    }

    void then(scripted_answer answer) { script_->answers.push_back(std::move(answer)); }

    void then(int status, std::string body, std::vector<std::pair<std::string, std::string>> const& more = {})
    {
        then(scripted_answer(status, std::move(body), more));
    }

    std::vector<net::http_request> const& seen() const noexcept { return script_->seen; }

    int drops() const noexcept { return drops_; }

    asio::any_io_executor get_executor() const noexcept override { return executor_; }

    task<net::http_response> send(net::http_request request) override { return answer(script_, std::move(request)); }

    task<net::upgrade_result> upgrade(net::http_request request) override
    {
        return switched(script_, std::move(request));
    }

    void drop_idle() noexcept override { ++drops_; }

private:
    struct script {
        std::deque<scripted_answer> answers;
        std::vector<net::http_request> seen;
    };

    class whole_body final : public net::http_response::body_reader {
    public:
        explicit whole_body(std::string text)
            : text_(std::move(text))
        {
        }

        task<std::string> next() override { return give(std::exchange(text_, std::string())); }

    private:
        static task<std::string> give(std::string text) { co_return text; }

        std::string text_;
    };

    static task<net::http_response> answer(std::shared_ptr<script> on, net::http_request request)
    {
        on->seen.push_back(std::move(request));
        if (on->answers.empty()) throw failure(errc::unexpected, "the script has no more answers");
        scripted_answer next = std::move(on->answers.front());
        on->answers.pop_front();
        if (next.thrown) throw failure(next.thrown);
        while (next.status == 0)
            co_await sleep_for(std::chrono::hours(1));
        auto body = std::make_shared<whole_body>(std::move(next.body));
        co_return net::http_response(next.status, std::move(next.fields), std::move(body));
    }

    static task<net::upgrade_result> switched(std::shared_ptr<script> on, net::http_request request)
    {
        net::upgrade_result made;
        made.response = co_await answer(on, std::move(request));
        co_return made;
    }

    asio::any_io_executor executor_;
    std::shared_ptr<script> script_;
    int drops_ = 0;
};

}  // namespace kuberay::kube::test
