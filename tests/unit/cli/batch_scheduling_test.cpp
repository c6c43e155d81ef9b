#include "cli/batch_scheduling.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <optional>
#include <thread>

#ifdef SCHED_BATCH

namespace cli {
namespace {

TEST(batch_scheduling, lasts_as_long_as_it_lives)
{
    ASSERT_EQ(::sched_getscheduler(0), SCHED_OTHER);
    std::optional<batch_scheduling> scheduling(std::in_place);
    EXPECT_EQ(::sched_getscheduler(0), SCHED_BATCH);
    scheduling.reset();
    EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
}

TEST(batch_scheduling, leaves_the_choice_of_a_user_alone)
{
    std::thread chosen([] {
        sched_param const none{};
        ASSERT_EQ(::sched_setscheduler(0, SCHED_IDLE, &none), 0);
        {
            batch_scheduling const scheduling;
            EXPECT_EQ(::sched_getscheduler(0), SCHED_IDLE);
        }
        EXPECT_EQ(::sched_getscheduler(0), SCHED_IDLE);
    });
    chosen.join();
}

}  // namespace
}  // namespace cli

#endif
