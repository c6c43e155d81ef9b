#include "ray_head/head_request.hpp"

#include <kuberay/base/text.hpp>

#include <charconv>
#include <optional>

namespace kuberay::testing {

namespace {

std::string decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int byte = 0;
        if (text[i] == '%' && i + 2 < text.size()
            && std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

head_request::head_request(std::string method, std::string const& target, net::http_fields fields)
    : method(std::move(method))
    , fields(std::move(fields))
{
    std::size_t const mark = target.find('?');
    std::string_view path = std::string_view(target).substr(0, mark);
    if (path.starts_with('/')) path.remove_prefix(1);
    for (std::string const& segment : split(path, '/'))
        segments.push_back(decoded(segment, false));
    if (mark == std::string::npos) return;
    for (std::string const& pair : split(std::string_view(target).substr(mark + 1), '&')) {
        if (pair.empty()) continue;
        std::size_t const equal = std::min(pair.find('='), pair.size());
        query.emplace_back(
            decoded(pair.substr(0, equal), true), equal == pair.size() ? "" : decoded(pair.substr(equal + 1), true)
        );
    }
}

std::string head_request::parameter(std::string_view name) const
{
    for (auto const& [key, value] : query)
        if (key == name) return value;
    return std::string();
}

bool head_request::has_parameter(std::string_view name) const
{
    for (auto const& [key, value] : query)
        if (key == name) return true;
    return false;
}

bool head_request::is(std::vector<std::string_view> const& path) const
{
    if (path.size() != segments.size()) return false;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (path[i] == "*" ? segments[i].empty() : segments[i] != path[i]) return false;
    return true;
}

bool head_request::is_from_browser() const
{
    if (fields.get("User-Agent").starts_with("Mozilla")) return true;
    for (char const* name :
         {"Origin", "Referer", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Sec-Fetch-User"})
        if (fields.contains(name)) return true;
    return false;
}

}  // namespace kuberay::testing
