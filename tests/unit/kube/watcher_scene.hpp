#pragma once

#include "kube/watcher.hpp"
#include "support/fake_transport.hpp"

#include <kuberay/base/json.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::kube::watcher_scene {

using test::fake_transport;
using test::scripted_answer;
using namespace std::chrono_literals;

inline resource_type const ray_cluster("ray.io", "v1", "RayCluster", "rayclusters");
inline std::string const path = "/apis/ray.io/v1/namespaces/x/rayclusters";

inline std::string meta(std::string const& name, std::string const& version, std::string const& uid)
{
    return R"({"metadata":{"name":")" + name + R"(","namespace":"x","uid":")" + uid + R"(","resourceVersion":")"
           + version + R"("}})";
}

inline std::string list_of(std::string const& items, std::string const& version)
{
    return R"({"metadata":{"resourceVersion":")" + version + R"("},"items":[)" + items + "]}";
}

inline std::string event(std::string const& type, std::string const& object)
{
    return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

inline std::string const bookmark_20 = event("BOOKMARK", R"({"metadata":{"resourceVersion":"20"}})");
inline std::string const expired = R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})";

inline scripted_answer hanging(std::string const& events) { return scripted_answer(200, events).then_hangs(); }

inline scripted_answer refusal(int code, std::string const& reason, std::string const& details = "{}")
{
    return scripted_answer(
        code, R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"reason":")" + reason
                  + R"(","message":"no","details":)" + details + "}"
    );
}

/// A watcher over a scripted server, with a clock that only moves when someone waits.
class scene {
public:
    explicit scene(asio::any_io_executor executor, watch_params params = watch_params())
        : server(std::make_shared<fake_transport>(executor))
        , watcher_(make(std::move(executor), std::move(params)))
    {
        watcher_.on_reconnect([this](error const& cause) { reconnects.push_back(cause); });
    }

    scene(scene const&) = delete;
    scene& operator=(scene const&) = delete;

    /// The next event as "added a@1".
    task<std::string> next()
    {
        raw_event const got = co_await watcher_.next();
        if (got.change == change::synced) co_return "synced";
        std::string word = got.change == change::added     ? "added"
                           : got.change == change::deleted ? "deleted"
                                                           : "modified";
        word += " ";
        word += string_at(got.object, "metadata.name");
        word += "@";
        word += string_at(got.object, "metadata.resourceVersion");
        co_return word;
    }

    task<std::vector<std::string>> next(std::size_t count)
    {
        std::vector<std::string> words;
        for (std::size_t i = 0; i < count; ++i) {
            std::string word = co_await next();
            words.push_back(std::move(word));
        }
        co_return words;
    }

    /// Targets asked for, without the parts that all watches share.
    std::vector<std::string> asked() const
    {
        std::vector<std::string> targets;
        for (auto const& request : server->journal()) {
            auto const at = request.target.find("resourceVersion=");
            targets.push_back(
                at == std::string::npos
                    ? "list"
                    : "watch " + request.target.substr(at + 16, request.target.find('&', at) - at - 16)
            );
        }
        return targets;
    }

    std::shared_ptr<fake_transport> server;
    std::vector<error> reconnects;
    std::vector<std::chrono::milliseconds> waits;
    std::vector<std::chrono::milliseconds> limits;
    watch_environment::clock::time_point now;
    double chance = 0;

private:
    raw_watcher make(asio::any_io_executor executor, watch_params params)
    {
        client_options options;
        options.transport = server;
        watch_environment environment;
        environment.now = [this] { return now; };
        environment.random = [this] { return chance; };
        environment.sleep = [this](watch_environment::clock::duration time) {
            waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time));
            now += time;
            return nothing();
        };
        environment.bounded = [this](watch_environment::clock::duration limit, task<void> step) {
            limits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(limit));
            return step;
        };
        return raw_watcher(std::make_shared<raw_watcher::implementation>(
            client(std::move(executor), config(), options), ray_cluster, "x", std::move(params), environment
        ));
    }

    static task<void> nothing() { co_return; }

    raw_watcher watcher_;
};

}  // namespace kuberay::kube::watcher_scene
