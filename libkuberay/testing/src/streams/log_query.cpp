#include "streams/log_query.hpp"

#include "refusal.hpp"

#include <charconv>

namespace kuberay::testing {

namespace {

bool has(api_request const& request, std::string_view name)
{
    for (auto const& [key, value] : request.query)
        if (key == name) return true;
    return false;
}

std::optional<std::int64_t> number_of(api_request const& request, std::string_view name)
{
    if (!has(request, name)) return std::nullopt;
    std::string_view const text = request.parameter(name);
    std::int64_t value = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || text.empty())
        throw bad_request("strconv.ParseInt: parsing \"" + std::string(text) + "\": invalid syntax");
    return value;
}

refusal invalid_option(api_request const& request, refusal_cause const& cause)
{
    json::object details;
    details["name"] = request.name;
    details["kind"] = "PodLogOptions";
    json::object why;
    why["reason"] = cause.reason;
    why["message"] = cause.message;
    why["field"] = cause.field;
    details["causes"] = json::array(1, json::value(std::move(why)));
    std::string const message =
        "PodLogOptions \"" + request.name + "\" is invalid: " + cause.field + ": " + cause.message;
    return refusal(422, failure_status(422, "Invalid", message, std::move(details)));
}

std::optional<std::int64_t> number_from(api_request const& request, std::string const& name, std::int64_t least)
{
    std::optional<std::int64_t> const value = number_of(request, name);
    if (!value || *value >= least) return value;
    std::string const rule = least == 0 ? "must be greater than or equal to 0" : "must be greater than 0";
    throw invalid_option(
        request, refusal_cause("FieldValueInvalid", "Invalid value: " + std::to_string(*value) + ": " + rule, name)
    );
}

}  // namespace

bool flag_of(api_request const& request, std::string_view name)
{
    if (!has(request, name)) return false;
    std::string_view const value = request.parameter(name);
    return value != "false" && value != "0";
}

log_query read_log_query(api_request const& request, timestamp now)
{
    log_query query;
    query.follow = flag_of(request, "follow");
    query.previous = flag_of(request, "previous");
    query.timestamps = flag_of(request, "timestamps");
    std::optional<std::int64_t> const seconds = number_from(request, "sinceSeconds", 1);
    query.tail = number_from(request, "tailLines", 0);
    if (auto const limit = number_from(request, "limitBytes", 1)) query.limit = static_cast<std::uint64_t>(*limit);
    if (seconds) query.since = now - std::chrono::seconds(*seconds);
    if (!has(request, "sinceTime")) return query;
    if (seconds) {
        throw invalid_option(
            request,
            refusal_cause(
                "FieldValueForbidden", "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified", "[]"
            )
        );
    }
    std::string const text(request.parameter("sinceTime"));
    std::optional<timestamp> const moment = parse_rfc3339(text);
    if (!moment)
        throw bad_request(
            "parsing time \"" + text + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"" + text + "\" as \"2006\""
        );
    query.since = std::chrono::floor<std::chrono::seconds>(*moment);
    return query;
}

}  // namespace kuberay::testing
