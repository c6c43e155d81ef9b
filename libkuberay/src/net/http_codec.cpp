#include "net/http_codec.hpp"

#include <algorithm>
#include <array>

namespace kuberay::net {
namespace {

// A server that sends interim answers without end would hold the caller for ever.
constexpr int max_interim_answers = 32;

bool is_token_character(char c) noexcept
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

// RFC 9110 section 5.5: visible characters, spaces, tabs and bytes beyond ASCII.
bool is_field_value(std::string_view text) noexcept
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
    });
}

bool is_target(std::string_view text) noexcept
{
    if (text.empty() || (text.front() != '/' && text != "*")) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void check(http_request const& request)
{
    if (!is_token(request.method)) throw failure(errc::bad_input, "the HTTP method is not acceptable");
    if (!is_target(request.target))
        throw failure(
            errc::bad_input, "the path of a request must start with / and have neither spaces nor control characters"
        );
    for (auto const& [name, value] : request.fields) {
        if (!is_token(name)) throw failure(errc::bad_input, "the name of an HTTP header is not acceptable");
        if (!is_field_value(value))
            throw failure(
                errc::bad_input, "the value of the HTTP header " + name + " has line ends or control characters"
            );
    }
}

bool is_set_here(std::string_view name)
{
    constexpr std::array<std::string_view, 6> ours{"Host",       "Content-Length",   "Transfer-Encoding",
                                                   "Connection", "Proxy-Connection", "Expect"};
    http_fields one;
    one.add(std::string(name), std::string());
    return std::any_of(ours.begin(), ours.end(), [&](std::string_view known) { return one.contains(known); });
}

bool may_have_body(http_request const& request)
{
    return request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

void append_field(std::string& bytes, std::string_view name, std::string_view value)
{
    bytes.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string
request_head_bytes(http_request const& request, std::string_view authority, request_purpose purpose, bool accept_gzip)
{
    check(request);
    std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
    append_field(bytes, "Host", authority);
    for (auto const& [name, value] : request.fields)
        if (!is_set_here(name)) append_field(bytes, name, value);
    if (accept_gzip && !request.fields.contains("Accept-Encoding") && !request.fields.contains("Range"))
        append_field(bytes, "Accept-Encoding", "gzip");
    if (request.source && !request.source->length)
        append_field(bytes, "Transfer-Encoding", "chunked");
    else if (request.source)
        append_field(bytes, "Content-Length", std::to_string(*request.source->length));
    else if (!request.body.empty() || may_have_body(request))
        append_field(bytes, "Content-Length", std::to_string(request.body.size()));
    if (purpose == request_purpose::upgrade) append_field(bytes, "Connection", "Upgrade");
    bytes += "\r\n";
    return bytes;
}

http_response_parser::http_response_parser(std::string_view request_method, std::size_t max_head_size)
    : answers_head_(request_method == "HEAD")
    , max_head_size_(max_head_size)
    , parser_(http_parser::kind::response, max_head_size)
{
    if (answers_head_) parser_.expect_no_body();
}

bool http_response_parser::is_interim() const noexcept
{
    int const status = parser_.head().status;
    return status >= 100 && status < 200 && status != 101;
}

void http_response_parser::put(std::string_view bytes)
{
    parser_.put(bytes);
    while (parser_.is_done() && is_interim()) {
        if (++interim_ > max_interim_answers)
            throw failure(errc::protocol_violation, "the server sent interim HTTP answers without end");
        std::string const rest = parser_.take_rest();
        parser_ = http_parser(http_parser::kind::response, max_head_size_);
        if (answers_head_) parser_.expect_no_body();
        if (!rest.empty()) parser_.put(rest);
    }
}

}  // namespace kuberay::net
