#include "kube/exec_channel.hpp"
#include "kube/exec_progress.hpp"
#include "kube/exec_request.hpp"
#include "kube/exec_status.hpp"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace kuberay;
using namespace kuberay::kube;

template <class Action>
error thrown_by(Action action)
{
    try {
        action();
    } catch (failure const& e) {
        return e.error();
    }
    return error();
}

exec_place at(exec_kind kind = exec_kind::exec)
{
    exec_place place;
    place.kind = kind;
    place.ns = "team";
    place.pod = "head";
    return place;
}

exec_options echo()
{
    exec_options options;
    options.command = {"echo", "a b", "100%&=+?/ä"};
    return options;
}

TEST(exec_request, names_every_argument_apart_and_leaves_out_what_is_not_wanted)
{
    exec_options options = checked(exec_kind::exec, echo());
    EXPECT_EQ(
        exec_target(at(), options), "/api/v1/namespaces/team/pods/head/exec?command=echo&command=a%20b"
                                    "&command=100%25%26%3D%2B%3F%2F%C3%A4&stdout=true&stderr=true"
    );
    options.input = true;
    options.container = "ray-head";
    options.errors = false;
    EXPECT_EQ(
        exec_target(at(exec_kind::attach), checked(exec_kind::attach, options)),
        "/api/v1/namespaces/team/pods/head/attach?container=ray-head&stdin=true&stdout=true"
    );
}

TEST(exec_request, a_terminal_has_no_errors_of_its_own)
{
    exec_options options = echo();
    options.command = {"sh"};
    options.terminal = options.input = true;
    std::string const target = exec_target(at(), checked(exec_kind::exec, options));
    EXPECT_EQ(target, "/api/v1/namespaces/team/pods/head/exec?command=sh&stdin=true&stdout=true&tty=true");
}

TEST(exec_request, offers_one_protocol_alone)
{
    exec_options options = echo();
    EXPECT_EQ(exec_subprotocol(options), "v4.channel.k8s.io");
    options.ends_input = true;
    EXPECT_EQ(exec_subprotocol(options), "v5.channel.k8s.io");
    net::http_request const spdy = exec_spdy_request("/x");
    EXPECT_EQ(spdy.method, "POST");
    EXPECT_EQ(spdy.fields.get("Upgrade"), "SPDY/3.1");
    EXPECT_EQ(spdy.fields.all("X-Stream-Protocol-Version"), std::vector<std::string>{"v4.channel.k8s.io"});
}

TEST(exec_request, refuses_options_that_contradict)
{
    struct row {
        char const* what;
        void (*spoil)(exec_options&);
    };
    row const rows[] = {
        {"no command", [](exec_options& o) { o.command.clear(); }},
        {"an empty command", [](exec_options& o) { o.command = {""}; }},
        {"nothing to read or write", [](exec_options& o) { o.output = o.errors = false; }},
        {"a terminal without input and output", [](exec_options& o) { o.output = false, o.terminal = true; }},
        {"the end of no input", [](exec_options& o) { o.ends_input = true; }},
        {"no protocol", [](exec_options& o) { o.allow_spdy = o.allow_websocket = false; }},
    };
    for (auto const& [what, spoil] : rows) {
        exec_options options = echo();
        spoil(options);
        EXPECT_EQ(thrown_by([&] { checked(exec_kind::exec, options); }).code(), errc::bad_input) << what;
    }
    exec_place evil = at();
    evil.pod = "../secrets";
    EXPECT_EQ(thrown_by([&] { exec_target(evil, echo()); }).code(), errc::bad_input);
}

TEST(exec_channel, tells_the_channels_apart)
{
    auto const out = decode_channel(std::string("\x01out"));
    EXPECT_EQ(out->channel, exec_channel::output);
    EXPECT_EQ(out->payload, "out");
    EXPECT_EQ(decode_channel(std::string("\x02"))->channel, exec_channel::errors);
    EXPECT_EQ(decode_channel(std::string("\x02"))->payload, "");
    EXPECT_EQ(decode_channel(std::string("\x03{}"))->channel, exec_channel::status);
    for (int const unknown : {0, 4, 5, 49, 128, 254, 255})
        EXPECT_FALSE(decode_channel(std::string(1, static_cast<char>(unknown)) + "x")) << unknown;
    EXPECT_EQ(thrown_by([] { decode_channel(std::string()); }).code(), errc::protocol_violation);
}

TEST(exec_channel, cuts_the_input_into_messages_of_at_most_32_kib)
{
    for (std::size_t const size : {0u, 1u, 32766u, 32767u, 32768u, 32769u, 100000u}) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i)
            bytes += static_cast<char>(i * 31);
        std::string joined;
        std::size_t where = 0;
        while (where < bytes.size()) {
            std::string const message = take_input_message(bytes, where);
            EXPECT_LE(message.size(), 32768u) << size;
            EXPECT_GT(message.size(), 1u) << size;
            EXPECT_EQ(message.front(), '\0') << size;
            joined += message.substr(1);
        }
        EXPECT_TRUE(joined == bytes) << size;
    }
}

TEST(exec_channel, writes_the_control_messages_as_the_server_reads_them)
{
    EXPECT_EQ(close_input_message(), std::string("\xff\0", 2));
    EXPECT_EQ(resize_message(120, 40), "\x04{\"Width\":120,\"Height\":40}");
    EXPECT_EQ(resize_text(65535, 0), "{\"Width\":65535,\"Height\":0}");
}

std::string exited(std::string const& message)
{
    return R"({"metadata":{},"status":"Failure","message":"m","reason":"NonZeroExitCode","details":{"causes":[)"
           R"({"reason":"Other","message":"7"},{"reason":"ExitCode","message":")"
           + message + R"("}]}})";
}

TEST(exec_status, only_the_word_success_is_a_success)
{
    EXPECT_EQ(read_exec_status(R"({"metadata":{},"status":"Success"})").value(), 0);
    for (int const code : {1, 2, 126, 127, 137, 255})
        EXPECT_EQ(read_exec_status(exited(std::to_string(code))).value(), code);
    std::vector<std::string> const unreadable = {
        "",
        "Success",
        "null",
        "[]",
        "\"Success\"",
        "{",
        "{}",
        R"({"status":"success"})",
        R"({"status":1})",
        R"({"status":"Success")",
        exited("0"),
        exited("256"),
        exited("-1"),
        exited(""),
        exited("1 "),
        exited("0x10"),
        exited("99999999999999999999"),
        R"({"status":"Failure","reason":"NonZeroExitCode"})",
        R"({"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":3}]}})",
    };
    for (auto const& text : unreadable) {
        auto const ended = read_exec_status(text);
        EXPECT_EQ(ended.error().code(), errc::protocol_violation) << text;
    }
}

TEST(exec_status, every_other_failure_is_the_servers)
{
    auto const ended =
        read_exec_status(R"({"status":"Failure","reason":"InternalError","message":"container gone","code":500})");
    EXPECT_EQ(ended.error().code(), reason::internal);
    EXPECT_NE(ended.error().message().find("container gone"), std::string::npos);
    EXPECT_TRUE(read_exec_status(R"({"status":"Failure"})").has_error());
}

exec_progress session()
{
    exec_terms terms;
    terms.place = at();
    terms.options = echo();
    return exec_progress(terms);
}

TEST(exec_progress, an_end_without_a_status_is_a_loss_and_says_how_far_it_came)
{
    exec_progress progress = session();
    progress.received(1000);
    progress.received(234);
    progress.ended("the server closed it with code 1000");
    error const why = thrown_by([&] { progress.throw_end(); });
    EXPECT_EQ(why.code(), errc::connection_lost);
    EXPECT_NE(why.message().find("exec in pod \"team/head\""), std::string::npos) << why.message();
    EXPECT_NE(why.message().find("1234 bytes"), std::string::npos) << why.message();
    EXPECT_FALSE(progress.exit_code());
    progress.status_arrived(R"({"status":"Success"})");
    EXPECT_EQ(progress.exit_code(), 0) << "a status that is found behind the end counts";
}

TEST(exec_progress, nothing_counts_after_a_status)
{
    exec_progress progress = session();
    progress.status_arrived(exited("3"));
    progress.ended(error(errc::protocol_violation, "garbage"));
    progress.ended("reset");
    progress.status_arrived(R"({"status":"Success"})");
    EXPECT_FALSE(thrown_by([&] { progress.throw_end(); }));
    EXPECT_EQ(progress.exit_code(), 3);
}

TEST(exec_progress, refuses_what_the_session_was_not_opened_for)
{
    exec_progress const progress = session();
    EXPECT_EQ(thrown_by([&] { progress.check_write(); }).code(), errc::bad_input);
    EXPECT_EQ(thrown_by([&] { progress.check_finish(); }).code(), errc::bad_input);
    EXPECT_EQ(thrown_by([&] { progress.check_resize(); }).code(), errc::bad_input);
}

TEST(exec_progress, a_cancellation_stays_one)
{
    exec_progress progress = session();
    progress.ended(error(error_code(boost::asio::error::operation_aborted), ""));
    EXPECT_TRUE(is_cancellation(thrown_by([&] { progress.throw_end(); })));
}

}  // namespace
