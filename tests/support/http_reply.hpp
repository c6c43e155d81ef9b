#pragma once

#include <kuberay/base/json.hpp>
#include <kuberay/base/task.hpp>
#include <kuberay/net/http.hpp>

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <utility>

namespace kuberay::test {

/// An HTTP answer, whole.
struct reply {
    reply() = default;
    int status = 0;
    net::http_fields fields;
    std::string body;

    json::value document() const { return parse_json(body).value(); }
};

/// The useful line of a Python traceback: the last, without the full stop of a nesting.
inline std::string last_line_of(std::string text)
{
    while (text.ends_with('\n') || text.ends_with("\n."))
        text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

inline task<reply> reply_of(std::shared_ptr<net::transport> over, net::http_request request)
{
    net::http_response answer = co_await over->send(std::move(request));
    reply got;
    got.status = answer.status();
    got.fields = answer.fields();
    got.body = co_await answer.read_all(std::size_t(256) << 20);
    co_return got;
}

/// What is posted to the Jobs API.
inline json::object job_that(std::string const& id, std::string const& entrypoint)
{
    json::object job;
    job["entrypoint"] = entrypoint;
    job["submission_id"] = id;
    return job;
}

}  // namespace kuberay::test
