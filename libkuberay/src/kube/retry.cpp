#include "kube/retry.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace kuberay::kube {
namespace {

constexpr int most_retries = 10;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<unsigned> number(std::string_view digits)
{
    unsigned value = 0;
    auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<timestamp> parse_http_date(std::string_view text)
{
    // "Sun, 06 Nov 1994 08:49:37 GMT"
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
    auto const month = std::find(months.begin(), months.end(), text.substr(8, 3));
    auto const day = number(text.substr(5, 2));
    auto const year = number(text.substr(12, 4));
    auto const hour = number(text.substr(17, 2));
    auto const minute = number(text.substr(20, 2));
    auto const second = number(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    if (*year < 1970 || *year > 2200 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    std::chrono::year_month_day const date(
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1), std::chrono::day(*day)
    );
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute)
           + std::chrono::seconds(*second);
}

std::optional<std::chrono::seconds> retry_after(net::http_fields const& fields, std::optional<timestamp> now)
{
    std::string_view const text = trim(fields.get("Retry-After"));
    if (auto const seconds = number(text)) return std::chrono::seconds(*seconds);
    auto const until = parse_http_date(text);
    auto from = parse_http_date(trim(fields.get("Date")));
    if (!from) from = now;
    if (!until || !from) return std::nullopt;
    return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(*until - *from));
}

std::optional<std::chrono::seconds> wait_before_retry(retry_question const& about)
{
    bool const is_busy = about.status == 429 || (about.status >= 500 && about.status <= 599);
    if (!is_busy || !about.asked || !about.can_be_sent_again || about.retries >= most_retries) return std::nullopt;
    if (*about.asked > about.longest_wait) return std::nullopt;
    if (about.remaining && *about.asked >= *about.remaining) return std::nullopt;
    return about.asked;
}

}  // namespace kuberay::kube
