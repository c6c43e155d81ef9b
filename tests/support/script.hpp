#pragma once

#include <kuberay/base/async_run.hpp>
#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kuberay::test {

/// What a peer does on one connection, step by step. A value.
///
///     script().expect_write("GET / HTTP/1.1\r\n").expect_write_to("\r\n\r\n").reply("HTTP/1.1 204 No Content\r\n\r\n")
class script {
public:
    /// Reads exactly these bytes; others fail the test.
    script& expect_write(std::string bytes) { return add(action::expect, std::move(bytes)); }

    /// Reads any bytes until `end` was among them.
    script& expect_write_to(std::string end) { return add(action::expect_to, std::move(end)); }

    script& reply(std::string bytes) { return add(action::reply, std::move(bytes)); }

    /// The connection ends here. Without it the peer stays, silently, after the last step.
    script& lose() { return add(action::lose, std::string()); }

    /// The steps of `next` behind these.
    script& then(script const& next)
    {
        steps_.insert(steps_.end(), next.steps_.begin(), next.steps_.end());
        return *this;
    }

    std::string const& name() const noexcept { return name_; }

    /// The same exchange, with the connection lost before, in and near the end of each step in turn. Each has a name.
    std::vector<script> failing() const
    {
        std::vector<script> variants;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            auto const& [does, bytes] = steps_[i];
            if (does == action::lose) continue;
            std::set<std::size_t> cuts{0};
            if (does != action::expect_to && bytes.size() > 1) cuts.insert({1, bytes.size() / 2, bytes.size() - 1});
            for (std::size_t const cut : cuts) {
                script variant;
                variant.steps_.assign(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(i));
                if (cut > 0) variant.add(does, bytes.substr(0, cut));
                variant.lose();
                variant.name_ = (does == action::reply ? "lost in reply " : "lost in write ") + std::to_string(i)
                                + " after " + std::to_string(cut) + " of " + std::to_string(bytes.size()) + " bytes";
                variants.push_back(std::move(variant));
            }
        }
        return variants;
    }

    /// Plays the peer on `stream`, and returns the stream as it is left.
    static task<net::byte_stream> play(net::byte_stream stream, script what)
    {
        std::string unread;
        for (auto& [does, bytes] : what.steps_) {
            if (does == action::reply) {
                task<void> writing = net::write_all(&stream, bytes);
                co_await as_result(std::move(writing));
                continue;
            }
            if (does == action::lose) {
                stream.close();
                co_return stream;
            }
            while (does == action::expect ? unread.size() < bytes.size() : unread.find(bytes) == std::string::npos) {
                task<std::string> reading = net::read_some(&stream, wanted(does, bytes, unread));
                result<std::string> piece = co_await as_result(std::move(reading));
                if (piece.has_error() || piece->empty()) co_return stream;
                unread += *piece;
            }
            if (does == action::expect && unread != bytes)
                ADD_FAILURE() << "the peer was sent\n" << unread << "\ninstead of\n" << bytes;
            unread.clear();
        }
        co_return stream;
    }

private:
    enum class action { expect, expect_to, reply, lose };

    struct step {
        action does = action::lose;
        std::string bytes;
    };

    // Never more than the step needs, so that a lost connection leaves the rest unread.
    static std::size_t wanted(action does, std::string const& bytes, std::string const& unread)
    {
        return does == action::expect ? bytes.size() - unread.size() : 1;
    }

    script& add(action does, std::string bytes)
    {
        step one;
        one.does = does;
        one.bytes = std::move(bytes);
        steps_.push_back(std::move(one));
        return *this;
    }

    std::vector<step> steps_;
    std::string name_ = "whole";
};

/// A server that plays one script for each connection made to it, in order; refuses when there is none left.
class scripted_server {
public:
    explicit scripted_server(asio::any_io_executor executor, std::size_t capacity = 65536)
        : state_(std::make_shared<state>(executor))
    {
        state_->capacity = capacity;
    }

    void add(script next) { state_->scripts.push_back(std::move(next)); }

    /// Connections made so far.
    std::size_t dialled() const noexcept { return state_->dialled; }

    /// Waits until `count` scripts were played to their end.
    task<void> ended(std::size_t count) const { return wait_for_ends(state_, count); }

    /// A dial function for what is tested.
    std::function<task<net::byte_stream>()> dialer() const
    {
        return [on = state_] { return connect(on); };
    }

private:
    struct state {
        explicit state(asio::any_io_executor on)
            : executor(on)
            , changed(std::move(on))
        {
        }

        asio::any_io_executor executor;
        condition changed;
        std::size_t ended = 0;
        std::size_t capacity = 0;
        std::deque<script> scripts;
        std::size_t dialled = 0;
        std::vector<net::byte_stream> left;
    };

    static task<void> wait_for_ends(std::shared_ptr<state> on, std::size_t count)
    {
        while (on->ended < count)
            co_await on->changed.wait();
    }

    static task<net::byte_stream> connect(std::shared_ptr<state> on)
    {
        if (on->scripts.empty()) throw failure(error_code(asio::error::connection_refused), "connecting to the script");
        ++on->dialled;
        auto ends = net::make_stream_pair(on->executor, on->capacity);
        task<net::byte_stream> peer = script::play(std::move(ends.second), std::move(on->scripts.front()));
        on->scripts.pop_front();
        auto const ended = [on](result<net::byte_stream> stream) {
            if (stream.has_value()) on->left.push_back(std::move(*stream));
            ++on->ended;
            on->changed.notify_all();
        };
        async_run(on->executor, std::move(peer), ended);
        co_return std::move(ends.first);
    }

    std::shared_ptr<state> state_;
};

}  // namespace kuberay::test
