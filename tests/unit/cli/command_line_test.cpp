#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cli {
namespace {

// A command line with one flag of each sort.
struct sample {
    std::string text = "preset", kind;
    std::int32_t count = -1;
    bool all = false, loud = false;
    std::string mode = "none";
    string_map labels;
    std::vector<std::string> groups, words;
    std::chrono::nanoseconds timeout{0};
    flags on;

    sample()
    {
        on.words("NAME...", 0, any_number, &words);
        on.value("text", 't', &text, "");
        on.value("replicas", 'r', &count, "");
        on.toggle("all", 'A', &all, "");
        on.toggle("loud", 'L', &loud, "");
        on.value("labels", 0, &labels, "");
        on.value("as-group", 0, &groups, "");
        on.value("timeout", 0, &timeout, "");
        on.value("worker-cpu", 0, &kind, "").aliases = {"worker-cpus"};
        flag& dry = on.choice("dry-run", 0, &mode, {candidate("client"), candidate("server"), candidate("none")}, "");
        dry.bare = "client";
    }

    command_line read(std::vector<std::string> const& arguments)
    {
        command_line line = read_command_line(on, arguments);
        check_command_line(on, line);
        return line;
    }
};

std::string refusal_of(std::vector<std::string> const& arguments)
{
    sample from;
    try {
        from.read(arguments);
    } catch (usage_error const& wrong) {
        std::string const hint(wrong.error().hint());
        return wrong.error().message() + (hint.empty() ? "" : " / " + hint);
    }
    return "accepted";
}

TEST(command_line, every_spelling_of_a_value_is_read)
{
    for (std::vector<std::string> const& arguments : std::vector<std::vector<std::string>>{
             {"--text", "v"}, {"--text=v"}, {"-t", "v"}, {"-tv"}, {"-t=v"}, {"-Atv"}, {"-ALt", "v"}, {"-At=v"}
         }) {
        sample from;
        from.read(arguments);
        EXPECT_EQ(from.text, "v") << arguments.front();
        EXPECT_TRUE(from.on.given("text"));
    }
}

TEST(command_line, values_may_be_empty_hold_equals_or_look_like_flags)
{
    sample from;
    from.read({"--text=", "--as-group", "-x", "--as-group=a=b", "--as-group", "c,d"});
    EXPECT_EQ(from.text, "");
    EXPECT_EQ(from.groups, (std::vector<std::string>{"-x", "a=b", "c,d"}));
}

TEST(command_line, flags_and_words_mix_until_the_double_dash)
{
    sample from;
    command_line const line = from.read({"one", "-A", "two", "-", "--", "--text", "x"});
    EXPECT_EQ(from.words, (std::vector<std::string>{"one", "two", "-", "--text", "x"}));
    EXPECT_EQ(line.dash_at, 3u);
    EXPECT_TRUE(from.all);
}

TEST(command_line, a_toggle_takes_a_value_only_with_equals)
{
    sample from;
    from.read({"--all", "false", "--loud=0"});
    EXPECT_TRUE(from.all);
    EXPECT_FALSE(from.loud);
    EXPECT_EQ(from.words, std::vector<std::string>{"false"});
}

TEST(command_line, a_flag_with_a_bare_value_takes_another_only_with_equals)
{
    sample bare, with;
    bare.read({"--dry-run", "server"});
    with.read({"--dry-run=SERVER"});
    EXPECT_EQ(bare.mode, "client");
    EXPECT_EQ(bare.words, std::vector<std::string>{"server"});
    EXPECT_EQ(with.mode, "server");
}

TEST(command_line, the_last_value_wins_and_aliases_are_the_same_flag)
{
    sample from;
    from.read({"-r1", "-r=2", "--replicas", "3", "--worker-cpus", "4"});
    EXPECT_EQ(from.count, 3);
    EXPECT_EQ(from.kind, "4");
}

struct refusal_row {
    std::vector<std::string> arguments;
    std::string message;
};

TEST(command_line, each_mistake_has_its_own_refusal)
{
    for (refusal_row const& row : std::vector<refusal_row>{
             {{"--nope"}, "unknown flag \"--nope\""},
             {{"--tekst", "x"}, "unknown flag \"--tekst\" / did you mean --text?"},
             {{"--tex", "x"}, "unknown flag \"--tex\" / did you mean --text?"},
             {{"-Az"}, "unknown short flag \"z\" in \"-Az\""},
             {{"-replicas=3"}, "bad value \"eplicas=3\" for flag -r, --replicas: not a whole number"},
             {{"-labels"}, "unknown short flag \"l\" in \"-labels\" / did you mean --labels?"},
             {{"--text"}, "flag -t, --text needs a value"},
             {{"-At"}, "flag -t, --text needs a value (in \"-At\")"},
             {{"--=x"}, "malformed flag \"--=x\""},
             {{"---x"}, "malformed flag \"---x\""},
             {{"-r", "x"}, "bad value \"x\" for flag -r, --replicas: not a whole number"},
             {{"-r", "2147483648"},
              "bad value \"2147483648\" for flag -r, --replicas: out of range, it must lie between -2147483648 and "
              "2147483647"},
             {{"--all=maybe"}, "bad value \"maybe\" for flag -A, --all: not true or false"},
             {{"--dry-run=later"}, "bad value \"later\" for flag --dry-run: must be one of client, server, none"},
             {{"--labels", "a"}, "bad value \"a\" for flag --labels: \"a\" must have the form key=value"},
             {{"--labels", ""}, "bad value \"\" for flag --labels: \"\" must have the form key=value"},
             {{"-r", "x", "--nope"}, "bad value \"x\" for flag -r, --replicas: not a whole number"},
             {{"--nope", "-r", "x"}, "unknown flag \"--nope\""},
             {{"--text\x1b[31m"}, "unknown flag \"--text^[[31m\""},
         })
        EXPECT_EQ(refusal_of(row.arguments), row.message) << row.arguments.front();
}

TEST(command_line, the_number_of_words_is_checked_before_required_flags)
{
    std::vector<std::string> words;
    std::string group, cluster;
    flags on;
    on.words("NAME", 1, 1, &words);
    on.value("worker-group", 'w', &group, "").required = true;
    on.value("ray-cluster", 'c', &cluster, "").required = true;
    auto const refusal = [&on](std::vector<std::string> const& arguments) {
        try {
            check_command_line(on, read_command_line(on, arguments));
        } catch (usage_error const& wrong) {
            return wrong.error().message();
        }
        return std::string("accepted");
    };
    EXPECT_EQ(refusal({}), "exactly 1 argument (NAME) needed, 0 were given");
    EXPECT_EQ(refusal({"a", "b"}), "exactly 1 argument (NAME) needed, 2 were given");
    EXPECT_EQ(refusal({"a"}), "required flags missing: -w, --worker-group; -c, --ray-cluster");
    EXPECT_EQ(refusal({"a", "-w", "g"}), "required flag missing: -c, --ray-cluster");
}

TEST(command_line, a_line_that_is_still_typed_says_which_flag_waits_for_its_value)
{
    sample from;
    command_line const line = take_apart(from.on, {"one", "-A", "--text"});
    ASSERT_TRUE(line.open);
    EXPECT_EQ(line.open->name, "text");
    EXPECT_EQ(line.words, std::vector<std::string>{"one"});
}

}  // namespace
}  // namespace cli
