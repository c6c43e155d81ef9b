#include "api_request.hpp"

#include <kuberay/base/text.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace kuberay::testing {

namespace {

int hex_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

/// Takes "namespaces/NS" and what follows apart.
void read_resource(api_request& request, std::string const& group, std::size_t at)
{
    std::vector<std::string> const& path = request.segments;
    std::string const& version = path[at - 1];
    auto const segment = [&](std::size_t index) { return index < path.size() ? path[index] : std::string(); };
    if (segment(at) == "namespaces" && path.size() > at + 2 && segment(at + 2) != "status"
        && segment(at + 2) != "finalize") {
        request.ns = segment(at + 1);
        at += 2;
    }
    request.kind = find_kind(group, version, segment(at));
    if (!request.kind) return;
    request.name = segment(at + 1);
    request.subresource = segment(at + 2);
    for (std::size_t i = at + 3; i < path.size(); ++i)
        request.subresource += "/" + path[i];
    if (!request.kind->namespaced) request.ns.clear();
}

std::string verb_of(api_request const& request)
{
    bool const single = !request.name.empty();
    if (request.method == "GET" || request.method == "HEAD")
        return single ? "get" : request.is_set("watch") ? "watch" : "list";
    if (request.method == "POST") return "create";
    if (request.method == "PUT") return "update";
    if (request.method == "PATCH") return "patch";
    if (request.method == "DELETE") return single ? "delete" : "deletecollection";
    return std::string();
}

}  // namespace

std::string_view api_request::parameter(std::string_view key) const noexcept
{
    for (auto const& pair : query)
        if (pair.first == key) return pair.second;
    return std::string_view();
}

bool api_request::is_set(std::string_view key) const noexcept
{
    std::string_view const value = parameter(key);
    return value == "true" || value == "1";
}

std::string api_request::manager() const
{
    if (std::string_view const given = parameter("fieldManager"); !given.empty()) return std::string(given);
    std::string const program = user_agent.substr(0, user_agent.find('/'));
    return program.empty() ? "unknown" : program;
}

api_request read_request(recorded_request const& from)
{
    api_request request;
    request.method = from.method;
    request.body = from.body;
    request.content_type = to_lower(trim(std::string_view(from.content_type).substr(0, from.content_type.find(';'))));
    request.user = from.user;
    request.user_agent = from.user_agent;
    request.accept = from.fields.get("Accept");
    request.path = from.path();
    if (std::size_t const mark = from.target.find('?'); mark != std::string::npos) {
        for (std::string const& pair : split(std::string_view(from.target).substr(mark + 1), '&')) {
            std::size_t const equal = std::min(pair.find('='), pair.size());
            std::string value =
                equal < pair.size() ? decoded(std::string_view(pair).substr(equal + 1), true) : std::string();
            request.query.emplace_back(decoded(std::string_view(pair).substr(0, equal), true), std::move(value));
        }
    }
    for (std::string const& segment : split(request.path, '/'))
        if (!segment.empty()) request.segments.push_back(decoded(segment, false));
    std::vector<std::string> const& path = request.segments;
    if (path.size() > 2 && path[0] == "api") read_resource(request, std::string(), 2);
    if (path.size() > 3 && path[0] == "apis") read_resource(request, path[1], 3);
    if (request.kind) request.verb = verb_of(request);
    return request;
}

representation representation_of(std::string_view accept)
{
    for (std::string const& range : split(accept, ',')) {
        if (range.find("as=Table") != std::string::npos) return representation::table;
        if (range.find("as=PartialObjectMetadata") != std::string::npos) return representation::metadata;
        std::string_view const type = trim(std::string_view(range).substr(0, range.find(';')));
        if (type == "application/json" || type == "*/*") return representation::full;
    }
    return representation::full;
}

api_answer json_answer(int status, json::object const& document)
{
    api_answer answer;
    answer.status = status;
    answer.fields.set("Content-Type", "application/json");
    answer.body = json::serialize(document) + "\n";
    return answer;
}

}  // namespace kuberay::testing
