#include "ray/ignore_patterns.hpp"

#include <kuberay/base/error.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using strings = std::vector<std::string>;

struct row {
    strings patterns;
    std::string path;
    bool excluded;
};

// What Python's re makes of the expressions of pathspec 0.8.1; checked there.
std::vector<row> const rows = {
    // A name alone matches at any depth, and everything below.
    {{"foo"}, "foo", true},
    {{"foo"}, "a/foo", true},
    {{"foo"}, "a/foo/b/c", true},
    {{"foo"}, "xfoo", false},
    {{"foo"}, "Foo", false},
    {{"foo"}, ".", false},
    // A slash binds it to the folder.
    {{"/foo"}, "foo/x", true},
    {{"/foo"}, "a/foo", false},
    {{"a/b"}, "a/b/c", true},
    {{"a/b"}, "x/a/b", false},
    {{"a//b"}, "a/b", false},
    // A slash at the end: what is in the folder, not the folder.
    {{"foo/"}, "foo", false},
    {{"foo/"}, "a/foo/x", true},
    {{"data/", "!data/ok.txt"}, "data/ok.txt", false},
    {{"data/", "!data/ok.txt"}, "data/no.txt", true},
    // The last one decides; a negated one does not reach below.
    {{"foo", "!foo"}, "foo", false},
    {{"foo", "!foo"}, "foo/x", true},
    {{"!foo", "foo"}, "foo", true},
    {{"!foo"}, "foo", false},
    // The folder itself is ".".
    {{"*"}, ".", true},
    {{"/*"}, ".", true},
    {{"."}, ".", true},
    {{"**"}, ".", true},
    {{"*", "!*.py"}, ".", true},
    {{"*", "!*.py"}, "a.py", false},
    {{"*.py"}, ".", false},
    // White space, comments, escapes.
    {{"  foo\t "}, "foo", true},
    {{"\u00a0foo\u2003"}, "foo", true},
    {{"foo\\ "}, "foo", true},
    {{"a b"}, "a b", true},
    {{"#foo", "", " ", "/"}, "foo", false},
    {{"#foo"}, "#foo", false},
    {{"\\#foo"}, "#foo", true},
    {{"\\!foo"}, "!foo", true},
    {{"a\\*b"}, "a*b", true},
    {{"a\\*b"}, "axb", false},
    {{"foo\\"}, "foo", true},
    // Wildcards.
    {{"*.log"}, "a/b.log/c", true},
    {{"a*c"}, "a/c", false},
    {{"a***c"}, "abbbc", true},
    {{"?"}, "\u00fc", true},
    {{"??"}, "\u00fc", false},
    {{"*??"}, "\u00fc", false},
    {{"x?y"}, "x/y", false},
    {{"?"}, "\xff", true},
    {{"**"}, "a/b", true},
    {{"**/"}, "a/b", false},
    {{"**/b"}, "b/c", true},
    {{"**/b"}, "x/y/b", true},
    {{"a/**"}, "a", false},
    {{"a/**"}, "a/b/c", true},
    {{"a/**/b"}, "a/b", true},
    {{"a/**/b"}, "a/x/y/b/z", true},
    {{"a/**/**/b"}, "a/x/b", true},
    {{"a/**/b"}, "ab", false},
    {{"**/**/a"}, "x/y/a", false},
    {{"*/b"}, "a/b", true},
    {{"*/b"}, "x/a/b", false},
    {{"a/*"}, "a/b/c", false},
    // Sets. A negated one, and a range, can take a slash.
    {{"[a-c]x"}, "bx", true},
    {{"[a-c]x"}, "dx", false},
    {{"[!a-c]x"}, "dx", true},
    {{"x[!a]y"}, "x/y", true},
    {{"x[--0]y"}, "x/y", true},
    {{"[]x]"}, "]", true},
    {{"[!]x]"}, "]", false},
    {{"[^a]"}, "^", true},
    {{"[^a]"}, "b", false},
    {{"[a-]"}, "-", true},
    {{"[\\d]"}, "\\", true},
    {{"[\\d]"}, "5", false},
    {{"[[:alpha:]]"}, "b]", false},
    {{"[[:alpha:]]"}, "l]", true},
    {{"[\u00e4-\u00fc]"}, "\u00f6", true},
    {{"["}, "[", true},
    {{"[!"}, "[!", true},
    {{"[]"}, "[]", true},
    // Newlines, as Python's expressions take them.
    {{"foo"}, "foo\n", true},
    {{"*"}, "a\nb", true},
    {{"**"}, "a\nb", false},
    {{"!/"}, "a", false},
};

TEST(ignore_patterns, match_as_those_of_rays_client)
{
    for (row const& one : rows)
        EXPECT_EQ(ignore_patterns(one.patterns, "x").exclude(one.path), one.excluded)
            << testing::PrintToString(one.patterns) << " on " << testing::PrintToString(one.path);
}

TEST(ignore_patterns, without_any_exclude_nothing)
{
    EXPECT_FALSE(ignore_patterns().exclude("."));
    EXPECT_FALSE(ignore_patterns({"", "# only words"}, "x").exclude("a"));
}

TEST(ignore_patterns, that_rays_client_breaks_on_are_refused_with_the_line)
{
    for (std::string const bad : {"!", "\\", "!\\", "[z-a]", "a/[b-a]c"}) {
        try {
            ignore_patterns({"good", bad}, "the file");
            ADD_FAILURE() << bad;
        } catch (failure const& thrown) {
            EXPECT_EQ(thrown.error().code(), errc::bad_input) << bad;
            EXPECT_EQ(thrown.error().message(), "the file, line 2: \"" + bad + "\" is no pattern");
        }
    }
}

TEST(ignore_patterns, with_many_stars_take_no_time)
{
    std::string stars, folders;
    for (int i = 0; i < 30; ++i) {
        stars += "*a";
        folders += "/**/*a";
    }
    std::string const path(1000, 'a');
    EXPECT_FALSE(ignore_patterns({stars + "b", "x" + folders + "/b"}, "x").exclude(path + "/" + path + "xb/c"));
    EXPECT_TRUE(ignore_patterns({stars}, "x").exclude(path));
}

TEST(ignore_patterns, are_lines_that_end_in_any_way)
{
    EXPECT_EQ(ignore_lines("a\r\nb\rc\n\nd"), (strings{"a", "b", "c", "", "d"}));
    EXPECT_EQ(ignore_lines("a\n"), strings{"a"});
    EXPECT_EQ(ignore_lines(""), strings());
}

}  // namespace
}  // namespace kuberay::ray
