#include "ray/output_position.hpp"

#include <cstring>

namespace kuberay::ray {

std::string_view word_of(output_way way) noexcept
{
    switch (way) {
    case output_way::stream: return "/api/v0/logs/stream";
    case output_way::file: return "/api/v0/logs/file";
    case output_way::text: return "the job's logs";
    case output_way::tail: return "the job's logs over a WebSocket";
    }
    return "the logs";
}

void output_position::advance(output_way by, std::string_view bytes) noexcept
{
    if (bytes.empty()) return;
    given_ += bytes.size();
    if (gives_text(by)) {
        read_text_ = true;
        in_text_ += bytes.size();
        return;
    }
    in_file_ += bytes.size();
    in_text_ += bytes.size();
    if (after_return_ && bytes.front() == '\n') --in_text_;
    for (std::size_t at = bytes.find('\r'); at != std::string_view::npos; at = bytes.find('\r', at + 1))
        if (at + 1 < bytes.size() && bytes[at + 1] == '\n') --in_text_;
    after_return_ = bytes.back() == '\r';
}

}  // namespace kuberay::ray
