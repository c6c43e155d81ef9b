#include "routes.hpp"

#include "authority.hpp"
#include "deletes.hpp"
#include "discovery.hpp"
#include "openapi.hpp"
#include "reads.hpp"
#include "refusal.hpp"
#include "writes.hpp"

#include <boost/json/serialize.hpp>

namespace kuberay::testing {

namespace {

api_answer no_such_page()
{
    api_answer answer;
    answer.status = 404;
    answer.fields.set("Content-Type", "text/plain; charset=utf-8");
    answer.fields.set("X-Content-Type-Options", "nosniff");
    answer.body = "404 page not found\n";
    return answer;
}

api_answer not_allowed()
{
    std::string_view const message = "the server does not allow this method on the requested resource";
    return json_answer(405, failure_status(405, "MethodNotAllowed", message, json::object()));
}

api_answer watch_answer(watch_order order)
{
    api_answer answer;
    answer.fields.set("Content-Type", "application/json");
    answer.watch = std::move(order);
    return answer;
}

api_answer answer_resource(cluster& in, api_request const& request)
{
    resource_kind const& kind = *request.kind;
    bool const is_status = request.subresource == "status" && kind.has_status;
    if (!request.subresource.empty() && !is_status) return no_such_page();
    if (kind.review) return request.verb == "create" ? create_object(in, request) : not_allowed();
    if (request.verb == "get") return read_one(in, request);
    if (request.verb == "list") return read_list(in, request);
    if (request.verb == "watch") return watch_answer(read_watch(in, request));
    if (request.verb == "create" && request.name.empty() && (!kind.namespaced || !request.ns.empty()))
        return create_object(in, request);
    if ((request.verb == "update" || request.verb == "patch") && request.name.empty())
        throw bad_request("name must be provided");
    if (request.verb == "update" || request.verb == "patch") return update_object(in, request);
    if (request.verb == "delete" && !is_status) return delete_object(in, request);
    if (request.verb == "deletecollection" && (!kind.namespaced || !request.ns.empty()))
        return delete_collection(in, request);
    return not_allowed();
}

}  // namespace

api_answer answer_of(refusal const& why) { return json_answer(why.code(), why.status()); }

api_answer answer_request(cluster& in, api_request const& request)
{
    try {
        authorize(in, request);
        if (std::optional<api_answer> found = discover(request)) return std::move(*found);
        if (std::optional<api_answer> found = describe_openapi(request)) return std::move(*found);
        return request.kind ? answer_resource(in, request) : no_such_page();
    } catch (refusal const& why) {
        return answer_of(why);
    }
}

}  // namespace kuberay::testing
