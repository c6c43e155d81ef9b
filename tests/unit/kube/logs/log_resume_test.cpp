#include "kube/log_resume.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace kuberay::kube {
namespace {

using namespace std::chrono_literals;

timestamp const noon = *parse_rfc3339("2026-01-31T12:00:00Z");

// "5.2a": the line "a" of 5.2 s; "5.2a+": a part of it; "+b" the rest; "?x": without a time.
log_line piece_of(std::string word)
{
    log_line line;
    line.more = word.ends_with('+');
    if (line.more) word.pop_back();
    if (word[0] == '?' || word[0] == '+') {
        line.text = word.substr(1);
        return line;
    }
    std::size_t size = 0;
    double const at = std::stod(word, &size);
    line.time = noon + std::chrono::milliseconds(std::int64_t(at * 1000 + 0.5));
    line.text = word.substr(size);
    return line;
}

// What is reported of these bodies, one after the other.
std::string reported(std::vector<std::string> const& bodies)
{
    log_resume resume;
    std::string all;
    for (std::string const& body : bodies) {
        resume.begin_body();
        std::istringstream words(body);
        for (std::string word; words >> word;) {
            log_line const piece = piece_of(word);
            auto const verdict = resume.take(piece);
            if (verdict == log_resume::verdict::repeat) continue;
            if (verdict == log_resume::verdict::fresh_other) all += "/ ";
            all += piece.text + (piece.more ? "+ " : " ");
        }
    }
    if (!all.empty()) all.pop_back();
    return all;
}

TEST(LogResume, reports_every_line_once)
{
    struct row {
        std::string what;
        std::vector<std::string> bodies;
        std::string expected;
    };
    row const rows[] = {
        {"nothing", {""}, ""},
        {"the first body is all new", {"5.1a 5.1b 5.2c"}, "a b c"},
        {"earlier lines are repeats", {"5.1a 5.2b", "5.1a 5.2b 5.3c"}, "a b c"},
        {"equal times across the cut", {"5.1a 5.1b", "5.1a 5.1b 5.1c 5.2d"}, "a b c d"},
        {"all equal, three bodies", {"5.1a", "5.1a 5.1b", "5.1a 5.1b 5.1c"}, "a b c"},
        {"equal texts", {"5.1a 5.1a", "5.1a 5.1a 5.1a"}, "a a a"},
        {"a body that ends before the mark", {"5.1a 5.2b", "5.1a", "5.1a 5.2b 5.3c"}, "a b c"},
        {"a body that ends within the mark", {"5.1a 5.1b", "5.1a", "5.1a 5.1b 5.1c"}, "a b c"},
        {"an empty body between", {"5.1a", "", "5.1a 5.2b"}, "a b"},
        {"the mark was rotated away", {"5.1a 5.2b", "5.3c 5.4d"}, "a b c d"},
        {"half of the mark was rotated away", {"5.1a 5.1b", "5.1b 5.2c"}, "a b c"},
        {"the clock goes back before the cut", {"9a 5.1b", "9a 5.1b 5.2c"}, "a b c"},
        {"and behind it", {"9a 9.5b", "9a 9.5b 9.1c 9.2d"}, "a b c d"},
        {"it goes back and on", {"9a 5.1b 10c", "9a 5.1b 10c 10d"}, "a b c d"},
        {"two writers out of order", {"5.2a 5.1b 5.3c", "5.2a 5.1b 5.3c 5.25d"}, "a b c d"},
        {"parts are reported as they come", {"5.1a+ +b+ +c 5.2d"}, "a+ b+ c d"},
        {"a cut within a long line", {"5.1a 5.2b+ +c+", "5.1a 5.2b+ +c+ +d+ +e 5.3f"}, "a b+ c+ d+ e f"},
        {"two cuts in it", {"5.2b+", "5.2b+ +c+", "5.2b+ +c+ +d"}, "b+ c+ d"},
        {"the second one earlier", {"5.2b+ +c+", "5.2b+", "5.2b+ +c+ +d"}, "b+ c+ d"},
        {"of equal time with the line before", {"5.2a 5.2b+", "5.2a 5.2b+ +c"}, "a b+ c"},
        {"a long line that was complete", {"5.2b+ +c", "5.2b+ +c 5.3d"}, "b+ c d"},
        {"its rest was rotated away", {"5.2b+", "5.3c 5.4d"}, "b+ / c d"},
        {"and the next was cut as well", {"5.2b+", "5.3c+", "5.3c+ +d"}, "b+ / c+ d"},
        {"the rest of a line that began before", {"5.1a 5.2b", "?rest 5.1a 5.2b 5.3c"}, "a b c"},
        {"a message of the kubelet", {"5.1a", "5.1a ?trouble"}, "a trouble"},
        {"said with every attempt", {"?trouble", "?trouble", "?trouble 5.1a"}, "trouble a"},
        {"a log without times", {"?a ?a ?b"}, "a a b"},
    };
    for (row const& r : rows)
        EXPECT_EQ(reported(r.bodies), r.expected) << r.what;
}

TEST(LogResume, asks_from_the_second_of_the_mark_and_a_little_before)
{
    struct row {
        std::string lines;
        std::chrono::milliseconds since;
    };
    row const rows[] = {{"5.9a", 5s}, {"5.1a", 5s}, {"5.05a", 4s}, {"5a", 4s}, {"9a 5.5b", 5s}, {"5.5a 6.5b+", 5s}};
    for (row const& r : rows) {
        log_resume resume;
        EXPECT_FALSE(resume.since());
        resume.begin_body();
        std::istringstream words(r.lines);
        for (std::string word; words >> word;)
            resume.take(piece_of(word));
        EXPECT_EQ(resume.since(), noon + r.since) << r.lines;
    }
}

// Whatever the cuts, the bodies of a growing file are reported as the file.
TEST(LogResume, cuts_after_every_line_of_a_file_change_nothing)
{
    std::vector<std::string> const file = {"5.1a", "5.1b", "5.1c", "5.3d+", "+e+",
                                           "+f",   "5.3g", "5.2h", "6.5i",  "6.5j"};
    auto const first = [&](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += file[i] + " ";
        return text;
    };
    std::string const whole = reported({first(file.size())});
    for (std::size_t a = 0; a <= file.size(); ++a)
        for (std::size_t b = 0; b <= file.size(); ++b)
            EXPECT_EQ(reported({first(a), first(b), first(file.size())}), whole) << "cut after " << a << " and " << b;
}

}  // namespace
}  // namespace kuberay::kube
