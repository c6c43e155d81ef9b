#pragma once

#include "kube/log_follower.hpp"
#include "support/fake_transport.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::kube::follow_scene {

using test::fake_transport;
using test::scripted_answer;
using namespace std::chrono_literals;

inline std::string const pod_path = "/api/v1/namespaces/x/pods/p";
inline std::string const first_line = "2026-01-31T12:00:05.500000001Z one\n";
inline std::string const second_line = "2026-01-31T12:00:05.500000002Z two \xc3\xa4\n";
inline std::string const third_line = "2026-01-31T12:00:07.500000000Z three\n";

inline error lost() { return error(errc::connection_lost, "cut"); }

inline scripted_answer refusal(int code, std::string const& reason, std::string const& message)
{
    return scripted_answer(
        code, R"({"kind":"Status","status":"Failure","code":)" + std::to_string(code) + R"(,"reason":")" + reason
                  + R"(","message":")" + message + R"(","details":{"name":"p","kind":"pods"}})"
    );
}

/// `state`: "running", "terminated", "waiting", or "crashing" (waits after a run).
inline std::string
pod_json(std::string const& state, int restarts = 0, std::string const& uid = "u", std::string const& version = "5")
{
    std::string const now = state == "crashing" ? "waiting" : state;
    std::string const last = state == "crashing" ? R"("lastState":{"terminated":{"exitCode":1}},)" : "";
    return R"({"metadata":{"name":"p","namespace":"x","uid":")" + uid + R"(","resourceVersion":")" + version + R"("},)"
           + R"("spec":{"containers":[{"name":"ray"}]},"status":{"phase":"Running","containerStatuses":[{"name":"ray",)"
           + last + R"("restartCount":)" + std::to_string(restarts) + R"(,"state":{")" + now + R"(":{}}}]}})";
}

/// A follower over a scripted server; waiting takes no time.
class scene {
public:
    explicit scene(asio::any_io_executor executor, log_follow_options options = log_follow_options())
        : server(std::make_shared<fake_transport>(executor))
        , follower_(make(std::move(executor), std::move(options)))
    {
    }

    scene(scene const&) = delete;
    scene& operator=(scene const&) = delete;

    scene& pod(std::string const& state, int restarts = 0, std::string const& uid = "u")
    {
        return answer(scripted_answer(200, pod_json(state, restarts, uid)));
    }

    scene& log(std::string const& body) { return answer(scripted_answer(200, body, "text/plain")); }

    scene& cut_log(std::string const& body)
    {
        return answer(scripted_answer(200, body, "text/plain").then_fails(lost()));
    }

    scene& gone() { return answer(refusal(404, "NotFound", "pods \\\"p\\\" not found")); }

    scene& answer(scripted_answer with)
    {
        server->answer(std::move(with));
        return *this;
    }

    task<std::optional<log_line>> next() { return follower_.next(); }

    /// Every line to the end; parts with a `+` behind them.
    task<std::vector<std::string>> all()
    {
        std::vector<std::string> texts;
        for (;;) {
            std::optional<log_line> const line = co_await follower_.next();
            if (!line) co_return texts;
            texts.push_back(line->text + (line->more ? "+" : ""));
        }
    }

    /// Requests in short: "pod", "follow SINCE", "rest", "tail 3".
    std::vector<std::string> asked() const
    {
        std::vector<std::string> words;
        for (auto const& request : server->journal()) {
            std::string const& target = request.target;
            if (target == pod_path) {
                words.push_back("pod");
                continue;
            }
            if (target.find("/log") == std::string::npos) {
                words.push_back(target.find("watch=true") == std::string::npos ? "list" : "watch");
                continue;
            }
            std::string word = target.find("follow=true") != std::string::npos ? "follow" : "rest";
            if (target.find("previous=true") != std::string::npos) word = "previous";
            for (std::string const key : {"tailLines=", "sinceSeconds=", "sinceTime=2026-01-31T12%3A"}) {
                auto const at = target.find(key);
                if (at == std::string::npos) continue;
                auto const from = at + key.size();
                word += " " + key.substr(0, 4) + target.substr(from, target.find('&', from) - from);
            }
            words.push_back(word);
        }
        return words;
    }

    std::shared_ptr<fake_transport> server;
    std::vector<error> reconnects;
    std::vector<std::chrono::milliseconds> waits;

private:
    log_follower make(asio::any_io_executor executor, log_follow_options options)
    {
        options.on_reconnect = [this](error const& cause) { reconnects.push_back(cause); };
        client_options over;
        over.transport = server;
        watch_environment environment;
        environment.random = [] { return 0.0; };
        environment.sleep = [this](watch_environment::clock::duration time) {
            waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time));
            return nothing();
        };
        return log_follower(std::make_shared<log_follower::implementation>(
            client(std::move(executor), config(), over), "x", "p", std::move(options), environment
        ));
    }

    static task<void> nothing() { co_return; }

    log_follower follower_;
};

}  // namespace kuberay::kube::follow_scene
