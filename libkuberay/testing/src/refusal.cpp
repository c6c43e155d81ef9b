#include "refusal.hpp"

#include "resource_kind.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

json::object details_of(std::string_view name, std::string_view group, std::string_view kind)
{
    json::object details;
    if (!name.empty()) details["name"] = name;
    if (!group.empty()) details["group"] = group;
    if (!kind.empty()) details["kind"] = kind;
    return details;
}

json::array causes_of(std::vector<refusal_cause> const& causes)
{
    json::array all;
    for (refusal_cause const& cause : causes) {
        json::object one;
        one["reason"] = cause.reason;
        one["message"] = cause.message;
        one["field"] = cause.field;
        all.push_back(std::move(one));
    }
    return all;
}

std::string sentence_of(std::vector<refusal_cause> const& causes)
{
    std::string text;
    for (refusal_cause const& cause : causes) {
        if (!text.empty()) text += ", ";
        text += cause.field + ": " + cause.message;
    }
    return causes.size() > 1 ? "[" + text + "]" : text;
}

refusal invalid_kind(
    std::string_view kind, std::string_view group, std::string_view name, std::vector<refusal_cause> const& causes
)
{
    json::object details = details_of(name, group, kind);
    details["causes"] = causes_of(causes);
    std::string what(kind);
    if (!group.empty()) what.append(".").append(group);
    std::string const message = what + " " + quoted(name) + " is invalid: " + sentence_of(causes);
    return refusal(422, failure_status(422, "Invalid", message, std::move(details)));
}

}  // namespace

refusal_cause::refusal_cause(std::string reason, std::string message, std::string field)
    : reason(std::move(reason))
    , message(std::move(message))
    , field(std::move(field))
{
}

refusal::refusal(int code, json::object status)
    : code_(code)
    , status_(std::move(status))
    , text_(status_.if_contains("message") ? status_.at("message").as_string().c_str() : "")
{
}

json::object
failure_status(int code, std::string_view reason, std::string_view message, std::optional<json::object> details)
{
    json::object status;
    status["kind"] = "Status";
    status["apiVersion"] = "v1";
    status["metadata"].emplace_object();
    status["status"] = "Failure";
    status["message"] = message;
    if (!reason.empty()) status["reason"] = reason;
    if (details) status["details"] = std::move(*details);
    status["code"] = code;
    return status;
}

json::object success_status(resource_kind const& kind, std::string_view name, std::string_view uid)
{
    json::object status;
    status["kind"] = "Status";
    status["apiVersion"] = "v1";
    status["metadata"].emplace_object();
    status["status"] = "Success";
    json::object details = details_of(name, kind.group, kind.plural);
    details["uid"] = uid;
    status["details"] = std::move(details);
    return status;
}

refusal bad_request(std::string_view message)
{
    return refusal(400, failure_status(400, "BadRequest", message, std::nullopt));
}

refusal unauthorized() { return refusal(401, failure_status(401, "Unauthorized", "Unauthorized", std::nullopt)); }

refusal not_found(resource_kind const& kind, std::string_view name)
{
    std::string const message = kind.resource() + " " + quoted(name) + " not found";
    return refusal(404, failure_status(404, "NotFound", message, details_of(name, kind.group, kind.plural)));
}

refusal already_exists(resource_kind const& kind, std::string_view name)
{
    std::string const message = kind.resource() + " " + quoted(name) + " already exists";
    return refusal(409, failure_status(409, "AlreadyExists", message, details_of(name, kind.group, kind.plural)));
}

refusal modified_meanwhile(resource_kind const& kind, std::string_view name)
{
    std::string const message =
        "Operation cannot be fulfilled on " + kind.resource() + " " + quoted(name)
        + ": the object has been modified; please apply your changes to the latest version and try again";
    return refusal(409, failure_status(409, "Conflict", message, details_of(name, kind.group, kind.plural)));
}

refusal precondition_failed(resource_kind const& kind, std::string_view name, std::string_view what)
{
    // For custom resources the server names the kind here, for its own ones the resource.
    std::string const& subject = kind.custom ? kind.kind : kind.plural;
    std::string message = "Operation cannot be fulfilled on " + subject;
    if (!kind.group.empty()) message += "." + kind.group;
    message += " " + quoted(name) + ": " + std::string(what);
    return refusal(409, failure_status(409, "Conflict", message, details_of(name, kind.group, subject)));
}

refusal apply_conflict(std::string_view message, std::vector<refusal_cause> const& causes)
{
    json::object details;
    details["causes"] = causes_of(causes);
    return refusal(409, failure_status(409, "Conflict", message, std::move(details)));
}

refusal forbidden(
    resource_kind const& kind, std::string_view name, std::string_view why, std::vector<refusal_cause> const& causes
)
{
    std::string message = kind.resource();
    if (!name.empty()) message += " " + quoted(name);
    message += " is forbidden: " + std::string(why);
    json::object details = details_of(name, kind.group, kind.plural);
    if (!causes.empty()) details["causes"] = causes_of(causes);
    return refusal(403, failure_status(403, "Forbidden", message, std::move(details)));
}

refusal invalid(resource_kind const& kind, std::string_view name, std::vector<refusal_cause> const& causes)
{
    return invalid_kind(kind.kind, kind.group, name, causes);
}

refusal invalid_options(std::string_view kind, std::vector<refusal_cause> const& causes)
{
    return invalid_kind(kind, "meta.k8s.io", std::string_view(), causes);
}

refusal patch_refused()
{
    std::string_view const message = "the server rejected our request due to an error in our request";
    return refusal(422, failure_status(422, "Invalid", message, json::object()));
}

refusal unsupported_patch(bool custom)
{
    std::string message = "the body of the request was in an unknown format - accepted media types include: "
                          "application/json-patch+json, application/merge-patch+json, ";
    if (!custom) message += "application/strategic-merge-patch+json, ";
    message += "application/apply-patch+yaml";
    return refusal(415, failure_status(415, "UnsupportedMediaType", message, std::nullopt));
}

refusal unsupported_body()
{
    std::string_view const message = "the body of the request was in an unknown format - accepted media types include: "
                                     "application/json, application/yaml";
    return refusal(415, failure_status(415, "UnsupportedMediaType", message, std::nullopt));
}

refusal expired(std::string_view message)
{
    return refusal(410, failure_status(410, "Expired", message, std::nullopt));
}

refusal version_too_large(std::string_view asked, std::string_view current)
{
    std::string const message =
        "Timeout: Too large resource version: " + std::string(asked) + ", current: " + std::string(current);
    json::object details;
    json::object cause;
    cause["reason"] = "ResourceVersionTooLarge";
    cause["message"] = "Too large resource version";
    details["causes"] = json::array(1, json::value(std::move(cause)));
    details["retryAfterSeconds"] = 1;
    return refusal(504, failure_status(504, "Timeout", message, std::move(details)));
}

refusal internal_error(std::string_view message)
{
    return refusal(500, failure_status(500, std::string_view(), message, std::nullopt));
}

}  // namespace kuberay::testing
