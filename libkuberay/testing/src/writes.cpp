#include "writes.hpp"

#include "admission.hpp"
#include "apply.hpp"
#include "authority.hpp"
#include "json_patch.hpp"
#include "refusal.hpp"
#include "request_body.hpp"
#include "storing.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

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
    return store_applied(in, request, live, std::move(merged));
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
