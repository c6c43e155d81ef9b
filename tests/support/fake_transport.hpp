#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/net/http.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::test {

/// What a scripted server answers to one request.
struct scripted_answer {
    scripted_answer() = default;

    scripted_answer(int status, std::string body, std::string content_type = "application/json")
        : status(status)
    {
        fields.set("Content-Type", std::move(content_type));
        if (!body.empty()) pieces.push_back(std::move(body));
    }

    scripted_answer& with_field(std::string name, std::string value)
    {
        fields.add(std::move(name), std::move(value));
        return *this;
    }

    /// Body pieces as they arrive, one `read_some` each.
    scripted_answer& in_pieces(std::vector<std::string> of_body)
    {
        pieces = std::move(of_body);
        return *this;
    }

    /// The body ends with this error instead of its proven end.
    scripted_answer& then_fails(kuberay::error with)
    {
        body_error = std::move(with);
        return *this;
    }

    /// After the pieces nothing more comes.
    scripted_answer& then_hangs()
    {
        hangs = true;
        return *this;
    }

    /// No answer at all: the send fails.
    static scripted_answer send_fails(kuberay::error with)
    {
        scripted_answer made;
        made.send_error = std::move(with);
        return made;
    }

    int status = 200;
    net::http_fields fields;
    std::vector<std::string> pieces;
    std::optional<kuberay::error> send_error, body_error;
    bool hangs = false;
};

/// A `net::transport` that answers from a script and keeps a journal. Each request takes the first rule left that
/// matches it; a request without rule fails. To be made within a test's coroutine and used from its executor.
class fake_transport : public net::transport {
public:
    using matcher = std::function<bool(net::http_request const&)>;

    explicit fake_transport(asio::any_io_executor executor)
        : executor_(executor)
        , sent_(std::move(executor))
    {
    }

    /// Answers the next request whatever it is.
    void answer(scripted_answer with)
    {
        rules_.push_back({[](net::http_request const&) { return true; }, std::move(with)});
    }

    /// Answers the next request of this method and exact target.
    void answer(std::string method, std::string target, scripted_answer with)
    {
        answer_if(
            [method = std::move(method), target = std::move(target)](net::http_request const& r) {
                return r.method == method && r.target == target;
            },
            std::move(with)
        );
    }

    void answer_if(matcher when, scripted_answer with) { rules_.push_back({std::move(when), std::move(with)}); }

    /// Every request sent, in order.
    std::vector<net::http_request> const& journal() const noexcept { return journal_; }

    /// Suspends until there were so many. Lifetime: this outlives the task.
    task<void> reached(std::size_t requests)
    {
        while (journal_.size() < requests)
            co_await sent_.wait();
    }

    /// "GET /api/v1/pods?limit=1" of each request.
    std::vector<std::string> lines() const
    {
        std::vector<std::string> written;
        for (auto const& request : journal_)
            written.push_back(request.method + " " + request.target);
        return written;
    }

    bool is_used_up() const noexcept { return rules_.empty(); }
    int drops() const noexcept { return drops_; }

    asio::any_io_executor get_executor() const noexcept override { return executor_; }
    task<net::http_response> send(net::http_request request) override { return respond(take(std::move(request))); }
    task<net::upgrade_result> upgrade(net::http_request request) override { return refuse(take(std::move(request))); }
    void drop_idle() noexcept override { ++drops_; }

private:
    struct rule {
        matcher when;
        scripted_answer with;
    };

    class scripted_body : public net::http_response::body_reader {
    public:
        explicit scripted_body(scripted_answer from)
            : from_(std::move(from))
        {
        }

        task<std::string> next() override
        {
            while (at_ < from_.pieces.size()) {
                std::string piece = from_.pieces[at_++];
                if (!piece.empty()) co_return piece;
            }
            if (from_.hangs) co_await sleep_for(std::chrono::hours(24));
            if (from_.body_error) throw failure(*from_.body_error);
            co_return std::string();
        }

    private:
        scripted_answer from_;
        std::size_t at_ = 0;
    };

    scripted_answer take(net::http_request request)
    {
        journal_.push_back(std::move(request));
        sent_.notify_all();
        auto const& sent = journal_.back();
        for (auto at = rules_.begin(); at != rules_.end(); ++at) {
            if (!at->when(sent)) continue;
            scripted_answer chosen = std::move(at->with);
            rules_.erase(at);
            return chosen;
        }
        return scripted_answer::send_fails(
            error(errc::unexpected, "no answer is scripted for " + sent.method + " " + sent.target)
        );
    }

    static task<net::http_response> respond(scripted_answer with)
    {
        if (with.send_error) throw failure(*with.send_error);
        int const status = with.status;
        net::http_fields fields = with.fields;
        auto body = std::make_shared<scripted_body>(std::move(with));
        co_return net::http_response(status, std::move(fields), std::move(body));
    }

    static task<net::upgrade_result> refuse(scripted_answer with)
    {
        task<net::http_response> responding = respond(std::move(with));
        net::upgrade_result refused;
        refused.response = co_await std::move(responding);
        co_return refused;
    }

    asio::any_io_executor executor_;
    condition sent_;
    std::deque<rule> rules_;
    std::vector<net::http_request> journal_;
    int drops_ = 0;
};

}  // namespace kuberay::test
