#include "cli/amounts.hpp"
#include "cli/browser.hpp"
#include "cli/line_filter.hpp"
#include "cli/names.hpp"
#include "cli/progress_block.hpp"
#include "commands/log_request.hpp"

#include <kuberay/base/text.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <map>

namespace cli {
namespace {

TEST(amounts, bytes_are_shown_with_one_digit)
{
    struct row {
        std::uint64_t bytes;
        char const* expected;
    };
    for (row const& each :
         {row{0, "0 B"}, row{1023, "1023 B"}, row{1024, "1.0 KiB"}, row{1536, "1.5 KiB"},
          row{std::uint64_t(20) << 20, "20.0 MiB"}, row{(std::uint64_t(1) << 30) - 1, "1023.9 MiB"},
          row{~std::uint64_t(0), "15.9 EiB"}})
        EXPECT_EQ(bytes_text(each.bytes), each.expected) << each.bytes;
}

TEST(line_filter, extended_expressions_find_lines)
{
    struct row {
        char const* expression;
        std::string line;
        bool expected;
    };
    for (row const& each : {
             row{"ERROR", "an ERROR here", true},
             row{"ERROR", "an error here", false},
             row{"ERROR|Traceback", "Traceback (most recent call last)", true},
             row{"^a.*z$", "a to z", true},
             row{"^a.*z$", "not a to z", false},
             row{"after", std::string("zero\0then after", 15), true},
             row{"[0-9]{3} ms", "took 123 ms", true},
             row{"\xc3\xa9", "caf\xc3\xa9", true},
             row{"x", "", false},
             row{"^$", "", true},
         })
        EXPECT_EQ(line_filter(each.expression).matches(each.line), each.expected)
            << each.expression << ": " << each.line;
    EXPECT_TRUE(line_filter().matches("anything"));
}

TEST(line_filter, a_line_of_a_megabyte_and_a_vicious_expression_take_no_time_to_speak_of)
{
    std::string const line(1 << 20, 'a');
    EXPECT_FALSE(line_filter("(a|aa)+$b").matches(line));
    EXPECT_FALSE(line_filter("(a*)*b").matches(line));
}

TEST(line_filter, bad_expressions_are_refused_with_the_reason)
{
    for (std::string const& each : {std::string("("), std::string("[a"), std::string("(a)\\1"), std::string("a\0b", 3)})
        EXPECT_THROW(line_filter{each}, failure) << kuberay::printable_line(each);
    try {
        line_filter const filter("(a)\\1");
    } catch (failure const& refused) {
        EXPECT_EQ(
            refused.error().message(),
            "\"(a)\\1\" is no regular expression for lines: back-references are not supported"
        );
    }
    EXPECT_NO_THROW(line_filter{"a\\\\1"}) << "an escaped backslash is none";
}

class with_context : public ::testing::Test {
protected:
    context make(bool terminal = false)
    {
        process from;
        from.out = out;
        from.err = err;
        from.in = std::make_shared<string_source>("");
        from.environment = [set = environment](std::string const& name) {
            auto const found = set.find(name);
            return found == set.end() ? std::nullopt : std::optional<std::string>(found->second);
        };
        from.err_is_terminal = terminal;
        from.width = 20;
        return context(from, global_flags(), io.get_executor());
    }

    boost::asio::io_context io;
    std::map<std::string, std::string> environment;
    std::shared_ptr<string_sink> out = std::make_shared<string_sink>(), err = std::make_shared<string_sink>();
};

TEST_F(with_context, the_browser_is_what_the_person_chose_else_the_desktops)
{
    std::string const url = "http://localhost:8265";
    using commands_type = std::vector<std::vector<std::string>>;
    EXPECT_EQ(browser_commands(make(), url), commands_type()) << "no desktop, no browser on our terminal";
    environment["DISPLAY"] = ":0";
    EXPECT_EQ(browser_commands(make(), url), (commands_type{{"xdg-open", url}}));
    environment["BROWSER"] = "firefox --new-tab %s:chromium::w3m  -N";
    EXPECT_EQ(
        browser_commands(make(), url),
        (commands_type{{"firefox", "--new-tab", url}, {"chromium", url}, {"w3m", "-N", url}})
    );
    environment["BROWSER"] = "/nowhere/browser";
    EXPECT_FALSE(open_browser(make(), url));
    environment["BROWSER"] = "/nowhere/browser:true";
    EXPECT_TRUE(open_browser(make(), url));
}

TEST_F(with_context, progress_without_a_terminal_is_only_what_is_said_for_good)
{
    progress_block block(make());
    block.show("a", "a: 1 file");
    block.total("1 done");
    block.end("a", "a: 2 files");
    EXPECT_EQ(err->text(), "a: 2 files\n");
}

TEST_F(with_context, progress_on_a_terminal_changes_in_place_and_leaves_nothing)
{
    {
        progress_block block(make(true));
        block.show("a", "a: a text that is much too long for it");
        EXPECT_EQ(err->text(), "a: a text that is m\n");
        block.end("a", "a: failed");
        block.total("1 done");
        block.end("b", "");
    }
    EXPECT_EQ(err->text(), "a: a text that is m\n\x1b[1A\x1b[Ja: failed\n1 done\n\x1b[1A\x1b[J");
}

TEST(gke_log_url, asks_for_the_nodes_of_the_cluster)
{
    std::string const start =
        "https://console.cloud.google.com/logs/query;query=resource.type%3D%22k8s_container%22%0A"
        "resource.labels.namespace_name%3D%22team-a%22%0Alabels.%22k8s-pod%2Fray_io%2Fcluster%22%3D%22demo%22%0A";
    EXPECT_EQ(
        commands::gke_log_url("team-a", "demo", ray::node_kinds::all, "kind-local"),
        start + "labels.%22k8s-pod%2Fray_io%2Fis-ray-node%22%3D%22yes%22"
    );
    EXPECT_EQ(
        commands::gke_log_url("team-a", "demo", ray::node_kinds::head, "gke_my-project_europe-west4_prod"),
        start + "labels.%22k8s-pod%2Fray_io%2Fnode-type%22%3D%22head%22?project=my-project"
    );
    EXPECT_EQ(
        commands::gke_log_url("team-a", "demo", ray::node_kinds::worker, "gke"),
        start + "labels.%22k8s-pod%2Fray_io%2Fnode-type%22%3D%22worker%22"
    );
}

}  // namespace
}  // namespace cli
