#pragma once

#include "support/co_test.hpp"
#include "support/http_reply.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/net/endpoint.hpp>
#include <kuberay/net/http.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace kuberay::test {

using testing::head_fault;
using testing::ray_head;
using testing::ray_head_options;

/// A head at a local port, and a client.
struct head_world {
    explicit head_world(asio::any_io_executor executor, ray_head_options options = ray_head_options())
        : head(executor, std::move(options))
        , client(net::make_http_client(executor, connect_to(head.listen())))
    {
    }

    static net::connect_options connect_to(std::uint16_t port)
    {
        net::connect_options where;
        where.server = net::parse_url("http://127.0.0.1:" + std::to_string(port)).value();
        return where;
    }

    task<reply> ask(std::string method, std::string target, std::string body = std::string()) const
    {
        net::http_request request(std::move(method), std::move(target));
        request.body = std::move(body);
        return reply_of(client, std::move(request));
    }

    task<reply> submit(json::object job) const { return ask("POST", "/api/jobs/", to_json(job)); }

    /// Until the job is over.
    task<void> end_of(std::string id) const
    {
        return head.until([on = head, id] {
            std::string const now = on.status_of(id);
            return now != "PENDING" && now != "RUNNING";
        });
    }

    task<void> until_status(std::string id, std::string status) const
    {
        return head.until([on = head, id, status] { return on.status_of(id) == status; });
    }

    task<void> until_message(std::string id, std::string part) const
    {
        return head.until([on = head, id, part] {
            json::object const now = *on.find(id);
            return now.at("message").as_string().find(part) != json::string::npos;
        });
    }

    std::string log_target(std::string const& id) const
    {
        return "/api/v0/logs/file?submission_id=" + id + "&node_id=any&lines=-1";
    }

    ray_head head;
    std::shared_ptr<net::transport> client;
};

}  // namespace kuberay::test
