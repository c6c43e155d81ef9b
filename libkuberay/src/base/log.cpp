#include <kuberay/base/log.hpp>
#include <kuberay/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kuberay {
namespace {

// Headers whose values hold no secret. Everything else is masked: new kinds of credentials come, and are unknown here.
constexpr std::array<std::string_view, 24> shown_headers{
    "accept",
    "accept-encoding",
    "audit-id",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "host",
    "retry-after",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "server",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "x-kubernetes-pf-flowschema-uid",
    "x-kubernetes-pf-prioritylevel-uid",
    "x-request-id",
    "x-stream-protocol-version",
};

// kubelet and older clients carry a bearer token as a WebSocket subprotocol.
bool is_shown(std::string const& name, std::string_view value)
{
    if (std::find(shown_headers.begin(), shown_headers.end(), name) == shown_headers.end()) return false;
    return name != "sec-websocket-protocol" || value.find("bearer") == std::string_view::npos;
}

}  // namespace

logger::logger(std::shared_ptr<log_sink> sink, int verbosity)
    : sink_(std::move(sink))
    , verbosity_(verbosity)
{
}

void logger::write(int level, std::string_view message) const
{
    if (enabled(level)) sink_->write(level, message);
}

void recording_log_sink::write(int level, std::string_view message)
{
    log_record record;
    record.level = level;
    record.message = message;
    std::lock_guard const lock(mutex_);
    records_.push_back(std::move(record));
}

std::vector<log_record> recording_log_sink::records() const
{
    std::lock_guard const lock(mutex_);
    return records_;
}

std::string log_header_line(std::string_view name, std::string_view value)
{
    std::string line = printable_line(name) + ": ";
    line += is_shown(to_lower(name), to_lower(value)) ? printable_line(value) : std::string("<masked>");
    return line;
}

}  // namespace kuberay
