#include "storing.hpp"

#include "admission.hpp"
#include "refusal.hpp"

#include <utility>

namespace kuberay::testing {

namespace {

api_answer written(int status, json::object const& object, net::http_fields const& warnings)
{
    api_answer answer = json_answer(status, object);
    for (auto const& [name, value] : warnings)
        answer.fields.add(name, value);
    return answer;
}

bool is_dry_run(api_request const& request) { return request.parameter("dryRun") == "All"; }

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

}  // namespace

/// The warnings for unknown fields, unless the request wants none of them.
net::http_fields warnings_for(api_request const& request, std::vector<std::string> const& unknown)
{
    net::http_fields fields;
    if (request.parameter("fieldValidation") == "Ignore") return fields;
    for (std::string const& path : unknown)
        fields.add("Warning", "299 - \"unknown field \\\"" + path + "\\\"\"");
    return fields;
}

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

api_answer store_applied(cluster& in, api_request const& request, object_ptr const& live, json::object merged)
{
    keep_system_fields(request, *live, merged);
    set_kind_defaults(in, *request.kind, merged);
    check_valid(*request.kind, merged);
    return written(200, *store_changed(in, request, live, std::move(merged)), net::http_fields());
}

}  // namespace kuberay::testing
