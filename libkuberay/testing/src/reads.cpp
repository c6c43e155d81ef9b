#include "reads.hpp"

#include "refusal.hpp"
#include "tables.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::string_view expired_continue = "The provided continue parameter is too old to display a consistent list "
                                              "result. You can start a new list without the "
                                              "continue parameter, or use the continue token in this response to "
                                              "retrieve the remainder of the results. Continuing with "
                                              "the provided token results in an inconsistent list - objects that were "
                                              "created, modified, or deleted between the time the "
                                              "first chunk was returned and now may show up in the list.";

std::uint64_t read_version(std::string_view text)
{
    std::uint64_t version = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (fault != std::errc() || end != text.data() + text.size()) {
        std::string const quoted = "\"" + std::string(text) + "\"";
        throw bad_request(
            "invalid resource version: resourceVersion: Invalid value: " + quoted + ": strconv.ParseUint: parsing "
            + quoted + ": invalid syntax"
        );
    }
    return version;
}

std::size_t read_limit(std::string_view text)
{
    std::int64_t limit = 0;
    std::from_chars(text.data(), text.data() + text.size(), limit);
    return limit > 0 ? static_cast<std::size_t>(limit) : 0;
}

struct page {
    std::vector<object_ptr> objects;
    std::uint64_t version = 0;
    std::string next;  ///< the token of the next page
    std::size_t remaining = 0;
    bool counted = false;
};

page select_page(cluster& in, api_request const& request)
{
    page made;
    label_selector const labels(request.parameter("labelSelector"));
    field_selector const fields(request.parameter("fieldSelector"), *request.kind);
    std::string const token(request.parameter("continue"));
    cluster::list_rest rest;
    if (!token.empty()) {
        cluster::list_rest const* kept = in.find_rest(token);
        if (!kept && token.starts_with("page-")) throw expired(expired_continue);
        if (!kept)
            throw bad_request("invalid continue token: continue key is not valid: invalid character 'i' looking for "
                              "beginning of value");
        rest = *kept;
    } else {
        std::string_view const asked = request.parameter("resourceVersion");
        if (!asked.empty() && read_version(asked) > in.store.version())
            throw version_too_large(asked, std::to_string(in.store.version()));
        rest.version = in.store.version();
        for (object_ptr& object : in.store.list(*request.kind, request.ns))
            if (labels.matches(*object) && fields.matches(*object)) rest.objects.push_back(std::move(object));
    }
    std::size_t const left = rest.objects.size() - rest.next;
    std::size_t const limit = read_limit(request.parameter("limit"));
    std::size_t const taken = limit == 0 ? left : std::min(limit, left);
    auto const first = rest.objects.begin() + static_cast<std::ptrdiff_t>(rest.next);
    made.objects.assign(first, first + static_cast<std::ptrdiff_t>(taken));
    made.version = rest.version;
    made.remaining = left - taken;
    made.counted = labels.empty() && fields.empty();
    if (made.remaining > 0) {
        rest.next += taken;
        made.next = in.keep_rest(std::move(rest));
    }
    return made;
}

json::object list_meta(page const& of, bool always_continue)
{
    json::object meta;
    if (!of.next.empty() || always_continue) meta["continue"] = of.next;
    if (!of.next.empty() && of.counted) meta["remainingItemCount"] = of.remaining;
    meta["resourceVersion"] = std::to_string(of.version);
    return meta;
}

/// The items of built-in kinds come without kind and apiVersion, as Go's typed lists have it.
std::string item_text(resource_kind const& kind, json::object const& object)
{
    if (kind.custom) return json::serialize(object);
    json::object bare = object;
    bare.erase("kind");
    bare.erase("apiVersion");
    return json::serialize(bare);
}

std::string full_list(resource_kind const& kind, page const& of)
{
    std::string const api_version = json::serialize(json::string(kind.api_version()));
    std::string const list_kind = json::serialize(json::string(kind.kind + "List"));
    std::string const meta = json::serialize(list_meta(of, kind.custom));
    std::string body = kind.custom ? R"({"apiVersion":)" + api_version + R"(,"items":[)"
                                   : R"({"kind":)" + list_kind + R"(,"apiVersion":)" + api_version + R"(,"metadata":)"
                                         + meta + R"(,"items":[)";
    bool first = true;
    for (object_ptr const& object : of.objects) {
        if (!first) body += ',';
        first = false;
        body += item_text(kind, *object);
    }
    body += kind.custom ? R"(],"kind":)" + list_kind + R"(,"metadata":)" + meta + "}\n" : "]}\n";
    return body;
}

std::string metadata_list(page const& of)
{
    json::object list;
    list["kind"] = "PartialObjectMetadataList";
    list["apiVersion"] = "meta.k8s.io/v1";
    list["metadata"] = list_meta(of, false);
    json::array items;
    for (object_ptr const& object : of.objects)
        items.push_back(partial_metadata(*object));
    // An empty list of a nil slice, as the server sends it.
    list["items"] = items.empty() ? json::value(nullptr) : json::value(std::move(items));
    return json::serialize(list) + "\n";
}

std::string table_list(cluster const& in, api_request const& request, page const& of)
{
    json::array rows;
    for (object_ptr const& object : of.objects)
        rows.push_back(table_row(*request.kind, *object, request.parameter("includeObject"), in.now()));
    json::object table = table_of(*request.kind, std::move(rows), true);
    table["metadata"] = list_meta(of, false);
    return json::serialize(table) + "\n";
}

}  // namespace

api_answer read_one(cluster& in, api_request const& request)
{
    object_ptr const found = in.store.find(*request.kind, request.ns, request.name);
    if (!found) throw not_found(*request.kind, request.name);
    switch (representation_of(request.accept)) {
    case representation::metadata: return json_answer(200, partial_metadata(*found));
    case representation::table: {
        json::array rows;
        rows.push_back(table_row(*request.kind, *found, request.parameter("includeObject"), in.now()));
        return json_answer(200, table_of(*request.kind, std::move(rows), true));
    }
    case representation::full: break;
    }
    api_answer answer = json_answer(200, *found);
    answer.may_compress = true;
    return answer;
}

api_answer read_list(cluster& in, api_request const& request)
{
    page const selected = select_page(in, request);
    api_answer answer;
    answer.fields.set("Content-Type", "application/json");
    answer.may_compress = true;
    switch (representation_of(request.accept)) {
    case representation::metadata: answer.body = metadata_list(selected); break;
    case representation::table: answer.body = table_list(in, request, selected); break;
    case representation::full: answer.body = full_list(*request.kind, selected); break;
    }
    return answer;
}

watch_order read_watch(cluster& in, api_request const& request)
{
    watch_order order;
    order.kind = request.kind;
    order.ns = request.ns;
    order.labels = label_selector(request.parameter("labelSelector"));
    order.fields = field_selector(request.parameter("fieldSelector"), *request.kind);
    order.bookmarks = request.is_set("allowWatchBookmarks");
    order.as = representation_of(request.accept);
    order.include_object = request.parameter("includeObject");
    order.timeout = std::chrono::seconds(read_limit(request.parameter("timeoutSeconds")));
    std::string_view const asked = request.parameter("resourceVersion");
    bool const wants_initial = request.is_set("sendInitialEvents");
    order.initial = asked.empty() || asked == "0" || wants_initial;
    order.marks_initial_end = wants_initial && order.bookmarks;
    order.since = order.initial ? in.store.version() : read_version(asked);
    order.gone = !in.store.remembers(order.since);
    return order;
}

std::string event_line(
    std::string_view type, resource_kind const& kind, json::object const& object, watch_order const& order,
    timestamp now
)
{
    std::string content;
    switch (order.as) {
    case representation::full: content = json::serialize(object); break;
    case representation::metadata: content = json::serialize(partial_metadata(object)); break;
    case representation::table: {
        json::array rows;
        rows.push_back(table_row(kind, object, order.include_object, now));
        content = json::serialize(table_of(kind, std::move(rows), type == "ADDED"));
        break;
    }
    }
    return R"({"type":")" + std::string(type) + R"(","object":)" + content + "}\n";
}

}  // namespace kuberay::testing
