#include "ray/cron_schedule.hpp"

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

TEST(cron_schedule, accepts_what_the_operator_reads)
{
    for (char const* schedule :
         {"* * * * *", "0 0 * * *", "*/15 9-17 * * mon-fri", "0 0 1,15 JAN-jun ?", "5/10 * * * *", "0-30/5 1 * * 0",
          "  0   4  * * 6 ", "@daily", "@hourly", "@every 1h30m", "0 0 29 2 *", "0 0 31 2 1", "59 23 31 12 *"}) {
        result<void> const checked = check_schedule(schedule);
        EXPECT_TRUE(checked.has_value()) << schedule << ": " << checked.error().message();
    }
}

TEST(cron_schedule, refuses_everything_else_and_names_the_field)
{
    struct row {
        char const *schedule, *says;
    };
    for (row const& r :
         {row{"", "it has 0 fields instead of 5"},
          row{"* * * *", "it has 4 fields instead of 5"},
          row{"0 * * * * *", "it has 6 fields instead of 5"},
          row{"60 * * * *", R"(minute "60" is not between 0 and 59)"},
          row{"* 24 * * *", R"(hour "24" is not between 0 and 23)"},
          row{"* * 0 * *", R"(day of the month "0" is not between 1 and 31)"},
          row{"* * * 13 *", R"(month "13" is not between 1 and 12)"},
          row{"* * * * 7", R"(day of the week "7" is not between 0 and 6)"},
          row{"* * * foo *", R"(month "foo" is neither a number)"},
          row{"-1 * * * *", R"(minute "-1" is neither)"},
          row{"10-5 * * * *", "ends before it begins"},
          row{"1-2-3 * * * *", "is no range"},
          row{"*/0 * * * *", "no number above 0"},
          row{"*/x * * * *", "no number above 0"},
          row{"*/1/2 * * * *", "more than one step"},
          row{"1,,2 * * * *", "has an empty part"},
          row{"*\t* * * *", "separated by spaces"},
          row{"TZ=UTC 0 0 * * *", "holds a time zone"},
          row{"@reboot", "is none of @hourly"},
          row{"@every", "is none of @hourly"},
          row{"@every 10", "the unit is missing"},
          row{"@every 10ms", "at least 1s"},
          row{"0 0 30 2 *", "no year has such a day"},
          row{"0 0 31 4,6 *", "no year has such a day"},
          row{"99999999999 * * * *", "neither a number"}}) {
        result<void> const checked = check_schedule(r.schedule);
        if (checked.has_value()) {
            ADD_FAILURE() << "accepted: " << r.schedule;
            continue;
        }
        EXPECT_EQ(checked.error().code(), errc::bad_input) << r.schedule;
        EXPECT_THAT(checked.error().message(), ::testing::HasSubstr(r.says)) << r.schedule;
        EXPECT_THAT(checked.error().message(), ::testing::StartsWith("the schedule ")) << r.schedule;
    }
}

}  // namespace
}  // namespace kuberay::ray
