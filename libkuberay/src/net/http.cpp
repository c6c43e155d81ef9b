#include <kuberay/net/http.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace kuberay::net {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

[[noreturn]] void throw_too_large(std::size_t limit)
{
    throw failure(errc::too_large, "the answer is larger than the limit of " + std::to_string(limit) + " bytes");
}

bool announces_more_than(http_fields const& fields, std::size_t limit) noexcept
{
    std::string_view const text = fields.get("Content-Length");
    std::uint64_t length = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), length);
    return !text.empty() && (read.ec == std::errc::result_out_of_range || length > limit);
}

task<std::string> no_bytes() { co_return std::string(); }

task<std::string> next_piece(std::shared_ptr<http_response::body_reader> body) { co_return co_await body->next(); }

task<std::string>
read_rest(std::shared_ptr<http_response::body_reader> body, bool announced_too_large, std::size_t limit)
{
    if (announced_too_large) throw_too_large(limit);
    std::string all;
    for (;;) {
        std::string piece = co_await body->next();
        if (piece.empty()) co_return all;
        if (piece.size() > limit - all.size()) throw_too_large(limit);
        if (all.empty())
            all = std::move(piece);
        else
            all += piece;
    }
}

}  // namespace

std::string_view http_fields::get(std::string_view name) const noexcept
{
    for (auto const& [key, value] : fields_)
        if (same_name(key, name)) return value;
    return std::string_view();
}

bool http_fields::contains(std::string_view name) const noexcept
{
    return std::any_of(fields_.begin(), fields_.end(), [&](value_type const& f) { return same_name(f.first, name); });
}

std::vector<std::string> http_fields::all(std::string_view name) const
{
    std::vector<std::string> values;
    for (auto const& [key, value] : fields_)
        if (same_name(key, name)) values.push_back(value);
    return values;
}

void http_fields::set(std::string_view name, std::string value)
{
    erase(name);
    add(std::string(name), std::move(value));
}

void http_fields::add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

void http_fields::erase(std::string_view name)
{
    std::erase_if(fields_, [&](value_type const& f) { return same_name(f.first, name); });
}

http_request::http_request(std::string method, std::string target)
    : method(std::move(method))
    , target(std::move(target))
{
}

bool http_request::is_idempotent() const noexcept
{
    constexpr std::array<std::string_view, 5> safe_to_repeat{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
    return std::find(safe_to_repeat.begin(), safe_to_repeat.end(), method) != safe_to_repeat.end();
}

http_response::http_response(int status, http_fields fields, std::shared_ptr<body_reader> body)
    : status_(status)
    , fields_(std::move(fields))
    , body_(std::move(body))
{
}

task<std::string> http_response::read_some()
{
    if (!body_) return no_bytes();
    return next_piece(body_);
}

task<std::string> http_response::read_all(std::size_t limit)
{
    if (!body_) return no_bytes();
    return read_rest(body_, announces_more_than(fields_, limit), limit);
}

}  // namespace kuberay::net
