#include "streams/container_log.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t longest_part = 16 * 1024;

/// With all nine digits, unlike `format_rfc3339_nano`.
std::string fixed_nanoseconds(timestamp at)
{
    std::string text = format_rfc3339(at);
    auto const nanoseconds = (at - std::chrono::floor<std::chrono::seconds>(at)).count();
    std::string const digits = std::to_string(nanoseconds);
    text.pop_back();
    text += "." + std::string(9 - digits.size(), '0') + digits + "Z";
    return text;
}

}  // namespace

void log_run::append(timestamp time, std::string_view text)
{
    while (!text.empty()) {
        std::size_t const end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        do {
            log_entry& entry = entries.emplace_back();
            entry.time = time;
            entry.text = line.substr(0, longest_part);
            line.remove_prefix(entry.text.size());
            entry.partial = !line.empty();
        } while (!line.empty());
    }
}

container_log::container_log()
    : current(std::make_shared<log_run>())
{
}

void container_log::rotate()
{
    current->ended = true;
    previous = std::exchange(current, std::make_shared<log_run>());
}

log_text::log_text(bool timestamps, std::optional<timestamp> since, std::optional<std::uint64_t> limit)
    : timestamps_(timestamps)
    , since_(since)
    , left_(limit)
{
}

void log_text::put(log_entry const& entry, std::string& into)
{
    if ((since_ && entry.time < *since_) || is_full()) return;
    std::size_t const before = into.size();
    if (timestamps_ && at_line_start_) into += fixed_nanoseconds(entry.time) + " ";
    into += entry.text;
    if (!entry.partial) into += '\n';
    at_line_start_ = !entry.partial;
    if (!left_) return;
    std::uint64_t const added = std::min<std::uint64_t>(into.size() - before, *left_);
    into.resize(before + static_cast<std::size_t>(added));
    *left_ -= added;
}

}  // namespace kuberay::testing
