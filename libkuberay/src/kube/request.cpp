#include "kube/request.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::string_view plain_json = "application/json";
constexpr std::string_view table_json = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
constexpr std::string_view metadata_json =
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

void require_segment(std::string_view text, std::string_view what)
{
    if (is_safe_path_segment(text)) return;
    std::string const shown = printable_line(text);
    throw failure(
        errc::bad_input, text.empty() ? "the " + std::string(what) + " is empty"
                                      : "\"" + shown + "\" cannot be the " + std::string(what)
                                            + ": it must not be \".\" or \"..\" nor hold '/', '%' or control characters"
    );
}

net::http_request make(std::string method, std::string target, std::string_view accept)
{
    net::http_request request(std::move(method), std::move(target));
    request.fields.set("Accept", std::string(accept));
    return request;
}

void set_body(net::http_request& request, json::value const& document, std::string_view content_type)
{
    request.fields.set("Content-Type", std::string(content_type));
    request.body = to_json(document);
}

std::string_view accept_of(list_form form) noexcept
{
    switch (form) {
    case list_form::metadata: return metadata_json;
    case list_form::table: return table_json;
    case list_form::objects: break;
    }
    return plain_json;
}

std::string_view word_of(field_validation validation) noexcept
{
    switch (validation) {
    case field_validation::ignore: return "Ignore";
    case field_validation::warn: return "Warn";
    case field_validation::strict: return "Strict";
    case field_validation::server_default: break;
    }
    return std::string_view();
}

std::string_view word_of(propagation policy) noexcept
{
    switch (policy) {
    case propagation::background: return "Background";
    case propagation::foreground: return "Foreground";
    case propagation::orphan: return "Orphan";
    case propagation::server_default: break;
    }
    return std::string_view();
}

void add_selectors(query_writer& query, std::string_view labels, std::string_view fields)
{
    query.add_if("labelSelector", labels);
    query.add_if("fieldSelector", fields);
}

void add_write(query_writer& query, write_params const& params)
{
    query.add_if("dryRun", params.dry_run ? "All" : "");
    query.add_if("fieldManager", params.field_manager);
    query.add_if("fieldValidation", word_of(params.field_validation));
}

/// DeleteOptions, or null when nothing was asked for.
json::value delete_options(remove_params const& params)
{
    json::object options;
    if (params.grace_period_seconds) options["gracePeriodSeconds"] = *params.grace_period_seconds;
    if (auto const policy = word_of(params.propagation); !policy.empty()) options["propagationPolicy"] = policy;
    json::object preconditions;
    if (!params.uid.empty()) preconditions["uid"] = params.uid;
    if (!params.resource_version.empty()) preconditions["resourceVersion"] = params.resource_version;
    if (!preconditions.empty()) options["preconditions"] = std::move(preconditions);
    if (params.dry_run) options["dryRun"] = json::array{"All"};
    if (options.empty()) return json::value();
    json::object document;
    document["kind"] = "DeleteOptions";
    document["apiVersion"] = "v1";
    for (auto& [key, value] : options)
        document[key] = std::move(value);
    return json::value(std::move(document));
}

void set_delete_options(net::http_request& request, remove_params const& params)
{
    json::value const options = delete_options(params);
    if (!options.is_null()) set_body(request, options, plain_json);
}

json::object& members_of_object(json::value& document, resource_type const& type)
{
    if (auto* members = document.if_object()) return *members;
    throw failure(errc::bad_input, "a " + type.kind + " to be written must be a JSON object");
}

/// The object ready to be sent (kind and apiVersion present), and its place.
object_place place_of(json::value& document, resource_type const& type, std::string_view ns)
{
    json::object& members = members_of_object(document, type);
    if (!members.contains("kind")) members["kind"] = type.kind;
    if (!members.contains("apiVersion")) members["apiVersion"] = type.api_version();
    std::string own_ns(string_at(document, "metadata.namespace"));
    std::string name(string_at(document, "metadata.name"));
    if (ns.empty() || type.scope == scope::cluster) return object_place(type, std::move(own_ns), std::move(name));
    if (!own_ns.empty() && own_ns != ns)
        throw failure(
            errc::bad_input, "the object says namespace \"" + printable_line(own_ns) + "\", but is to be written to \""
                                 + printable_line(ns) + "\""
        );
    return object_place(type, std::string(ns), std::move(name));
}

void require_namespace(resource_type const& type, std::string_view ns)
{
    if (type.scope == scope::namespaced && ns.empty())
        throw failure(errc::bad_input, "a " + type.kind + " lives in a namespace, and none is given");
}

bool is_unreserved(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
           || c == '_' || c == '~';
}

}  // namespace

object_place::object_place(resource_type type, std::string ns, std::string name, std::string subresource)
    : type(std::move(type))
    , ns(std::move(ns))
    , name(std::move(name))
    , subresource(std::move(subresource))
{
}

query_writer::query_writer(std::string path)
    : target_(std::move(path))
{
}

void query_writer::add(std::string_view key, std::string_view value)
{
    target_ += has_query_ ? '&' : '?';
    has_query_ = true;
    target_ += percent_encode(key);
    target_ += '=';
    target_ += percent_encode(value);
}

void query_writer::add_if(std::string_view key, std::string_view value)
{
    if (!value.empty()) add(key, value);
}

std::string percent_encode(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (char const c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4];
        encoded += digits[byte & 15];
    }
    return encoded;
}

std::string collection_path(resource_type const& type, std::string_view ns)
{
    require_segment(type.version, "version of a resource");
    require_segment(type.plural, "name of a resource");
    std::string path;
    if (type.group.empty()) {
        path = "/api/" + percent_encode(type.version);
    } else {
        require_segment(type.group, "group of a resource");
        path = "/apis/" + percent_encode(type.group) + "/" + percent_encode(type.version);
    }
    if (type.scope == scope::namespaced && !ns.empty()) {
        require_segment(ns, "name of a namespace");
        path += "/namespaces/" + percent_encode(ns);
    }
    return path + "/" + percent_encode(type.plural);
}

std::string object_path(object_place const& at)
{
    require_namespace(at.type, at.ns);
    require_segment(at.name, "name of a " + at.type.kind);
    std::string path = collection_path(at.type, at.ns) + "/" + percent_encode(at.name);
    if (at.subresource.empty()) return path;
    require_segment(at.subresource, "name of a subresource");
    return path + "/" + percent_encode(at.subresource);
}

net::http_request get_request(object_place const& at) { return make("GET", object_path(at), plain_json); }

net::http_request list_request(
    resource_type const& type, std::string_view ns, list_params const& params, list_form form,
    std::string_view continue_token
)
{
    query_writer query(collection_path(type, ns));
    add_selectors(query, params.label_selector, params.field_selector);
    if (params.limit) query.add("limit", std::to_string(*params.limit));
    query.add_if("continue", continue_token);
    if (continue_token.empty()) {
        query.add_if("resourceVersion", params.resource_version);
        query.add_if("resourceVersionMatch", params.resource_version_match);
    }
    return make("GET", query.take(), accept_of(form));
}

net::http_request table_request(
    resource_type const& type, std::string_view ns, list_params const& params, table_content content,
    std::string_view continue_token
)
{
    net::http_request request = list_request(type, ns, params, list_form::table, continue_token);
    request.target += request.target.find('?') == std::string::npos ? '?' : '&';
    switch (content) {
    case table_content::none: request.target += "includeObject=None"; break;
    case table_content::metadata: request.target += "includeObject=Metadata"; break;
    case table_content::object: request.target += "includeObject=Object"; break;
    }
    return request;
}

net::http_request watch_request(
    resource_type const& type, std::string_view ns, watch_params const& params, std::string_view resource_version,
    std::chrono::seconds server_limit
)
{
    query_writer query(collection_path(type, ns));
    query.add("watch", "true");
    query.add("allowWatchBookmarks", "true");
    query.add_if("resourceVersion", resource_version);
    query.add("timeoutSeconds", std::to_string(server_limit.count()));
    add_selectors(query, params.label_selector, params.field_selector);
    return make("GET", query.take(), plain_json);
}

net::http_request
create_request(resource_type const& type, std::string_view ns, json::value object, write_params const& params)
{
    object_place const at = place_of(object, type, ns);
    require_namespace(type, at.ns);
    query_writer query(collection_path(type, at.ns));
    add_write(query, params);
    net::http_request request = make("POST", query.take(), plain_json);
    set_body(request, object, plain_json);
    return request;
}

net::http_request apply_request(
    resource_type const& type, std::string_view ns, json::value object, apply_params const& params,
    std::string_view subresource
)
{
    if (params.field_manager.empty()) throw failure(errc::bad_input, "an apply needs the name of a field manager");
    object_place at = place_of(object, type, ns);
    at.subresource = std::string(subresource);
    write_params write;
    write.dry_run = params.dry_run;
    write.field_manager = params.field_manager;
    write.field_validation = params.field_validation;
    query_writer query(object_path(at));
    add_write(query, write);
    query.add_if("force", params.force ? "true" : "");
    net::http_request request = make("PATCH", query.take(), plain_json);
    // JSON is YAML; this is the media type of server-side apply.
    set_body(request, object, "application/apply-patch+yaml");
    return request;
}

net::http_request patch_request(object_place const& at, patch_body const& body, write_params const& params)
{
    query_writer query(object_path(at));
    add_write(query, params);
    net::http_request request = make("PATCH", query.take(), plain_json);
    set_body(request, body.document(), body.content_type());
    return request;
}

net::http_request remove_request(object_place const& at, remove_params const& params)
{
    net::http_request request = make("DELETE", object_path(at), plain_json);
    set_delete_options(request, params);
    return request;
}

net::http_request remove_collection_request(
    resource_type const& type, std::string_view ns, list_params const& which, remove_params const& params
)
{
    require_namespace(type, ns);
    query_writer query(collection_path(type, ns));
    add_selectors(query, which.label_selector, which.field_selector);
    net::http_request request = make("DELETE", query.take(), plain_json);
    set_delete_options(request, params);
    return request;
}

}  // namespace kuberay::kube
