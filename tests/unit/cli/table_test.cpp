#include "cli/table.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

std::string printed(table const& of, bool with_header = true)
{
    string_sink into;
    of.print(into, with_header);
    return into.text();
}

TEST(table, columns_are_padded_to_their_longest_cell_and_three_more)
{
    table rows({"NAME", "MIN", "MAX", "REPLICAS"});
    rows.add({"pool", "0", "2147483647", "2/3"});
    rows.add({"idle", "0", "4", "0/0"});
    EXPECT_EQ(
        printed(rows), "NAME   MIN   MAX          REPLICAS\n"
                       "pool   0     2147483647   2/3\n"
                       "idle   0     4            0/0\n"
    );
    EXPECT_EQ(
        printed(rows, false), "pool   0     2147483647   2/3\n"
                              "idle   0     4            0/0\n"
    );
}

TEST(table, widths_count_code_points)
{
    table rows({"NAME", "AGE"});
    rows.add({"żółć-żółć", "1s"});
    rows.add({"ascii-ascii", "2s"});
    EXPECT_EQ(printed(rows, false), "żółć-żółć     1s\nascii-ascii   2s\n");
}

TEST(table, cells_end_at_their_first_line_and_cannot_steer_the_terminal)
{
    EXPECT_EQ(shown_cell("one\ntwo"), "one...");
    EXPECT_EQ(shown_cell("one\r"), "one...");
    EXPECT_EQ(shown_cell("one\ftwo"), "one...");
    EXPECT_EQ(shown_cell("\x1b]0;title\x07red\x1b[31m").find('\x1b'), std::string::npos);
    EXPECT_EQ(shown_cell("a\tb").find('\t'), std::string::npos);
}

TEST(table, missing_cells_are_empty_and_later_lines_widen_their_columns)
{
    table rows({"A", "B", "C"});
    rows.add({"x"});
    rows.add({"longer-cell", "y", "z"});
    EXPECT_EQ(printed(rows, false), "x                   \nlonger-cell   y     z\n");
    EXPECT_EQ(rows.line({"n", "m", "o"}), "n             m     o\n");
    EXPECT_EQ(rows.line({"n", "wider", "o"}), "n             wider   o\n");
    EXPECT_EQ(rows.line({"n", "m", "o"}), "n             m       o\n");
}

TEST(table, rows_are_sorted_by_key_and_equal_ones_stay_as_they_came)
{
    table rows({"NAME"});
    rows.add({"c"}, json::value(2));
    rows.add({"a"}, json::value());
    rows.add({"d"}, json::value(1));
    rows.add({"b"}, json::value(2));
    rows.sort();
    EXPECT_EQ(printed(rows, false), "a\nd\nc\nb\n");
}

TEST(table, texts_with_numbers_sort_by_the_numbers)
{
    EXPECT_LT(compare_keys("node-2", "node-10"), 0);
    EXPECT_GT(compare_keys("node-b", "node-10"), 0);
    EXPECT_EQ(compare_keys("a01", "a1"), 0);
    EXPECT_LT(compare_keys(json::value(), "a"), 0);
    EXPECT_LT(compare_keys(1, 1.5), 0);
    EXPECT_LT(compare_keys(5, "5"), 0);
    EXPECT_GT(compare_keys(true, false), 0);
}

}  // namespace
}  // namespace cli
