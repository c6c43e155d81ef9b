#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <charconv>
#include <limits>

namespace kuberay {
namespace {

json::value const* child(json::value const& of, std::string_view step) noexcept
{
    if (auto const* members = of.if_object()) return members->if_contains(step);
    auto const* items = of.if_array();
    if (!items) return nullptr;
    std::size_t index = 0;
    auto const read = std::from_chars(step.data(), step.data() + step.size(), index);
    bool const whole = read.ec == std::errc() && read.ptr == step.data() + step.size();
    return whole ? items->if_contains(index) : nullptr;
}

}  // namespace

json::value const* find_path(json::value const& root, std::string_view dotted) noexcept
{
    json::value const* at = &root;
    if (dotted.empty()) return at;
    for (;;) {
        auto const dot = dotted.find('.');
        at = child(*at, dotted.substr(0, dot));
        if (!at || dot == std::string_view::npos) return at;
        dotted.remove_prefix(dot + 1);
    }
}

std::string_view string_at(json::value const& root, std::string_view dotted) noexcept
{
    auto const* found = find_path(root, dotted);
    auto const* text = found ? found->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

std::optional<std::int64_t> int_at(json::value const& root, std::string_view dotted) noexcept
{
    auto const* found = find_path(root, dotted);
    auto const* number = found ? found->if_int64() : nullptr;
    if (number) return *number;
    auto const* large = found ? found->if_uint64() : nullptr;
    if (large && *large <= std::uint64_t(std::numeric_limits<std::int64_t>::max()))
        return static_cast<std::int64_t>(*large);
    return std::nullopt;
}

std::optional<bool> bool_at(json::value const& root, std::string_view dotted) noexcept
{
    auto const* found = find_path(root, dotted);
    auto const* flag = found ? found->if_bool() : nullptr;
    if (!flag) return std::nullopt;
    return *flag;
}

}  // namespace kuberay
