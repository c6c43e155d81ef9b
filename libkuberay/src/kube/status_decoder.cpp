#include "kube/retry.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/client.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace kuberay::kube {
namespace {

constexpr std::size_t most_text = 2048;

// At most `most_text` bytes, cut between two characters.
std::string bounded(std::string text)
{
    if (text.size() <= most_text) return text;
    std::size_t end = most_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    text.resize(end);
    return text;
}

std::string word_at(json::value const& root, std::string_view path)
{
    return bounded(printable_line(string_at(root, path).substr(0, most_text)));
}

void read_causes(server_status& into, json::value const& status)
{
    json::value const* causes = find_path(status, "details.causes");
    if (!causes || !causes->is_array()) return;
    for (auto const& item : causes->get_array()) {
        status_cause cause;
        cause.reason = word_at(item, "reason");
        cause.message = word_at(item, "message");
        cause.field = word_at(item, "field");
        into.causes.push_back(std::move(cause));
    }
}

void read_status(server_status& into, json::value const& status)
{
    into.reason = word_at(status, "reason");
    into.message = bounded(printable(string_at(status, "message").substr(0, most_text)));
    into.kind = word_at(status, "details.kind");
    into.group = word_at(status, "details.group");
    into.name = word_at(status, "details.name");
    into.uid = word_at(status, "details.uid");
    read_causes(into, status);
    auto const seconds = int_at(status, "details.retryAfterSeconds");
    if (!into.retry_after && seconds && *seconds > 0) into.retry_after = std::chrono::seconds(*seconds);
    auto const code = int_at(status, "code");
    if (into.http_status == 0 && code && *code >= 0 && *code <= 999) into.http_status = static_cast<int>(*code);
}

bool is_html(net::http_fields const& fields, std::string_view body)
{
    if (to_lower(fields.get("Content-Type")).starts_with("text/html")) return true;
    std::string const start = to_lower(trim(body.substr(0, 64)));
    return start.starts_with("<!doctype html") || start.starts_with("<html");
}

// The title of a page, else its text: what stands outside of tags, in one line.
std::string text_of_page(std::string_view page)
{
    std::string const lower = to_lower(page);
    std::size_t const title = lower.find("<title>");
    std::size_t const end = title == std::string::npos ? title : lower.find("</title>", title);
    if (end != std::string::npos) return std::string(trim(page.substr(title + 7, end - title - 7)));
    std::string text;
    bool in_tag = false;
    for (char const c : page) {
        if (c == '<') in_tag = true;
        bool const is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '>';
        if (!in_tag || c == '>') {
            if (!is_space)
                text += c;
            else if (!text.empty() && text.back() != ' ')
                text += ' ';
        }
        if (c == '>') in_tag = false;
    }
    return std::string(trim(text));
}

std::string text_of_body(net::http_fields const& fields, std::string_view body)
{
    std::string_view const start = body.substr(0, std::size_t(4) * most_text);
    std::string text = is_html(fields, body) ? text_of_page(start) : std::string(trim(start));
    return bounded(printable(std::string_view(text).substr(0, most_text)));
}

}  // namespace

server_status
decode_status(int http_status, net::http_fields const& fields, std::string_view body, std::string_view method)
{
    server_status made;
    made.http_status = http_status;
    made.retry_after = retry_after(fields, std::nullopt);
    std::string_view const trimmed = trim(body);
    if (trimmed.starts_with('{')) {
        result<json::value> const parsed = parse_json(trimmed);
        if (parsed && string_at(*parsed, "kind") == "Status") {
            read_status(made, *parsed);
            return made;
        }
    }
    made.message = text_of_body(fields, body);
    if (http_status == 409) made.reason = method == "POST" ? "AlreadyExists" : "Conflict";
    return made;
}

}  // namespace kuberay::kube
