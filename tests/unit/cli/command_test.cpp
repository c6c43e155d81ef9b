#include "cli/program.hpp"
#include "commands/commands.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace cli {
namespace {

using words = std::vector<std::string>;

struct path_row {
    words arguments;
    std::string path;
    words left;
};

TEST(command_tree, words_lead_to_commands_wherever_flags_stand)
{
    for (path_row const& row : std::vector<path_row>{
             {{}, "ray", {}},
             {{"get", "cluster"}, "ray get cluster", {}},
             {{"list", "clusters", "demo"}, "ray get cluster", {"demo"}},
             {{"-n", "team", "get", "cluster", "-A"}, "ray get cluster", {"-n", "team", "-A"}},
             {{"-n", "jobs", "get", "cluster"}, "ray get cluster", {"-n", "jobs"}},
             {{"--namespace=team", "get", "cluster"}, "ray get cluster", {"--namespace=team"}},
             {{"get", "-A", "cluster", "x"}, "ray get cluster", {"-A", "x"}},
             {{"--insecure-skip-tls-verify", "get", "cluster"}, "ray get cluster", {"--insecure-skip-tls-verify"}},
             {{"--", "get"}, "ray", {"--", "get"}},
             {{"cluster", "create", "x"}, "ray cluster create", {"x"}},
         }) {
        found_command const found = find_command(commands::root(), row.arguments);
        EXPECT_EQ(found.spelled("ray"), row.path);
        EXPECT_EQ(found.arguments, row.left) << row.path;
        EXPECT_EQ(found.unknown, "");
    }
}

struct outcome {
    int code = -1;
    std::string out, err;
};

outcome run(words const& arguments)
{
    auto const out = std::make_shared<string_sink>(), err = std::make_shared<string_sink>();
    process from;
    from.out = out;
    from.err = err;
    from.in = std::make_shared<string_source>("");
    from.environment = [](std::string const&) { return std::optional<std::string>(); };
    from.now = [] { return kuberay::timestamp(); };
    outcome ended;
    ended.code = run_program(from, commands::root(), arguments);
    ended.out = out->text();
    ended.err = err->text();
    return ended;
}

TEST(program, an_unknown_word_suggests_the_nearest_and_exits_with_2)
{
    outcome const top = run({"gett"});
    EXPECT_EQ(top.code, 2);
    EXPECT_EQ(top.out, "");
    EXPECT_EQ(
        top.err, "Error: unknown command \"gett\" for \"kubectl ray\"\nHint: did you mean get?\n"
                 "Run 'kubectl ray -h' for usage.\n"
    );
    outcome const below = run({"get", "clutser"});
    EXPECT_EQ(below.code, 2);
    EXPECT_NE(below.err.find("did you mean cluster"), std::string::npos) << below.err;
    EXPECT_NE(below.err.find("Run 'kubectl ray get -h' for usage."), std::string::npos) << below.err;
}

TEST(program, no_arguments_show_help_on_stdout)
{
    outcome const ended = run({});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_NE(ended.out.find("Commands:\n"), std::string::npos);
}

// Walks the whole tree: a page needs its purpose, its usage and at least one example.
void check_help(command_node const& node, words path)
{
    words arguments = path;
    arguments.emplace_back("--help");
    outcome const ended = run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    EXPECT_TRUE(ended.out.starts_with(std::string(node.summary))) << ended.out;
    EXPECT_NE(ended.out.find("\nUsage:\n  kubectl ray"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("\nConnection flags:\n"), std::string::npos) << ended.out;
    if (node.make) {
        EXPECT_NE(ended.out.find("\nExamples:\n"), std::string::npos) << ended.out;
    }
    for (command_node const& child : node.children) {
        words deeper = path;
        deeper.emplace_back(child.name);
        check_help(child, deeper);
    }
}

TEST(program, every_command_has_a_help_page_that_needs_no_cluster) { check_help(commands::root(), {}); }

TEST(program, the_help_word_shows_the_same_page)
{
    EXPECT_EQ(run({"help", "get", "cluster"}).out, run({"get", "cluster", "-h"}).out);
}

TEST(program, a_usage_mistake_beats_help_and_points_to_it)
{
    outcome const ended = run({"get", "cluster", "--nope", "-h"});
    EXPECT_EQ(ended.code, 2);
    EXPECT_NE(ended.err.find("Run 'kubectl ray get cluster -h' for usage."), std::string::npos);
}

// No flag may have the name or letter of another flag of its command.
void check_flags(command_node const& node)
{
    for (command_node const& child : node.children)
        check_flags(child);
    if (!node.make) return;
    std::unique_ptr<command> const made = node.make();
    flags declared;
    global_flags globals;
    made->declare(declared);
    globals.declare(declared);
    for (flag const& each : declared.all()) {
        EXPECT_EQ(declared.find(std::string_view(each.name)), &each) << node.name << " --" << each.name;
        if (each.letter != 0) {
            EXPECT_EQ(declared.find(each.letter), &each) << node.name << " -" << each.letter;
        }
        EXPECT_FALSE(each.help.empty()) << node.name << " --" << each.name;
        EXPECT_TRUE(each.completes) << node.name << " --" << each.name;
    }
}

TEST(program, no_two_flags_of_a_command_have_the_same_spelling) { check_flags(commands::root()); }

}  // namespace
}  // namespace cli
