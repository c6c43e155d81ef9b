#include "kube/log_line_codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kuberay::kube {
namespace {

std::string shown(log_line const& line)
{
    return (line.time ? format_rfc3339_nano(*line.time) : "-") + "|" + line.text + (line.more ? "|more" : "");
}

std::vector<std::string> split(std::string_view text, std::size_t step, std::size_t max_line)
{
    std::vector<std::string> lines;
    log_line_codec codec(max_line);
    for (std::size_t at = 0; at < text.size(); at += step) {
        codec.feed(text.substr(at, step));
        while (auto line = codec.next())
            lines.push_back(shown(*line));
    }
    if (auto last = codec.finish()) lines.push_back("end " + shown(*last));
    return lines;
}

std::string const at_5 = "2026-01-31T12:00:05.000000001Z ";
std::string const is_5 = "2026-01-31T12:00:05.000000001Z|";

TEST(LogLineCodec, splits_lines_however_they_are_cut)
{
    struct row {
        std::string what, text;
        std::vector<std::string> lines;
        std::size_t max_line = 1000;
    };
    row const rows[] = {
        {"nothing", "", {}},
        {"two lines", at_5 + "a\n" + at_5 + "b b\n", {is_5 + "a", is_5 + "b b"}},
        {"an empty line", at_5 + "\n" + at_5 + "b\n", {is_5, is_5 + "b"}},
        {"a timestamp alone", "2026-01-31T12:00:05.000000001Z\n" + at_5 + "b\n", {is_5, is_5 + "b"}},
        {"another zone", "2026-01-31T14:00:05.000000001+02:00 a\n", {is_5 + "a"}},
        {"a carriage return is text", at_5 + "a\r\n", {is_5 + "a\r"}},
        {"no timestamp", "unable to retrieve\n" + at_5 + "b\n", {"-|unable to retrieve", is_5 + "b"}},
        {"an empty line without timestamp", "\n\n", {"-|", "-|"}},
        {"a first word too long for a timestamp", std::string(50, 'x') + " y\n", {"-|" + std::string(50, 'x') + " y"}},
        {"the last line without end", at_5 + "a\n" + at_5 + "b", {is_5 + "a", "end " + is_5 + "b"}},
        {"a cut timestamp is nothing", at_5 + "a\n2026-01-31T12:0", {is_5 + "a"}},
        {"a timestamp without text is nothing", at_5 + "a\n2026-01-31T12:00:05.000000001Z", {is_5 + "a"}},
        {"the end of a message without line end", "no such container", {"end -|no such container"}},
        {"a line of exactly the limit", at_5 + "0123456789\n", {is_5 + "0123456789"}, 10},
        {"one byte more", at_5 + "0123456789x\n", {is_5 + "0123456789|more", "-|x"}, 10},
        {"twice the limit", at_5 + "01234567890123456789\n", {is_5 + "0123456789|more", "-|0123456789"}, 10},
        {"a long line without end", at_5 + "0123456789x", {is_5 + "0123456789|more", "end -|x"}, 10},
        {"a line that is not UTF-8", at_5 + "\xff\xc3\n", {is_5 + "\xff\xc3"}},
        {"a zero byte", at_5 + std::string("a\0b", 3) + "\n", {is_5 + std::string("a\0b", 3)}},
    };
    for (row const& r : rows)
        for (std::size_t step = 1; step <= r.text.size() + 1; ++step)
            EXPECT_EQ(split(r.text, step, r.max_line), r.lines) << r.what << ", " << step << " bytes at a time";
}

TEST(LogLineCodec, holds_no_more_than_a_part_and_what_was_fed)
{
    log_line_codec codec(1000);
    std::size_t parts = 0, bytes = 0;
    codec.feed(at_5);
    for (int i = 0; i < 10'000; ++i) {
        codec.feed(std::string(100, 'x'));
        while (auto part = codec.next()) {
            EXPECT_TRUE(part->more);
            ++parts;
            bytes += part->text.size();
        }
    }
    EXPECT_EQ(parts, 999U);  // the last may yet be the end of the line
    EXPECT_EQ(bytes, 999'000U);
}

TEST(LogLineCodec, after_a_reset_a_line_begins)
{
    log_line_codec codec(10);
    codec.feed(at_5 + "half a ");
    EXPECT_FALSE(codec.next());
    codec.reset();
    codec.feed(at_5 + "whole\n");
    auto const line = codec.next();
    ASSERT_TRUE(line);
    EXPECT_EQ(shown(*line), is_5 + "whole");
}

}  // namespace
}  // namespace kuberay::kube
