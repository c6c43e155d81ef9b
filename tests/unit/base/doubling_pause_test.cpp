#include "base/doubling_pause.hpp"

#include <gtest/gtest.h>

namespace kuberay {
namespace {

using std::chrono::milliseconds;

TEST(doubling_pause, grows_to_the_longest_and_begins_anew_after_a_success)
{
    doubling_pause pauses(milliseconds(40), milliseconds(100));
    EXPECT_EQ(pauses.next(), milliseconds(40));
    EXPECT_EQ(pauses.next(), milliseconds(80));
    EXPECT_EQ(pauses.next(), milliseconds(100));
    EXPECT_EQ(pauses.next(), milliseconds(100));
    pauses.reset();
    EXPECT_EQ(pauses.next(), milliseconds(40));
}

TEST(doubling_pause, is_never_above_the_longest)
{
    doubling_pause pauses(milliseconds(500), milliseconds(100));
    EXPECT_EQ(pauses.next(), milliseconds(100));
    EXPECT_EQ(pauses.next(), milliseconds(100));
}

}  // namespace
}  // namespace kuberay
