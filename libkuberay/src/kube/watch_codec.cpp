#include "kube/watch_codec.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/client.hpp>

#include <array>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::string_view white_space = " \t\r\n";

struct type_row {
    std::string_view word;
    message_type type;
};
constexpr std::array<type_row, 5> type_rows{{
    {"ADDED", message_type::added},
    {"MODIFIED", message_type::modified},
    {"DELETED", message_type::deleted},
    {"BOOKMARK", message_type::bookmark},
    {"ERROR", message_type::error},
}};

[[noreturn]] void throw_no_event(std::string const& what)
{
    throw failure(errc::protocol_violation, "the server sent something that is no watch event: " + what);
}

watch_message decode(std::string_view text)
{
    auto parsed = parse_json(text);
    if (!parsed) throw_no_event(parsed.error().message());
    auto* members = parsed->if_object();
    json::value* object = members ? members->if_contains("object") : nullptr;
    if (!object || !object->is_object()) throw_no_event("it has no object");
    std::string_view const word = string_at(*parsed, "type");
    for (auto const& row : type_rows) {
        if (row.word != word) continue;
        watch_message message;
        message.type = row.type;
        message.object = std::move(object->get_object());
        return message;
    }
    throw_no_event("its type is \"" + printable_line(word.substr(0, 64)) + "\"");
}

}  // namespace

void watch_codec::feed(std::string_view bytes)
{
    if (start_ > 0) {
        buffer_.erase(0, start_);
        scanned_ -= start_;
        start_ = 0;
    }
    buffer_ += bytes;
}

std::optional<watch_message> watch_codec::next()
{
    if (!in_event_) {
        std::size_t const begin = buffer_.find_first_not_of(white_space, start_);
        start_ = scanned_ = begin == std::string::npos ? buffer_.size() : begin;
        if (begin == std::string::npos) return std::nullopt;
        if (buffer_[begin] != '{') throw_no_event("it does not begin with an object");
        in_event_ = true;
        scanner_.start();
    }
    std::string_view const fresh = std::string_view(buffer_).substr(scanned_);
    std::size_t const end = scanner_.scan(fresh);
    if (end == json_scanner::npos) {
        scanned_ = buffer_.size();
        if (scanned_ - start_ > max_event_size)
            throw failure(errc::too_large, "an event of the watch is larger than 64 MiB");
        return std::nullopt;
    }
    std::size_t const stop = scanned_ + end;
    std::string_view const text = std::string_view(buffer_).substr(start_, stop - start_);
    start_ = scanned_ = stop;
    in_event_ = false;
    return decode(text);
}

bool watch_codec::has_partial() const noexcept
{
    return in_event_ || buffer_.find_first_not_of(white_space, start_) != std::string::npos;
}

error error_of_event(json::object const& status)
{
    json::value const document(status);
    int const code = static_cast<int>(int_at(document, "code").value_or(500));
    return error(decode_status(code, net::http_fields(), to_json(document), "GET"));
}

}  // namespace kuberay::kube
