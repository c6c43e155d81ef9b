#include "cli/completion.hpp"
#include "cli/program.hpp"
#include "commands/commands.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

std::string completed(std::vector<std::string> arguments, std::string const& mode = "__completeNoDesc")
{
    auto const out = std::make_shared<string_sink>(), err = std::make_shared<string_sink>();
    process from;
    from.out = out;
    from.err = err;
    from.in = std::make_shared<string_source>("");
    from.environment = [](std::string const&) { return std::optional<std::string>(); };
    from.now = [] { return kuberay::timestamp(); };
    arguments.insert(arguments.begin(), mode);
    EXPECT_EQ(run_program(from, commands::root(), arguments), 0);
    EXPECT_TRUE(err->text().starts_with("Completion ended with directive: ")) << err->text();
    return out->text();
}

TEST(completion, commands_and_their_words_are_offered)
{
    EXPECT_EQ(completed({"get", "cl"}), "cluster\n:4\n");
    EXPECT_EQ(completed({"-n", "team", "create", "clus"}), "cluster\n:4\n");
    EXPECT_EQ(
        completed({"comp"}, "__complete"), "completion\tPrint a script that completes commands in your shell.\n:4\n"
    );
    EXPECT_EQ(completed({"nonsense", ""}), ":4\n");
}

TEST(completion, flags_are_offered_once_and_by_prefix)
{
    EXPECT_EQ(completed({"get", "cluster", "--all-n"}), "--all-namespaces\n:4\n");
    EXPECT_EQ(completed({"get", "cluster", "-A", "--all-n"}), ":4\n");
    EXPECT_EQ(completed({"get", "cluster", "--", "--all-n"}).find("--all"), std::string::npos);
}

TEST(completion, closed_sets_are_offered_in_both_spellings)
{
    EXPECT_EQ(completed({"create", "cluster", "x", "--autoscaler", ""}), "v1\nv2\n:4\n");
    EXPECT_EQ(completed({"create", "cluster", "x", "--autoscaler=v2"}), "v2\n:4\n");
    EXPECT_EQ(completed({"get", "cluster", "-o", "y"}), "yaml\n:4\n");
    EXPECT_EQ(completed({"completion", "p"}), "powershell\n:4\n");
    EXPECT_EQ(completed({"create", "cluster", "x", "--dry-run="}), "client\nserver\nnone\n:4\n");
}

TEST(completion, files_are_left_to_the_shell)
{
    EXPECT_EQ(completed({"create", "cluster", "x", "--file", ""}), "yaml\nyml\njson\n:8\n");
    EXPECT_EQ(completed({"--kubeconfig", ""}), ":0\n");
    EXPECT_EQ(completed({"--cache-dir", ""}), ":16\n");
}

TEST(completion, candidates_are_one_line_each)
{
    candidates found;
    found.items = {candidate("a", "one\ntwo"), candidate("b"), candidate("other")};
    found.directive = directive::no_files | directive::no_space;
    EXPECT_EQ(render_candidates(found, "", true), "a\tone\nb\nother\n:6\n");
    EXPECT_EQ(render_candidates(found, "o", false), "other\n:6\n");
    EXPECT_EQ(directive_text(found.directive), "ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp");
    EXPECT_EQ(directive_text(0), "ShellCompDirectiveDefault");
}

}  // namespace
}  // namespace cli
