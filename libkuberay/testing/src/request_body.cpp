#include "request_body.hpp"

#include "json_patch.hpp"
#include "merge_patch.hpp"
#include "refusal.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

json::value read_yaml_body(api_request const& request)
{
    try {
        std::vector<yaml_document> const documents = parse_yaml(request.body, "body");
        return documents.empty() ? json::value() : documents.front().value();
    } catch (failure const& fault) {
        throw bad_request("error decoding YAML: " + fault.error().message());
    }
}

json::value read_json_body(api_request const& request)
{
    if (!request.content_type.empty() && request.content_type != "application/json"
        && request.content_type != "application/yaml")
        throw unsupported_body();
    if (request.content_type == "application/yaml") return read_yaml_body(request);
    result<json::value> parsed = parse_json(request.body);
    if (!parsed)
        throw bad_request(
            "the object provided is unrecognized (must be of type " + request.kind->kind
            + "): couldn't get version/kind; json parse error: " + parsed.error().message() + " ("
            + request.body.substr(0, 64) + ")"
        );
    return std::move(*parsed);
}

}  // namespace

std::string unknown_text(std::vector<std::string> const& paths)
{
    std::string text;
    for (std::string const& path : paths)
        text += (text.empty() ? "" : ", ") + ("unknown field \"" + path + "\"");
    return text;
}

json::object read_object(api_request const& request)
{
    json::value body = read_json_body(request);
    std::string_view const kind = string_at(body, "kind");
    if (!body.is_object() || kind.empty())
        throw bad_request(
            "the object provided is unrecognized (must be of type " + request.kind->kind
            + "): Object 'Kind' is missing in '" + request.body.substr(0, 64) + "'"
        );
    if (kind != request.kind->kind) {
        if (!request.kind->custom)
            throw bad_request(
                std::string(kind) + " in version \"" + std::string(string_at(body, "apiVersion"))
                + "\" cannot be handled as a " + request.kind->kind
                + ": converting to the internal version is not possible"
            );
        resource_kind named = *request.kind;
        named.kind = kind;
        std::vector<refusal_cause> causes;
        causes.emplace_back(
            "FieldValueInvalid", "Invalid value: \"" + std::string(kind) + "\": must be " + request.kind->kind, "kind"
        );
        throw invalid(named, string_at(body, "metadata.name"), causes);
    }
    if (string_at(body, "apiVersion") != request.kind->api_version())
        throw bad_request(
            "the API version in the data (" + std::string(string_at(body, "apiVersion"))
            + ") does not match the expected API version (" + request.kind->api_version() + ")"
        );
    return std::move(body.get_object());
}

void settle_namespace(api_request const& request, json::object& object)
{
    if (!request.kind->namespaced) {
        meta_of(object).erase("namespace");
        return;
    }
    std::string_view const stated = meta_text(object, "namespace");
    if (!stated.empty() && stated != request.ns)
        throw bad_request("the namespace of the provided object does not match the namespace sent on the request");
    meta_of(object)["namespace"] = request.ns;
}

json::object read_applied(api_request const& request)
{
    result<json::value> parsed = parse_json(request.body);
    if (!parsed) parsed = read_yaml_body(request);
    json::value applied = std::move(*parsed);
    if (find_path(applied, "metadata.managedFields")) throw bad_request("metadata.managedFields must be nil");
    std::string const api_version(string_at(applied, "apiVersion"));
    std::string const kind(string_at(applied, "kind"));
    if (!applied.is_object() || kind.empty() || api_version.empty())
        throw bad_request("invalid object type: " + api_version + ", Kind=" + kind);
    if (request.kind->content) {
        std::string const fault = typing_fault(applied, *request.kind->content);
        if (!fault.empty()) {
            std::string const where = std::string(string_at(applied, "metadata.namespace")) + "/"
                                      + std::string(string_at(applied, "metadata.name"));
            throw internal_error(
                "failed to create typed patch object (" + where + "; " + api_version + ", Kind=" + kind + "): " + fault
            );
        }
    }
    std::string_view const name = string_at(applied, "metadata.name");
    if (!name.empty() && name != request.name)
        throw bad_request(
            "the name of the object (" + std::string(name) + ") does not match the name on the URL (" + request.name
            + ")"
        );
    return std::move(applied.get_object());
}

json::value patched_document(api_request const& request, json::object const& live)
{
    result<json::value> patch = parse_json(request.body);
    if (!patch) throw bad_request("error decoding patch: " + patch.error().message());
    json::value document = live;
    if (request.content_type == "application/json-patch+json") return apply_json_patch(std::move(document), *patch);
    if (request.content_type == "application/strategic-merge-patch+json")
        apply_strategic_patch(document, *patch);
    else
        apply_merge_patch(document, *patch);
    return document;
}

void check_patch_type(api_request const& request)
{
    bool const strategic = request.content_type == "application/strategic-merge-patch+json";
    bool const known = request.content_type == "application/json-patch+json"
                       || request.content_type == "application/merge-patch+json"
                       || request.content_type == "application/apply-patch+yaml";
    if (!known && (request.kind->custom || !strategic)) throw unsupported_patch(request.kind->custom);
}

}  // namespace kuberay::testing
