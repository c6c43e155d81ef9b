#pragma once

#include <kuberay/base/error.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay {

/// A moment as Kubernetes and Ray state it: UTC, to the nanosecond.
using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// Reads an RFC 3339 moment: `2026-01-31T12:00:00Z`, with fraction, with `+hh:mm`. Absent when `text` is anything
/// else or lies outside what `timestamp` can hold (years 1678 to 2261). Digits beyond the nanosecond are dropped.
std::optional<timestamp> parse_rfc3339(std::string_view text);

/// `2026-01-31T12:00:00Z`: whole seconds, rounded down, UTC; the form of metav1.Time.
std::string format_rfc3339(timestamp at);

/// The same with nanoseconds, without trailing zeros of the fraction.
std::string format_rfc3339_nano(timestamp at);

/// The age as kubectl prints it: `45s`, `3m20s`, `150m`, `3h`, `7d12h`, `2y11d`; `<invalid>` below -1 s. Source:
/// apimachinery `duration.HumanDuration`.
std::string human_age(std::chrono::seconds age);

/// `human_age` of `now - created`; `<unknown>` when `created` is absent.
std::string age_since(std::optional<timestamp> created, timestamp now);

/// Reads a duration in the grammar of Go's `time.ParseDuration`: `300ms`, `1h30m`, `-1.5h`, `0`.
///
/// Errors: `errc::bad_input`; text that is no duration, a number without unit, an unknown unit and a value beyond 292
/// years each have their own message.
result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The duration as Go prints it: `5m0s`, `1h0m0s`, `1.5s`, `250ms`, `0s`.
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace kuberay
