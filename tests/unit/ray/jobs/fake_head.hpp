#pragma once

#include "net/websocket_stream.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/ray/job_client.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::ray {

/// A dashboard with one job "j", as a transport: the test says what the job does, and what goes wrong.
class fake_head : public net::transport {
public:
    explicit fake_head(asio::any_io_executor executor)
        : state_(std::make_shared<state>(std::move(executor)))
    {
    }

    void print(std::string const& bytes)
    {
        state_->log += bytes;
        state_->changed.notify_all();
    }

    void become(std::string status, std::string message = std::string())
    {
        state_->status = std::move(status);
        state_->message = std::move(message);
        state_->changed.notify_all();
    }

    void forget_job() { state_->status.clear(); }
    void choose_node(std::string id) { state_->node = std::move(id); }
    void set_piece_size(std::size_t bytes) { state_->piece_size = bytes; }

    /// What the next `times` requests whose target begins so come to.
    void refuse(std::string target, int status, std::string body, int times = 1)
    {
        fault one;
        one.status = status;
        one.body = std::move(body);
        add(std::move(target), one, times);
    }

    void lose(std::string target, int times = 1) { add(std::move(target), fault(), times); }

    void cut(std::string target, std::size_t after_bytes, int times = 1)
    {
        fault one;
        one.status = 200;
        one.cut_after = after_bytes;
        add(std::move(target), one, times);
    }

    /// Bytes of bodies taken so far.
    std::uint64_t given() const noexcept { return state_->given; }

    /// Requests so far whose target begins so.
    std::size_t requests(std::string const& target) const
    {
        auto const begins = [&](std::string const& each) { return each.starts_with(target); };
        return static_cast<std::size_t>(std::count_if(state_->journal.begin(), state_->journal.end(), begins));
    }

    /// Suspends until there were so many.
    task<void> reached(std::string target, std::size_t count) const
    {
        return wait_for(state_, std::move(target), count);
    }

    asio::any_io_executor get_executor() const noexcept override { return state_->executor; }
    task<net::http_response> send(net::http_request request) override { return respond(state_, std::move(request)); }
    task<net::upgrade_result> upgrade(net::http_request request) override { return tail(state_, std::move(request)); }
    void drop_idle() noexcept override {}

private:
    struct fault {
        int status = 0;  // 0: the connection is lost; 200: cut
        std::string body;
        std::size_t cut_after = 0;
    };

    struct state {
        explicit state(asio::any_io_executor on)
            : executor(on)
            , changed(std::move(on))
        {
        }

        bool is_finished() const { return status == "SUCCEEDED" || status == "FAILED" || status == "STOPPED"; }

        asio::any_io_executor executor;
        condition changed;
        std::string status = "RUNNING", message, node = "0a1b", log;
        std::size_t piece_size = 7;
        std::uint64_t given = 0;
        std::map<std::string, std::deque<fault>> faults;
        std::vector<std::string> journal;
    };

    using state_ptr = std::shared_ptr<state>;

    void add(std::string target, fault const& one, int times)
    {
        for (int i = 0; i < times; ++i)
            state_->faults[target].push_back(one);
    }

    static std::optional<fault> take_fault(state& on, std::string const& target)
    {
        on.journal.push_back(target);
        on.changed.notify_all();
        for (auto& [prefix, waiting] : on.faults) {
            if (!target.starts_with(prefix) || waiting.empty()) continue;
            fault const first = waiting.front();
            waiting.pop_front();
            return first;
        }
        return std::nullopt;
    }

    static task<void> wait_for(state_ptr on, std::string target, std::size_t count)
    {
        auto const begins = [&](std::string const& each) { return each.starts_with(target); };
        while (std::count_if(on->journal.begin(), on->journal.end(), begins) < static_cast<std::ptrdiff_t>(count))
            co_await on->changed.wait();
    }

    /// A body made of the log as it is, or as it grows.
    class log_body : public net::http_response::body_reader {
    public:
        log_body(state_ptr on, std::string fixed, bool grows, std::optional<std::size_t> cut_after)
            : on_(std::move(on))
            , fixed_(std::move(fixed))
            , grows_(grows)
            , cut_after_(cut_after)
        {
        }

        task<std::string> next() override
        {
            for (;;) {
                std::string const& all = grows_ ? on_->log : fixed_;
                std::size_t const end = std::min(all.size(), cut_after_.value_or(all.size()));
                if (at_ < end) {
                    std::string piece = all.substr(at_, std::min(on_->piece_size, end - at_));
                    at_ += piece.size();
                    on_->given += piece.size();
                    co_return piece;
                }
                if (cut_after_ && at_ >= *cut_after_) throw failure(errc::connection_lost, "the body was cut");
                if (!grows_) co_return std::string();
                co_await on_->changed.wait();
            }
        }

    private:
        state_ptr on_;
        std::string fixed_;
        bool grows_;
        std::optional<std::size_t> cut_after_;
        std::size_t at_ = 0;
    };

    // As Ray decodes a log: universal newlines.
    static std::string text_of(std::string const& log)
    {
        std::string text;
        for (std::size_t i = 0; i < log.size(); ++i) {
            if (log[i] != '\r') text += log[i];
            if (log[i] == '\r' && (i + 1 == log.size() || log[i + 1] != '\n')) text += '\n';
        }
        return text;
    }

    static std::string job_of(state const& on)
    {
        json::object job;
        job["type"] = "SUBMISSION";
        job["submission_id"] = "j";
        job["status"] = on.status;
        job["message"] = on.message;
        job["entrypoint"] = "run me";
        if (on.status != "PENDING" && !on.node.empty()) job["driver_node_id"] = on.node;
        return kuberay::to_json(job);
    }

    static net::http_response answer(
        state_ptr const& on, int status, std::string body, bool grows = false,
        std::optional<std::size_t> cut_after = std::nullopt
    )
    {
        net::http_fields fields;
        fields.set("Content-Type", "text/plain");
        return net::http_response(
            status, std::move(fields), std::make_shared<log_body>(on, std::move(body), grows, cut_after)
        );
    }

    static task<net::http_response> respond(state_ptr on, net::http_request request)
    {
        std::string const& target = request.target;
        std::optional<fault> const wrong = take_fault(*on, target);
        if (wrong && wrong->status == 0) throw failure(errc::connection_lost, "the connection was lost");
        if (wrong && wrong->status != 200) co_return answer(on, wrong->status, wrong->body);
        std::optional<std::size_t> const cut_after = wrong ? std::optional(wrong->cut_after) : std::nullopt;
        if (on->status.empty()) co_return answer(on, 404, "Job j does not exist");
        if (target == "/api/jobs/j") co_return answer(on, 200, job_of(*on));
        if (target.starts_with("/api/v0/logs/stream?")) co_return answer(on, 200, std::string(), true, cut_after);
        if (target.starts_with("/api/v0/logs/file?")) co_return answer(on, 200, on->log, false, cut_after);
        if (target == "/api/jobs/j/logs") {
            json::object whole;
            whole["logs"] = text_of(on->log);
            co_return answer(on, 200, kuberay::to_json(whole), false, cut_after);
        }
        co_return answer(on, 404, "404: Not Found");
    }

    static task<void> play_tail(state_ptr on, std::shared_ptr<net::websocket> socket)
    {
        for (std::size_t sent = 0;;) {
            std::string const text = text_of(on->log);
            if (sent < text.size()) {
                co_await socket->write(text.substr(sent));
                sent = text.size();
                continue;
            }
            if (on->is_finished()) break;
            co_await on->changed.wait();
        }
        co_await socket->close();
    }

    static task<net::upgrade_result> tail(state_ptr on, net::http_request request)
    {
        std::optional<fault> const wrong = take_fault(*on, request.target);
        if (wrong && wrong->status == 0) throw failure(errc::connection_lost, "the connection was lost");
        net::upgrade_result made;
        if (wrong || request.target != "/api/jobs/j/logs/tail") {
            made.response = answer(on, wrong ? wrong->status : 404, wrong ? wrong->body : "404: Not Found");
            co_return made;
        }
        net::http_fields fields;
        fields.set("Upgrade", "websocket");
        fields.set("Sec-WebSocket-Accept", net::websocket_accept_key(request.fields.get("Sec-WebSocket-Key")));
        made.response = net::http_response(101, std::move(fields), nullptr);
        auto ends = net::make_stream_pair(on->executor);
        made.stream = std::move(ends.first);
        auto const socket = std::make_shared<net::websocket>(
            net::make_websocket(std::move(ends.second), net::websocket_role::server, std::string(), 1 << 20)
        );
        async_run(on->executor, play_tail(on, socket), [socket](result<void>) {});
        co_return made;
    }

    state_ptr state_;
};

}  // namespace kuberay::ray
