#pragma once

#include <kuberay/base/error.hpp>

#include <string_view>

namespace kuberay::ray {

/// Checks a schedule as the operator reads it (five fields, or @daily and the like), and that it comes true at all.
/// Errors: `errc::bad_input` naming the schedule, the field and what is wrong with it. Pure. Source: robfig/cron v3
/// `ParseStandard`, of which only what is unambiguous is accepted.
result<void> check_schedule(std::string_view schedule);

}  // namespace kuberay::ray
