#include "net/http_server_codec.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace kuberay::net {

http_request_parser::http_request_parser(std::size_t max_head_size)
    : max_head_size_(max_head_size)
    , parser_(http_parser::kind::request, max_head_size)
{
}

bool http_request_parser::put_end()
{
    if (parser_.is_untouched()) return true;
    parser_.put_end();
    return false;
}

void http_request_parser::start_next()
{
    std::string const rest = parser_.take_rest();
    parser_ = http_parser(http_parser::kind::request, max_head_size_);
    if (!rest.empty()) parser_.put(rest);
}

std::string response_head_bytes(int status, http_fields const& fields)
{
    std::string bytes = "HTTP/1.1 " + std::to_string(status) + " ";
    bytes += reason_phrase(status);
    bytes += "\r\n";
    for (auto const& [name, value] : fields)
        bytes.append(name).append(": ").append(value).append("\r\n");
    bytes += "\r\n";
    return bytes;
}

std::string response_bytes(int status, http_fields fields, std::string_view body)
{
    fields.set("Content-Length", std::to_string(body.size()));
    std::string bytes = response_head_bytes(status, fields);
    bytes += body;
    return bytes;
}

std::string chunk_bytes(std::string_view data)
{
    std::string bytes;
    if (data.empty()) return bytes;
    std::array<char, 16> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), data.size(), 16).ptr;
    bytes.reserve(data.size() + 24);
    bytes.append(digits.data(), end).append("\r\n").append(data).append("\r\n");
    return bytes;
}

std::string last_chunk_bytes() { return "0\r\n\r\n"; }

}  // namespace kuberay::net
