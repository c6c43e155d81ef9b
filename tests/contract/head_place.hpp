#pragma once

#include "place.hpp"
#include "support/http_reply.hpp"

#include <kuberay/net/websocket.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::contract {

using test::job_that;
using test::last_line_of;
using test::reply;

/// Where a test talks to the head of a Ray cluster: the stand-in, or a real one (KUBERAY_CONTRACT_RAY is its URL,
/// KUBERAY_CONTRACT_RAY_TOKEN its token, if it asks for one). A handle.
class head_place {
public:
    head_place(std::shared_ptr<net::transport> client, std::string token, std::optional<testing::ray_head> stand_in);

    using awaited_answer = std::function<bool(reply const& answer)>;

    /// An id or name that nobody else uses.
    std::string own(std::string const& name) const;

    task<reply> ask(std::string method, std::string target, std::string body = std::string()) const;
    task<reply> send(net::http_request request) const;
    /// The request with the token.
    net::http_request dressed(net::http_request request) const;
    /// The same without the token.
    task<reply> send_plain(net::http_request request) const;
    /// Asks until the answer is the awaited one, which it returns; the limit of the test ends the asking. Jobs have no
    /// watch, and the head says nothing by itself, so asking again is the only way to wait for what it will say. All
    /// waiting for a head is done here.
    task<reply> ask_until(std::string method, std::string target, awaited_answer awaited) const;
    std::shared_ptr<net::transport> const& client() const noexcept { return client_; }
    std::string const& token() const noexcept { return token_; }

    task<reply> submit(json::object job) const;
    task<json::object> job(std::string id) const;
    /// All of its log, when it has this in it.
    task<std::string> log_with(std::string id, std::string text) const;
    /// Until the job has this status; other ends fail the test.
    task<json::object> until(std::string id, std::string status) const;
    task<json::object> run(json::object job, std::string status = "SUCCEEDED") const;
    /// All of its log, as it is.
    task<std::string> log(std::string id) const;

private:
    std::shared_ptr<net::transport> client_;
    std::string token_;
    std::optional<testing::ray_head> stand_in_;
    std::string prefix_;
};

/// An entrypoint whose output comes behind the line in which Ray names it, which Ray writes when it runs already.
inline std::string behind_its_name(std::string const& entrypoint)
{
    return "tail -n +1 -f $(readlink /proc/$$/fd/1) | grep -q '^Running entrypoint'; " + entrypoint;
}

using head_body = task<void> (*)(head_place at);

void run_at_head(backend which, head_body body);

class head_contract : public ::testing::TestWithParam<backend> {};

}  // namespace kuberay::contract

#define KUBERAY_HEAD_CONTRACT(name)                                                                                    \
    static kuberay::task<void> name##_body(kuberay::contract::head_place at);                                          \
    namespace kuberay::contract {                                                                                      \
    TEST_P(head_contract, name) { run_at_head(GetParam(), &name##_body); }                                             \
    }                                                                                                                  \
    static kuberay::task<void> name##_body([[maybe_unused]] kuberay::contract::head_place at)
