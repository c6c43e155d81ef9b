#include "writes.hpp"

#include "admission.hpp"
#include "apply.hpp"
#include "authority.hpp"
#include "json_patch.hpp"
#include "managed_fields.hpp"
#include "merge_patch.hpp"
#include "refusal.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/serialize.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

std::string unknown_text(std::vector<std::string> const& paths)
{
    std::string text;
    for (std::string const& path : paths)
        text += (text.empty() ? "" : ", ") + ("unknown field \"" + path + "\"");
    return text;
}

/// The warnings for unknown fields, unless the request wants none of them.
net::http_fields warnings_for(api_request const& request, std::vector<std::string> const& unknown)
{
    net::http_fields fields;
    if (request.parameter("fieldValidation") == "Ignore") return fields;
    for (std::string const& path : unknown)
        fields.add("Warning", "299 - \"unknown field \\\"" + path + "\\\"\"");
    return fields;
}

api_answer written(int status, json::object const& object, net::http_fields const& warnings)
{
    api_answer answer = json_answer(status, object);
    for (auto const& [name, value] : warnings)
        answer.fields.add(name, value);
    return answer;
}

bool is_dry_run(api_request const& request) { return request.parameter("dryRun") == "All"; }

field_writer writer_of(cluster const& in, api_request const& request, std::string_view operation)
{
    field_writer writer;
    writer.manager = request.manager();
    writer.operation = operation;
    writer.api_version = request.kind->api_version();
    writer.subresource = request.subresource;
    writer.time = in.now_text();
    return writer;
}

json::value read_json_body(api_request const& request)
{
    result<json::value> parsed = parse_json(request.body);
    if (!parsed)
        throw bad_request(
            "the object provided is unrecognized (must be of type " + request.kind->kind
            + "): couldn't get version/kind; json parse error: " + parsed.error().message() + " ("
            + request.body.substr(0, 64) + ")"
        );
    return std::move(*parsed);
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

/// Stores a new object that is otherwise complete, or only checks it.
api_answer store_new(cluster& in, api_request const& request, json::object object, net::http_fields const& warnings)
{
    check_valid(*request.kind, object);
    if (in.store.find(*request.kind, request.ns, meta_text(object, "name")))
        throw already_exists(*request.kind, meta_text(object, "name"));
    if (is_dry_run(request)) return written(201, object, warnings);
    meta_of(object).erase("resourceVersion");
    return written(201, *in.store.write(*request.kind, std::move(object)), warnings);
}

/// The fields that no update changes, from the live object.
void keep_system_fields(api_request const& request, json::object const& live, json::object& wanted)
{
    json::object const& before = *meta_of(live);
    json::object& meta = meta_of(wanted);
    for (char const* name :
         {"uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace",
          "generateName"}) {
        if (json::value const* value = before.if_contains(name))
            meta[name] = *value;
        else
            meta.erase(name);
    }
    meta["resourceVersion"] = before.at("resourceVersion");
    bool const to_status = request.subresource == "status";
    auto const restore = [&](std::string_view name) {
        if (json::value const* value = live.if_contains(name))
            wanted[name] = *value;
        else
            wanted.erase(name);
    };
    if (to_status)
        restore("spec");
    else if (request.kind->has_status)
        restore("status");
    if (to_status) {
        for (char const* name : {"labels", "annotations", "finalizers", "ownerReferences"})
            if (json::value const* value = before.if_contains(name)) meta[name] = *value;
    }
}

bool spec_differs(json::object const& a, json::object const& b)
{
    json::object left = a;
    json::object right = b;
    for (char const* name : {"metadata", "status"}) {
        left.erase(name);
        right.erase(name);
    }
    return left != right;
}

/// Stores the changed object: a new version unless nothing changed; one that is being deleted goes with its last
/// finalizer.
object_ptr store_changed(cluster& in, api_request const& request, object_ptr const& live, json::object wanted)
{
    if (request.kind->has_generation && request.subresource != "status" && spec_differs(*live, wanted)) {
        json::value const* before = meta_of(*live)->if_contains("generation");
        meta_of(wanted)["generation"] = before && before->is_int64() ? before->get_int64() + 1 : 1;
    }
    if (wanted == *live) return live;
    if (is_dry_run(request)) return std::make_shared<json::object const>(std::move(wanted));
    json::value const* finalizers = meta_of(wanted).if_contains("finalizers");
    bool const held = finalizers && finalizers->is_array() && !finalizers->get_array().empty();
    bool const terminating = !meta_text(wanted, "deletionTimestamp").empty();
    std::string const name(meta_text(wanted, "name"));
    object_ptr stored = in.store.write(*request.kind, std::move(wanted));
    if (terminating && !held && request.kind->custom) in.store.erase(*request.kind, request.ns, name);
    return stored;
}

api_answer store_update(
    cluster& in, api_request const& request, object_ptr const& live, json::object wanted,
    net::http_fields const& warnings
)
{
    std::string_view const version = meta_text(wanted, "resourceVersion");
    if (!version.empty() && version != meta_text(*live, "resourceVersion"))
        throw modified_meanwhile(*request.kind, request.name);
    keep_system_fields(request, *live, wanted);
    set_kind_defaults(in, *request.kind, wanted);
    check_valid(*request.kind, wanted);
    note_update(live.get(), wanted, writer_of(in, request, "Update"), request.kind->has_status);
    return written(200, *store_changed(in, request, live, std::move(wanted)), warnings);
}

json::object read_applied(api_request const& request)
{
    result<json::value> parsed = parse_json(request.body);
    if (!parsed) {
        try {
            std::vector<yaml_document> const documents = parse_yaml(request.body, "body");
            parsed = documents.empty() ? json::value() : documents.front().value();
        } catch (failure const& fault) {
            throw bad_request("error decoding YAML: " + fault.error().message());
        }
    }
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

api_answer apply_object(cluster& in, api_request const& request)
{
    if (request.parameter("fieldManager").empty()) {
        std::vector<refusal_cause> causes;
        causes.emplace_back("FieldValueRequired", "Required value: is required for apply patch", "fieldManager");
        throw invalid_options("PatchOptions", causes);
    }
    json::object applied = read_applied(request);
    settle_namespace(request, applied);
    meta_of(applied)["name"] = request.name;
    object_ptr const live = in.store.find(*request.kind, request.ns, request.name);
    std::string const version(meta_text(applied, "resourceVersion"));
    std::string const uid(meta_text(applied, "uid"));
    field_writer const writer = writer_of(in, request, "Apply");
    if (!live) {
        if (!request.subresource.empty()) throw not_found(*request.kind, request.name);
        if (!uid.empty())
            throw precondition_failed(
                *request.kind, request.name,
                "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found"
            );
        check_namespace(in, *request.kind, request.ns, request.name);
        json::object made = server_side_apply(*request.kind, nullptr, std::move(applied), writer, false);
        json::value const managers = meta_of(made)["managedFields"];
        set_system_metadata(in, *request.kind, made);
        meta_of(made)["managedFields"] = managers;
        set_kind_defaults(in, *request.kind, made);
        return store_new(in, request, std::move(made), net::http_fields());
    }
    if (!version.empty() && version != meta_text(*live, "resourceVersion"))
        throw modified_meanwhile(*request.kind, request.name);
    json::object merged =
        server_side_apply(*request.kind, live.get(), std::move(applied), writer, request.is_set("force"));
    keep_system_fields(request, *live, merged);
    set_kind_defaults(in, *request.kind, merged);
    check_valid(*request.kind, merged);
    return written(200, *store_changed(in, request, live, std::move(merged)), net::http_fields());
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

[[noreturn]] void refuse_unknown_in_patch(json::object const& document, std::vector<std::string> const& unknown)
{
    resource_kind nothing;
    std::vector<refusal_cause> causes;
    std::string const text = json::serialize(json::string(json::serialize(document)));
    causes.emplace_back(
        "FieldValueInvalid", "Invalid value: " + text + ": strict decoding error: " + unknown_text(unknown), "patch"
    );
    throw invalid(nothing, std::string_view(), causes);
}

}  // namespace

api_answer create_object(cluster& in, api_request const& request)
{
    json::object object = read_object(request);
    if (request.kind->review) return json_answer(201, review_access(in, request, std::move(object)));
    std::vector<std::string> const unknown = prune_unknown(*request.kind, object);
    if (!unknown.empty() && request.parameter("fieldValidation") == "Strict")
        throw bad_request(
            request.kind->kind + " in version \"" + request.kind->version + "\" cannot be handled as a "
            + request.kind->kind + ": strict decoding error: " + unknown_text(unknown)
        );
    settle_namespace(request, object);
    check_namespace(in, *request.kind, request.ns, meta_text(object, "name"));
    set_system_metadata(in, *request.kind, object);
    if (request.kind->has_status) object.erase("status");
    json::object as_sent = object;
    set_kind_defaults(in, *request.kind, object);
    note_update(nullptr, object, writer_of(in, request, "Update"), request.kind->has_status);
    return store_new(in, request, std::move(object), warnings_for(request, unknown));
}

api_answer update_object(cluster& in, api_request const& request)
{
    bool const is_patch = request.verb == "patch";
    if (is_patch) check_patch_type(request);
    if (is_patch && request.content_type == "application/apply-patch+yaml") return apply_object(in, request);
    object_ptr const live = in.store.find(*request.kind, request.ns, request.name);
    if (!is_patch) {
        json::object sent = read_object(request);
        if (!live) throw not_found(*request.kind, request.name);
        std::vector<std::string> const unknown = prune_unknown(*request.kind, sent);
        settle_namespace(request, sent);
        return store_update(in, request, live, std::move(sent), warnings_for(request, unknown));
    }
    if (!live) throw not_found(*request.kind, request.name);
    json::value document = patched_document(request, *live);
    if (!document.is_object()) throw patch_refused();
    json::object wanted = std::move(document.get_object());
    if (std::string_view const name = meta_text(wanted, "name"); name != request.name)
        throw bad_request(
            "the name of the object (" + std::string(name) + ") does not match the name on the URL (" + request.name
            + ")"
        );
    json::object const before_pruning = wanted;
    std::vector<std::string> const unknown = prune_unknown(*request.kind, wanted);
    if (!unknown.empty() && request.parameter("fieldValidation") == "Strict")
        refuse_unknown_in_patch(before_pruning, unknown);
    return store_update(in, request, live, std::move(wanted), warnings_for(request, unknown));
}

object_ptr put_object(cluster& in, resource_kind const& kind, json::object object)
{
    json::object& meta = meta_of(object);
    if (kind.namespaced && meta_text(object, "namespace").empty()) meta["namespace"] = "default";
    std::string const ns(meta_text(object, "namespace"));
    resource_kind const& namespaces = *find_resource("namespaces");
    if (kind.namespaced && !in.store.find(namespaces, std::string_view(), ns)) {
        json::object made;
        made["apiVersion"] = "v1";
        made["kind"] = "Namespace";
        meta_of(made)["name"] = ns;
        put_object(in, namespaces, std::move(made));
    }
    object_ptr const live = in.store.find(kind, ns, meta_text(object, "name"));
    json::object const* before = live ? meta_of(*live) : nullptr;
    for (char const* name : {"uid", "creationTimestamp", "generation", "managedFields"})
        if (before && before->contains(name) && !meta.contains(name)) meta[name] = before->at(name);
    if (!meta.contains("uid")) meta["uid"] = in.make_uid();
    if (!meta.contains("creationTimestamp")) meta["creationTimestamp"] = in.now_text();
    if (kind.has_generation && !meta.contains("generation")) meta["generation"] = 1;
    set_kind_defaults(in, kind, object);
    field_writer writer;
    writer.manager = "another-client";
    writer.operation = "Update";
    writer.api_version = kind.api_version();
    writer.time = in.now_text();
    note_update(live.get(), object, writer, false);
    return in.store.write(kind, std::move(object));
}

}  // namespace kuberay::testing
