#pragma once

#include "kube/api_transport.hpp"
#include "support/co_test.hpp"
#include "unit/kube/scripted_transport.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::kube::test {

/// Credentials "Bearer 1", "Bearer 2", ...; a new one after each refusal, as long as there are any.
class counted_credentials final : public credential_source {
public:
    explicit counted_credentials(int most)
        : most_(most)
    {
        renew(nullptr);
    }

    task<credential_ptr> get() override { return give(current_); }

    bool renew(credential_ptr const& refused) override
    {
        if (refused != current_) return true;
        if (made_ == most_) return false;
        auto next = std::make_shared<credential>();
        next->authorization = "Bearer secret-" + std::to_string(++made_);
        current_ = std::move(next);
        return true;
    }

private:
    static task<credential_ptr> give(credential_ptr known) { co_return known; }

    int most_;
    int made_ = 0;
    credential_ptr current_;
};

/// An `api_transport` over a scripted one, with a clock that moves when the transport sleeps.
struct server_fixture {
    explicit server_fixture(asio::any_io_executor executor)
        : over(std::make_shared<scripted_transport>(executor))
        , slept(std::make_shared<std::vector<std::int64_t>>())
        , time(std::make_shared<timestamp>(std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)))
    {
        parts.executor = executor;
        parts.user_agent = "test/1";
        parts.place.server = "https://k8s.example:6443";
        parts.place.context = "dev";
        parts.place.has_credentials = true;
        parts.credentials = std::make_shared<counted_credentials>(2);
        parts.connect = [over = over](net::connect_options) { return over; };
        parts.now = [time = time] { return *time; };
        parts.sleep = [slept = slept, time = time](std::chrono::steady_clock::duration wait) {
            slept->push_back(std::chrono::duration_cast<std::chrono::seconds>(wait).count());
            *time += wait;
            return sleep_for(std::chrono::steady_clock::duration::zero());
        };
    }

    std::shared_ptr<api_transport> make() const { return std::make_shared<api_transport>(parts); }

    std::vector<net::http_request> const& seen() const noexcept { return over->seen(); }

    api_transport_parts parts;
    std::shared_ptr<scripted_transport> over;
    std::shared_ptr<std::vector<std::int64_t>> slept;  // seconds
    std::shared_ptr<timestamp> time;
};

inline std::string status_body(std::string const& reason, int code, std::string const& message)
{
    return R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":")" + reason + R"(","code":)"
           + std::to_string(code) + R"(,"message":")" + message + R"("})";
}

}  // namespace kuberay::kube::test
