#include <kuberay/net/endpoint.hpp>

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace kuberay::net {
namespace {

struct scheme_row {
    std::string_view name;
    std::uint16_t port;
};

constexpr std::array schemes{
    scheme_row{"http", 80},      scheme_row{"https", 443}, scheme_row{"socks5", 1080},
    scheme_row{"socks5h", 1080}, scheme_row{"unix", 0},
};

scheme_row const* find_scheme(std::string_view name)
{
    auto const found = std::find_if(schemes.begin(), schemes.end(), [&](auto const& row) { return row.name == name; });
    return found == schemes.end() ? nullptr : &*found;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text)
{
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(), lower);
    return copy;
}

std::optional<unsigned> hex_digit(char c)
{
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    c = lower(c);
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        auto const high = hex_digit(text[i + 1]);
        auto const low = hex_digit(text[i + 2]);
        if (!high || !low) return std::nullopt;
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return decoded;
}

// The text as it may be repeated: without what could be user info, and without control characters.
std::string shown(std::string_view text)
{
    auto const scheme = text.find("://");
    auto const user_end = text.rfind('@');
    std::string safe(text);
    if (user_end != std::string_view::npos) {
        std::size_t const from = scheme == std::string_view::npos || scheme > user_end ? 0 : scheme + 3;
        safe = std::string(text.substr(0, from)) + "***" + std::string(text.substr(user_end));
    }
    std::replace_if(safe.begin(), safe.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    return safe.size() > 200 ? safe.substr(0, 200) + "..." : safe;
}

error bad(std::string_view text, std::string_view why)
{
    return error(errc::bad_config, "\"" + shown(text) + "\" is not a usable URL: " + std::string(why));
}

bool has_blank(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    });
}

// Names are what resolvers take; the resolver judges the rest.
bool is_host_name(std::string_view host)
{
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
    });
}

std::optional<std::string> bracketed_host(std::string_view inside)
{
    // RFC 6874 writes the zone's percent sign as %25.
    std::string address(inside);
    if (auto const zone = address.find("%25"); zone != std::string::npos) address.erase(zone + 1, 2);
    error_code code;
    boost::asio::ip::make_address_v6(address, code);
    if (code) return std::nullopt;
    return lowered(address);
}

std::string path_of(std::string_view rest)
{
    while (rest.ends_with('/'))
        rest.remove_suffix(1);
    return std::string(rest);
}

std::string bracketed(std::string const& host) { return host.find(':') == std::string::npos ? host : '[' + host + ']'; }

result<url> parse_unix(std::string_view text, std::string_view rest)
{
    if (rest.starts_with("//")) rest.remove_prefix(2);
    auto path = percent_decode(rest);
    if (!path) return bad(text, "it has a broken percent escape");
    if (!path->starts_with('/')) return bad(text, "a unix socket needs an absolute path (unix:///path)");
    url parsed;
    parsed.scheme = "unix";
    parsed.host = std::move(*path);
    return parsed;
}

}  // namespace

result<url> parse_url(std::string_view text)
{
    if (has_blank(text)) return bad(text, "it contains a blank or a control character");
    auto const colon = text.find(':');
    std::string const scheme = lowered(text.substr(0, colon == std::string_view::npos ? 0 : colon));
    if (scheme == "unix") return parse_unix(text, text.substr(colon + 1));
    if (scheme.empty() || !text.substr(colon).starts_with("://"))
        return bad(text, "it does not start with a scheme like https://");
    scheme_row const* const known = find_scheme(scheme);
    if (known == nullptr) return bad(text, "only http, https, socks5, socks5h and unix are supported");

    url parsed;
    parsed.scheme = scheme;
    parsed.port = known->port;
    std::string_view rest = text.substr(colon + 3);
    if (rest.find_first_of("?#") != std::string_view::npos) return bad(text, "a query or fragment has no place in it");
    auto const slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    if (slash != std::string_view::npos) parsed.path = path_of(rest.substr(slash));
    if (auto const at = authority.rfind('@'); at != std::string_view::npos) {
        auto user = percent_decode(authority.substr(0, at));
        if (!user) return bad(text, "its user info has a broken percent escape");
        parsed.user_info = std::move(*user);
        authority.remove_prefix(at + 1);
    }

    std::string_view port;
    if (authority.starts_with('[')) {
        auto const end = authority.find(']');
        if (end == std::string_view::npos) return bad(text, "the bracket of its address is not closed");
        auto address = bracketed_host(authority.substr(1, end - 1));
        if (!address) return bad(text, "there is no IPv6 address between the brackets");
        parsed.host = std::move(*address);
        authority.remove_prefix(end + 1);
        if (!authority.empty() && authority.front() != ':') return bad(text, "something follows its bracket");
        port = authority.empty() ? authority : authority.substr(1);
    } else {
        auto const end = authority.find(':');
        if (!is_host_name(authority.substr(0, end))) return bad(text, "it has no valid host name");
        parsed.host = lowered(authority.substr(0, end));
        if (end != std::string_view::npos) port = authority.substr(end + 1);
    }
    if (!port.empty()) {
        auto const [end, ec] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
        if (ec != std::errc() || end != port.data() + port.size() || parsed.port == 0)
            return bad(text, "its port is not a number from 1 to 65535");
    }
    return parsed;
}

std::string url::str() const
{
    if (scheme == "unix") return "unix://" + host;
    scheme_row const* const known = find_scheme(scheme);
    std::string text = scheme + "://" + bracketed(host);
    if (known == nullptr || known->port != port) text += ':' + std::to_string(port);
    return text + path;
}

std::string url::authority() const { return bracketed(host) + ':' + std::to_string(port); }

std::string percent_encode(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : text) {
        if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            encoded += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += digits[byte >> 4];
            encoded += digits[byte & 15];
        }
    }
    return encoded;
}

}  // namespace kuberay::net
