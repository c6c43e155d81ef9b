#pragma once

#include <kuberay/net/http.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::testing {

namespace json = boost::json;

/// A log that is the answer's body.
struct log_order {
    log_order() = default;
    std::string path;
    std::int64_t lines = 1000;     ///< from the end; below 0: all
    std::int64_t interval_ms = 0;  ///< above 0: follow it, looking so often
};

/// What the head answers.
struct head_answer {
    head_answer() = default;
    int status = 200;
    net::http_fields fields;
    std::string body;
    std::optional<log_order> log;     ///< instead of `body`
    std::optional<std::string> tail;  ///< a WebSocket with the log of this submission
};

head_answer text_answer(int status, std::string text);
head_answer json_answer_of(json::value const& document, int status = 200);
head_answer not_found();
head_answer method_not_allowed(std::string allowed);
/// What aiohttp answers for a defect of the server.
head_answer bare_500();

/// A Python traceback that ends with `line`.
std::string traceback(std::string_view line);
/// The traceback that the dashboard makes of a refusal by the agent.
std::string nested_traceback(int status, std::string_view line);

}  // namespace kuberay::testing
