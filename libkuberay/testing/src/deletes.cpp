#include "deletes.hpp"

#include "refusal.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <utility>

namespace kuberay::testing {

namespace {

delete_order read_order(api_request const& request)
{
    delete_order order;
    order.propagation = request.parameter("propagationPolicy");
    order.dry_run = request.parameter("dryRun") == "All";
    if (!request.body.empty()) {
        result<json::value> const parsed = parse_json(request.body);
        if (!parsed)
            throw bad_request(
                "the object provided is unrecognized (must be of type DeleteOptions): " + parsed.error().message()
            );
        json::value const& body = *parsed;
        if (std::string_view const policy = string_at(body, "propagationPolicy"); !policy.empty())
            order.propagation = policy;
        order.uid = string_at(body, "preconditions.uid");
        order.version = string_at(body, "preconditions.resourceVersion");
        order.grace_seconds = int_at(body, "gracePeriodSeconds");
        order.dry_run = order.dry_run || string_at(body, "dryRun.0") == "All";
    }
    if (!order.propagation.empty() && order.propagation != "Foreground" && order.propagation != "Background"
        && order.propagation != "Orphan") {
        std::vector<refusal_cause> causes;
        causes.emplace_back(
            "FieldValueNotSupported",
            "Unsupported value: \"" + order.propagation
                + "\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
            "propagationPolicy"
        );
        throw invalid_options("DeleteOptions", causes);
    }
    return order;
}

void check_preconditions(resource_kind const& kind, json::object const& object, delete_order const& order)
{
    std::string const uid(meta_text(object, "uid"));
    std::string const version(meta_text(object, "resourceVersion"));
    std::string const name(meta_text(object, "name"));
    if (!order.uid.empty() && order.uid != uid)
        throw precondition_failed(
            kind, name,
            "the UID in the precondition (" + order.uid + ") does not match the UID in record (" + uid
                + "). The object might have been deleted and then recreated"
        );
    if (!order.version.empty() && order.version != version)
        throw precondition_failed(
            kind, name,
            "the ResourceVersion in the precondition (" + order.version
                + ") does not match the ResourceVersion in record (" + version
                + "). The object might have been modified"
        );
}

bool has_finalizers(json::object const& object)
{
    json::value const* finalizers = meta_of(object) ? meta_of(object)->if_contains("finalizers") : nullptr;
    return finalizers && finalizers->is_array() && !finalizers->get_array().empty();
}

void add_finalizer(json::object& object, char const* finalizer)
{
    json::value& finalizers = meta_of(object)["finalizers"];
    if (!finalizers.is_array()) finalizers.emplace_array();
    for (json::value const& there : finalizers.get_array())
        if (there == json::value(finalizer)) return;
    finalizers.get_array().push_back(finalizer);
}

}  // namespace

delete_outcome delete_one(cluster& in, resource_kind const& kind, object_ptr const& object, delete_order const& order)
{
    check_preconditions(kind, *object, order);
    delete_outcome outcome;
    json::object marked = *object;
    std::int64_t grace = 0;
    if (kind.kind == "Pod") grace = order.grace_seconds.value_or(30);
    bool const was_marked = !meta_text(marked, "deletionTimestamp").empty();
    if (order.propagation == "Foreground") add_finalizer(marked, "foregroundDeletion");
    if (order.propagation == "Orphan") add_finalizer(marked, "orphan");
    if (!was_marked) {
        json::object& meta = meta_of(marked);
        meta["deletionTimestamp"] = format_rfc3339(in.now() + std::chrono::seconds(grace));
        if (kind.kind != "Namespace") meta["deletionGracePeriodSeconds"] = grace;
        if (kind.has_generation)
            if (json::value* generation = meta.if_contains("generation"); generation && generation->is_int64())
                *generation = generation->get_int64() + 1;
    }
    if (kind.kind == "Namespace") {
        json::value& status = marked["status"];
        if (!status.is_object()) status.emplace_object();
        status.get_object()["phase"] = "Terminating";
    }
    bool const stays = has_finalizers(marked) || kind.kind == "Namespace" || grace > 0;
    if (order.dry_run) {
        outcome.object = std::make_shared<json::object const>(std::move(marked));
        outcome.gone = !stays;
        return outcome;
    }
    if (stays) {
        outcome.object = marked == *object ? object : in.store.write(kind, std::move(marked));
        return outcome;
    }
    in.gone_uids.insert(std::string(meta_text(*object, "uid")));
    outcome.object = in.store.erase(kind, meta_text(*object, "namespace"), meta_text(*object, "name"));
    outcome.gone = true;
    return outcome;
}

api_answer delete_object(cluster& in, api_request const& request)
{
    delete_order const order = read_order(request);
    object_ptr const object = in.store.find(*request.kind, request.ns, request.name);
    if (!object) throw not_found(*request.kind, request.name);
    delete_outcome const outcome = delete_one(in, *request.kind, object, order);
    if (outcome.gone && !request.kind->returns_deleted)
        return json_answer(200, success_status(*request.kind, request.name, meta_text(*object, "uid")));
    return json_answer(200, *outcome.object);
}

api_answer delete_collection(cluster& in, api_request const& request)
{
    delete_order const order = read_order(request);
    label_selector const labels(request.parameter("labelSelector"));
    field_selector const fields(request.parameter("fieldSelector"), *request.kind);
    json::array items;
    for (object_ptr const& object : in.store.list(*request.kind, request.ns)) {
        if (!labels.matches(*object) || !fields.matches(*object)) continue;
        delete_one(in, *request.kind, object, order);
        items.push_back(*object);
    }
    json::object list;
    list["kind"] = request.kind->kind + "List";
    list["apiVersion"] = request.kind->api_version();
    list["metadata"] = json::object({{"resourceVersion", std::to_string(in.store.version())}});
    list["items"] = std::move(items);
    return json_answer(200, list);
}

}  // namespace kuberay::testing
