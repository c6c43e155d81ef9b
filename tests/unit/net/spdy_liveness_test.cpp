#include "net/spdy_liveness.hpp"

#include <gtest/gtest.h>

namespace kuberay::net {
namespace {

/// Beats of a session: each ends, then a ping is sent.
struct life {
    unsigned beat(bool reading = true)
    {
        unsigned const silent = peer.beat(reading);
        peer.sent_ping(next += 2);
        return silent;
    }

    /// The peer answers the ping that is `back` beats old.
    void answer(std::uint32_t back = 0)
    {
        peer.received();
        peer.answered(next - 2 * back);
    }

    void answered_beats(int count)
    {
        for (int i = 0; i < count; ++i) {
            beat();
            answer();
        }
    }

    spdy_liveness peer;
    std::uint32_t next = 1;
};

TEST(spdy_liveness, counts_the_beats_since_the_first_ping_without_any_answer)
{
    life of;
    EXPECT_EQ(of.beat(), 0u) << "nothing was asked yet";
    EXPECT_EQ(of.beat(), 1u);
    EXPECT_EQ(of.beat(), 2u);
    of.answer();
    EXPECT_EQ(of.beat(), 0u);
}

TEST(spdy_liveness, an_answered_ping_leaves_nothing_to_wait_for)
{
    life of;
    of.beat();
    of.answer();
    of.peer.beat(true);
    EXPECT_EQ(of.peer.beat(true), 0u);
}

TEST(spdy_liveness, anything_received_is_life)
{
    life of;
    of.beat();
    of.beat();
    of.peer.received();
    EXPECT_EQ(of.beat(), 0u);
    EXPECT_EQ(of.beat(), 1u);
}

TEST(spdy_liveness, silence_means_nothing_while_this_side_does_not_read)
{
    life of;
    of.beat();
    of.beat();
    EXPECT_EQ(of.beat(false), 0u);
    EXPECT_EQ(of.beat(), 1u) << "it starts anew";
}

TEST(spdy_liveness, silence_behind_much_data_means_nothing_before_a_whole_round_of_answers)
{
    struct row {
        char const* name;
        std::size_t frame;
        int count;
        int answers;  // behind the data
        unsigned silent;
    };
    for (row const& row : {
             row{"a request", 1000, 3, 0, 1},
             row{"much", 30000, 3, 0, 0},
             row{"many", 1, 40, 0, 0},
             row{"most of a round", 30000, 3, 4, 0},
             row{"a round", 30000, 3, 5, 1},
         }) {
        life of;
        of.answered_beats(6);
        of.beat();
        for (int i = 0; i < row.count; ++i)
            of.peer.sent_data(row.frame);
        of.answer();
        of.answered_beats(row.answers);
        of.beat();
        EXPECT_EQ(of.beat(), row.silent) << row.name;
    }
}

TEST(spdy_liveness, silence_behind_a_ping_that_was_passed_over_means_nothing)
{
    life of;
    of.answered_beats(6);
    of.peer.sent_data(10);
    of.beat();
    of.answered_beats(3);
    of.beat();
    EXPECT_EQ(of.beat(), 0u) << "one of the queues of the peer is blocked";
    of.answer(5);
    of.beat();
    EXPECT_EQ(of.beat(), 1u);
}

TEST(spdy_liveness, answers_to_nothing_change_nothing)
{
    life of;
    of.peer.answered(7);
    of.beat();
    of.peer.answered(99);
    EXPECT_EQ(of.beat(), 1u);
}

}  // namespace
}  // namespace kuberay::net
