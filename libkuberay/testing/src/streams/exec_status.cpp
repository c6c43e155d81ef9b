#include "streams/exec_status.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

json::object one_cause(std::string_view reason, std::string_view message)
{
    json::object cause;
    if (!reason.empty()) cause["reason"] = reason;
    cause["message"] = message;
    json::object details;
    details["causes"] = json::array(1, json::value(std::move(cause)));
    return details;
}

}  // namespace

std::string exec_status(std::string_view protocol, result<int> const& ended)
{
    bool const translated = protocol == "v5.channel.k8s.io";
    json::object status;
    if (translated) status["metadata"].emplace_object();
    bool const is_success = ended && *ended == 0;
    status["status"] = is_success ? "Success" : "Failure";
    std::string message;
    if (ended && !is_success) {
        std::string const code = std::to_string(*ended);
        message = "command terminated with non-zero exit code: ";
        message += translated ? "command terminated with exit code " + code
                              : "error executing command in container, exit code " + code;
        status["message"] = message;
        status["reason"] = "NonZeroExitCode";
        status["details"] = one_cause("ExitCode", code);
    } else if (!ended) {
        message = "Internal error occurred: error executing command in container: " + ended.error().message();
        status["message"] = translated ? "Internal error occurred: " + message : message;
        status["reason"] = "InternalError";
        if (translated) status["details"] = one_cause(std::string_view(), message);
        status["code"] = 500;
    }
    bool const is_json = translated || protocol == "v4.channel.k8s.io" || protocol == "SPDY/3.1";
    return is_json ? json::serialize(status) : message;
}

}  // namespace kuberay::testing
