#include "base/utf8.hpp"

#include <kuberay/base/text.hpp>

#include <gtest/gtest.h>

namespace kuberay {
namespace {

using namespace std::string_literals;

TEST(text, what_the_cluster_sends_cannot_steer_the_terminal)
{
    struct row {
        std::string text, expected;
    };
    row const rows[] = {
        {"plain", "plain"},
        {"two\nlines\twith tab", "two\nlines\twith tab"},
        {"\x1b[31mred", "^[[31mred"},
        {"bell\a", "bell^G"},
        {"\r over", "^M over"},
        {"nul\0!"s, "nul^@!"},
        {"del\x7f", "del^?"},
        {"csi \xc2\x9b"
         "31m",
         "csi <U+009B>31m"},
        {"turn \xe2\x80\xae back", "turn <U+202E> back"},
        {"isolate \xe2\x81\xa6", "isolate <U+2066>"},
        {"line \xe2\x80\xa8 end", "line <U+2028> end"},
        {"gr\xc3\xbc\xc3\x9f \xf0\x9f\x9a\x80", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x9a\x80"},
        {"bad \xff\xfe", "bad \xef\xbf\xbd\xef\xbf\xbd"},
        {"cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"},
        {"overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd"},
        {"surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(printable(r.text), r.expected);
    EXPECT_EQ(printable_line("two\nlines\t"), "two^Jlines^I");
}

TEST(text, width_counts_code_points)
{
    EXPECT_EQ(display_width(""), 0u);
    EXPECT_EQ(display_width("abc"), 3u);
    EXPECT_EQ(display_width("gr\xc3\xbc\xc3\x9f"), 4u);
    EXPECT_EQ(display_width("\xff\xff"), 2u);
}

TEST(text, code_points_survive_encoding)
{
    for (char32_t const c : {U'\0', U'a', U'\x7f', U'\x80', U'\x7ff', U'\x800', U'\xffff', U'\x10000', U'\x10ffff'}) {
        std::string bytes;
        append_code_point(bytes, c);
        auto const step = next_code_point(bytes);
        EXPECT_TRUE(step.valid);
        EXPECT_EQ(step.code_point, c);
        EXPECT_EQ(step.length, bytes.size());
        EXPECT_TRUE(is_utf8(bytes));
    }
    EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));
    EXPECT_FALSE(is_utf8("\x80"));
}

TEST(text, edit_distance_counts_swaps_once)
{
    struct row {
        char const *a, *b;
        std::size_t expected;
    };
    row const rows[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "", 3},
        {"cluster", "cluster", 0},
        {"clutser", "cluster", 1},
        {"cluter", "cluster", 1},
        {"jab", "job", 1},
        {"kitten", "sitting", 3},
        {"ab", "ba", 1},
        {"nodes", "node", 1},
    };
    for (auto const& r : rows) {
        EXPECT_EQ(edit_distance(r.a, r.b), r.expected) << r.a << " " << r.b;
        EXPECT_EQ(edit_distance(r.b, r.a), r.expected) << r.b << " " << r.a;
    }
}

TEST(text, suggestions_are_near_or_begin_with_the_word)
{
    std::vector<std::string> const candidates{"cluster", "workergroup", "node", "token", "nodes-of-all", "job"};
    using words = std::vector<std::string>;
    EXPECT_EQ(nearest("clutser", candidates), words{"cluster"});
    EXPECT_EQ(nearest("Cluster", candidates), words{"cluster"});
    EXPECT_EQ(nearest("work", candidates), words{"workergroup"});
    EXPECT_EQ(nearest("node", candidates), (words{"node", "nodes-of-all"}));
    EXPECT_EQ(nearest("nod", candidates), (words{"node", "nodes-of-all"}));
    EXPECT_EQ(nearest("elephant", candidates), words{});
    EXPECT_EQ(nearest("xy", {"ab", "x"}), words{"x"});
    EXPECT_EQ(nearest("a", {"a1", "a2", "a3", "a4"}), (words{"a1", "a2", "a3"}));
    EXPECT_EQ(nearest("", {"abc"}), words{});
}

TEST(text, names_follow_the_rfcs_as_kubernetes_reads_them)
{
    struct row {
        std::string text;
        bool label, dns1035, subdomain;
    };
    row const rows[] = {
        {"a", true, true, true},
        {"raycluster-1", true, true, true},
        {"1a", true, false, true},
        {"a.b", false, false, true},
        {"", false, false, false},
        {"A", false, false, false},
        {"-a", false, false, false},
        {"a-", false, false, false},
        {"a_b", false, false, false},
        {"a..b", false, false, false},
        {"a.", false, false, false},
        {std::string(63, 'a'), true, true, true},
        {std::string(64, 'a'), false, false, true},
        {std::string(253, 'a'), false, false, true},
        {std::string(254, 'a'), false, false, false},
    };
    for (auto const& r : rows) {
        EXPECT_EQ(is_dns1123_label(r.text), r.label) << r.text;
        EXPECT_EQ(is_dns1035_label(r.text), r.dns1035) << r.text;
        EXPECT_EQ(is_dns1123_subdomain(r.text), r.subdomain) << r.text;
    }
}

TEST(text, a_name_that_would_change_the_request_path_is_not_safe)
{
    for (auto const* safe : {"demo", "a.b", "system:masters", "...", "a b"})
        EXPECT_TRUE(is_safe_path_segment(safe)) << safe;
    for (auto const* unsafe : {"", ".", "..", "a/b", "a%2fb", "a\nb", "\x7f"})
        EXPECT_FALSE(is_safe_path_segment(unsafe)) << unsafe;
}

TEST(text, joining_and_splitting_are_inverse)
{
    using words = std::vector<std::string>;
    EXPECT_EQ(join({}, ", "), "");
    EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
    EXPECT_EQ(split("", ','), words{""});
    EXPECT_EQ(split("a,,b", ','), (words{"a", "", "b"}));
    EXPECT_EQ(split(",", ','), (words{"", ""}));
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(to_lower("RayCluster \xc3\x9c"), "raycluster \xc3\x9c");
}

}  // namespace
}  // namespace kuberay
