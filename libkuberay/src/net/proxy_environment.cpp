#include <kuberay/net/endpoint.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace kuberay::net {
namespace {

namespace ip = boost::asio::ip;

std::string variable(char const* name, char const* fallback)
{
    char const* value = std::getenv(name);
    if (value == nullptr || *value == '\0') value = std::getenv(fallback);
    return value == nullptr ? std::string() : value;
}

std::string normalized(std::string_view entry)
{
    auto const blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!entry.empty() && blank(entry.front()))
        entry.remove_prefix(1);
    while (!entry.empty() && blank(entry.back()))
        entry.remove_suffix(1);
    std::string text(entry);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::optional<ip::address> address_of(std::string_view text)
{
    error_code code;
    ip::address const parsed = ip::make_address(text, code);
    if (code) return std::nullopt;
    if (parsed.is_v6() && parsed.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, parsed.to_v6());
    return parsed;
}

bool is_in_network(ip::address const& address, std::string const& cidr)
{
    error_code code;
    if (address.is_v4()) {
        auto const network = ip::make_network_v4(cidr, code);
        return !code && ip::network_v4(address.to_v4(), network.prefix_length()).network() == network.network();
    }
    auto const network = ip::make_network_v6(cidr, code);
    return !code && ip::network_v6(address.to_v6(), network.prefix_length()).network() == network.network();
}

struct host_port {
    std::string host;
    std::string port;
};

// "host", "host:port", "[v6]", "[v6]:port", "v6".
host_port split(std::string const& entry)
{
    host_port parts;
    auto const colon = entry.rfind(':');
    if (entry.starts_with('[')) {
        auto const end = entry.find(']');
        parts.host = entry.substr(1, end == std::string::npos ? end : end - 1);
        if (end != std::string::npos && entry.substr(end + 1).starts_with(':')) parts.port = entry.substr(end + 2);
    } else if (colon != std::string::npos && entry.find(':') == colon) {
        parts.host = entry.substr(0, colon);
        parts.port = entry.substr(colon + 1);
    } else {
        parts.host = entry;
    }
    return parts;
}

bool matches_domain(std::string const& host, std::string const& pattern)
{
    std::string suffix = pattern.starts_with("*.") ? pattern.substr(1) : pattern;
    bool const also_itself = !suffix.starts_with('.');
    if (also_itself) suffix.insert(0, 1, '.');
    return host.ends_with(suffix) || (also_itself && host == pattern);
}

bool is_excluded_by(std::string const& entry, url const& server, std::optional<ip::address> const& address)
{
    if (entry == "*") return true;
    if (address && entry.find('/') != std::string::npos) return is_in_network(*address, entry);
    host_port const parts = split(entry);
    if (parts.host.empty() || (!parts.port.empty() && parts.port != std::to_string(server.port))) return false;
    if (auto const excluded = address_of(parts.host)) return address && *address == *excluded;
    return !address && matches_domain(normalized(server.host), parts.host);
}

bool is_excluded(std::string_view no_proxy, url const& server)
{
    auto const address = address_of(server.host);
    if (server.host == "localhost" || (address && address->is_loopback())) return true;
    while (!no_proxy.empty()) {
        auto const comma = no_proxy.find(',');
        std::string const entry = normalized(no_proxy.substr(0, comma));
        if (!entry.empty() && is_excluded_by(entry, server, address)) return true;
        no_proxy.remove_prefix(comma == std::string_view::npos ? no_proxy.size() : comma + 1);
    }
    return false;
}

}  // namespace

proxy_environment proxy_environment::from_process()
{
    proxy_environment environment;
    environment.https_proxy = variable("HTTPS_PROXY", "https_proxy");
    environment.http_proxy = variable("HTTP_PROXY", "http_proxy");
    environment.no_proxy = variable("NO_PROXY", "no_proxy");
    return environment;
}

result<std::optional<url>> proxy_for(url const& server, proxy_environment const& environment)
{
    bool const is_https = server.scheme == "https";
    if (!is_https && server.scheme != "http") return std::optional<url>();
    std::string text = is_https ? environment.https_proxy : environment.http_proxy;
    if (text.empty() || is_excluded(environment.no_proxy, server)) return std::optional<url>();
    if (text.find("://") == std::string::npos) text.insert(0, "http://");
    result<url> proxy = parse_url(text);
    if (proxy.has_error()) return proxy.error().with_context(is_https ? "HTTPS_PROXY" : "HTTP_PROXY");
    return std::optional<url>(std::move(*proxy));
}

}  // namespace kuberay::net
