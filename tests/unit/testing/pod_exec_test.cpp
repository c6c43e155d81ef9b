#include "pod_world.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>

#include <string>
#include <utility>

using namespace kuberay;
using namespace kuberay::test;
using kuberay::testing::exec_call;
using kuberay::testing::stream_fault;

KUBERAY_CO_TEST(pod_exec, exec_refuses_in_the_words_of_the_server)
{
    world in(co_await asio::this_coro::executor);
    struct row {
        char const *target, *protocol;
        int status;
        char const* words;
    };
    for (row const& one : {
             row{"none/exec?command=true&stdout=true", v4, 404, "pods \"none\" not found"},
             row{"two/exec?command=true&stdout=true", v4, 400,
                 "a container name must be specified for pod two, choose one of: [init main side]"},
             row{"one/exec?command=true&stdout=true&container=other", v4, 400,
                 "container other is not valid for pod one"},
             row{"one/exec?command=true", v4, 400, "you must specify at least 1 of stdin, stdout, stderr"},
             row{"waiting/exec?command=true&stdout=true", v4, 400, "pod waiting does not have a host assigned"},
             row{"pulling/exec?command=true&stdout=true", v4, 500, "container not found (\"main\")"},
             row{"one/exec?command=true&stdout=true", "other.protocol", 403, ""},
         }) {
        std::string const target = one.target;
        std::string const protocol = one.protocol;
        error const why = co_await error_of(open_exec(in.client, target, protocol));
        if (!why.status()) throw failure(why);
        EXPECT_EQ(why.status()->http_status, one.status) << one.target;
        EXPECT_NE(why.status()->message.find(one.words), std::string::npos) << one.target << words_of(why);
    }
    error const plain = co_await error_of(in.client.send(get_of("one/exec?command=true&stdout=true")));
    EXPECT_EQ(words_of(plain), "Upgrade request required");
}

KUBERAY_CO_TEST(pod_exec, a_websocket_needs_the_right_to_get_and_to_create)
{
    for (std::string const verb : {"get", "create"}) {
        world in(co_await asio::this_coro::executor);
        kuberay::testing::deny_rule rule;
        rule.verb = verb;
        rule.resource = "pods/exec";
        in.server.deny(rule);
        error const why = co_await error_of(open_exec(in.client, "one/exec?command=true&stdout=true", v4));
        EXPECT_NE(words_of(why).find("cannot " + verb + " resource \"pods/exec\""), std::string::npos) << words_of(why);
    }
}

KUBERAY_CO_TEST(pod_exec, exec_ends_with_a_status_and_a_proper_close)
{
    world in(co_await asio::this_coro::executor);
    struct row {
        char const *command, *protocol, *out, *status;
    };
    for (row const& one : {
             row{"command=echo&command=a+b&command=c", v4, "a b c\n", R"({"status":"Success"})"},
             row{"command=echo&command=a", v5, "a\n", R"({"metadata":{},"status":"Success"})"},
             row{"command=sh&command=-c&command=exit+3", v5, "",
                 R"({"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: command )"
                 R"(terminated with exit code 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode",)"
                 R"("message":"3"}]}})"},
             row{"command=nosuch", v4, "",
                 R"({"status":"Failure","message":"Internal error occurred: error executing command in container: exec: )"
                 R"(\"nosuch\": executable file not found in $PATH","reason":"InternalError","code":500})"},
             row{"command=false", "channel.k8s.io", "",
                 "command terminated with non-zero exit code: error executing command in container, exit code 1"},
         }) {
        std::string const target = std::string("one/exec?stdout=true&stderr=true&") + one.command;
        std::string const protocol = one.protocol;
        transcript const all = co_await exec_of(in.client, target, protocol);
        EXPECT_EQ(all.first, std::string("\1")) << "the first message is empty";
        EXPECT_EQ(all.out, one.out) << one.command;
        EXPECT_EQ(all.status, one.status) << one.command;
        EXPECT_EQ(all.close_code, 1000) << one.command;
        EXPECT_EQ(all.failure, "") << one.command;
    }
    auto const is_over = [&in] { return in.streams.sessions() == 0; };
    co_await in.server.until(is_over);
}

KUBERAY_CO_TEST(pod_exec, input_reaches_the_program_and_its_end_with_v5)
{
    world in(co_await asio::this_coro::executor);
    net::websocket socket = co_await open_exec(in.client, "one/exec?command=cat&stdin=true&stdout=true", v5);
    std::string const input = std::string(1, '\0') + "some input";
    co_await socket.write(input);
    co_await socket.ping();
    std::string const end("\xff\0", 2);
    co_await socket.write(end);
    transcript const all = co_await transcript_of(std::move(socket));
    EXPECT_EQ(all.out, "some input");
    EXPECT_EQ(all.status, R"({"metadata":{},"status":"Success"})");
}

namespace {

/// Writes `times` pieces to both outputs.
task<int> write_much(exec_call call, int times)
{
    for (int i = 0; i < times; ++i) {
        std::string piece(1 << 20, static_cast<char>('a' + i % 26));
        task<void> out = call.write_output(piece);
        co_await std::move(out);
        task<void> err = call.write_errors("e");
        co_await std::move(err);
    }
    co_return 0;
}

/// What a program saw, as words.
struct seen_words {
    explicit seen_words(asio::any_io_executor executor)
        : changed(std::move(executor))
    {
    }

    void add(std::string const& word)
    {
        text += word;
        changed.notify_all();
    }

    std::string text;
    condition changed;
};

/// Reads to the end of the input, then waits for ever.
task<int> wait_for_ever(exec_call call, std::shared_ptr<seen_words> seen)
{
    for (;;) {
        task<std::string> reading = call.read_input();
        std::string const bytes = co_await std::move(reading);
        if (bytes.empty()) break;
        seen->add(bytes);
    }
    seen->add("|end");
    condition nothing(co_await asio::this_coro::executor);
    co_await nothing.wait();
    seen->add("|woken");
    co_return 0;
}

}  // namespace

KUBERAY_CO_TEST(pod_exec, much_output_comes_in_messages_of_32_kib_and_the_status_last)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_exec([](exec_call call) { return write_much(std::move(call), 24); });
    transcript const all = co_await exec_of(in.client, "one/exec?command=x&stdout=true&stderr=true", v4);
    EXPECT_EQ(all.out.size(), std::size_t(24) << 20);
    EXPECT_EQ(all.out.back(), 'x');
    EXPECT_EQ(all.err, std::string(24, 'e'));
    EXPECT_EQ(all.largest, 32u * 1024 + 1);
    EXPECT_EQ(all.status, R"({"status":"Success"})");
}

KUBERAY_CO_TEST(pod_exec, a_program_whose_client_leaves_reads_its_end_and_is_cancelled)
{
    world in(co_await asio::this_coro::executor);
    auto const seen = std::make_shared<seen_words>(in.client.get_executor());
    in.streams.on_exec([seen](exec_call call) { return wait_for_ever(std::move(call), seen); });
    net::websocket socket = co_await open_exec(in.client, "one/exec?command=x&stdin=true", v4);
    std::string const input = std::string(1, '\0') + "abc";
    co_await socket.write(input);
    while (seen->text != "abc")
        co_await seen->changed.wait();
    EXPECT_EQ(in.streams.sessions(), 1u);
    socket.abort();
    auto const is_over = [&in] { return in.streams.sessions() == 0; };
    co_await in.server.until(is_over);
    EXPECT_EQ(seen->text, "abc|end");
}

KUBERAY_CO_TEST(pod_exec, a_stopped_server_ends_its_programs)
{
    world in(co_await asio::this_coro::executor);
    auto const seen = std::make_shared<seen_words>(in.client.get_executor());
    in.streams.on_exec([seen](exec_call call) { return wait_for_ever(std::move(call), seen); });
    net::websocket socket = co_await open_exec(in.client, "one/exec?command=x&stdin=true", v4);
    in.server.stop();
    transcript const all = co_await transcript_of(std::move(socket));
    EXPECT_NE(all.failure, "");
}

KUBERAY_CO_TEST(pod_exec, a_fragmented_message_ends_the_session)
{
    world in(co_await asio::this_coro::executor);
    net::http_request request = get_of("one/exec?command=cat&stdin=true&stdout=true");
    net::websocket_offer offer = net::offer_websocket(request, {v4});
    net::upgrade_result upgraded = co_await in.client.upgrade(offer.request);
    // Two frames with a mask of zeros: binary without FIN, then the continuation.
    std::string const frames("\x02\x82\0\0\0\0\0a\x80\x81\0\0\0\0b", 15);
    co_await net::write_all(&upgraded.stream, frames);
    std::string all;
    for (;;) {
        std::string const bytes = co_await net::read_some(&upgraded.stream);
        if (bytes.empty()) break;
        all += bytes;
    }
    EXPECT_EQ(all, std::string("\x82\x01\x01", 3)) << "neither output nor a close frame";
}

KUBERAY_CO_TEST(pod_exec, a_session_goes_wrong_as_asked)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_exec([](exec_call call) { return write_much(std::move(call), 1); });
    struct row {
        stream_fault::kind what;
        std::uint64_t after;
        std::size_t out;
        char const* status;
        int close_code;
    };
    for (row const& one : {
             row{stream_fault::kind::exec_cut, 0, 0, "", 0},
             row{stream_fault::kind::exec_cut, 100, 100, "", 0},
             row{stream_fault::kind::exec_cut, 40000, 40000, "", 0},
             row{stream_fault::kind::exec_cut, 1 << 30, 1 << 20, "", 0},
             row{stream_fault::kind::exec_no_status, 0, 1 << 20, "", 1000},
             row{stream_fault::kind::exec_bad_status, 0, 1 << 20, "this is no status", 1000},
             row{stream_fault::kind::exec_false_success, 77, 77, R"({"metadata":{},"status":"Success"})", 1000},
         }) {
        stream_fault harm;
        harm.what = one.what;
        harm.after_bytes = one.after;
        in.streams.inject(harm);
        transcript const all = co_await exec_of(in.client, "one/exec?command=x&stdout=true&stderr=true", v5);
        EXPECT_EQ(all.out.size(), one.out) << one.after;
        EXPECT_EQ(all.status, one.status) << one.after;
        EXPECT_EQ(all.close_code, one.close_code) << one.after;
        EXPECT_EQ(all.failure.empty(), one.close_code == 1000) << all.failure;
    }
    transcript const after = co_await exec_of(in.client, "one/exec?command=x&stdout=true", v5);
    EXPECT_EQ(after.status, R"({"metadata":{},"status":"Success"})") << "each fault is met once";
}

KUBERAY_CO_TEST(pod_exec, input_is_cut_after_its_bytes)
{
    world in(co_await asio::this_coro::executor);
    stream_fault harm;
    harm.what = stream_fault::kind::exec_input_cut;
    harm.after_bytes = 5;
    in.streams.inject(harm);
    net::websocket socket = co_await open_exec(in.client, "one/exec?command=cat&stdin=true&stdout=true", v4);
    std::string const part = std::string(1, '\0') + "123";
    co_await socket.write(part);
    co_await socket.write(part);
    transcript const all = co_await transcript_of(std::move(socket));
    EXPECT_EQ(all.status, "");
    EXPECT_NE(all.failure, "");
}

KUBERAY_CO_TEST(pod_exec, a_websocket_is_refused_as_a_proxy_or_a_role_does)
{
    world in(co_await asio::this_coro::executor);
    stream_fault harm;
    harm.what = stream_fault::kind::websocket_refused;
    in.streams.inject(harm);
    harm.what = stream_fault::kind::websocket_forbidden;
    in.streams.inject(harm);
    error why = co_await error_of(open_exec(in.client, "one/exec?command=true&stdout=true", v4));
    EXPECT_EQ(why.status()->http_status, 400);
    why = co_await error_of(open_exec(in.client, "one/exec?command=true&stdout=true", v4));
    EXPECT_EQ(why.status()->http_status, 403);
    EXPECT_NE(words_of(why).find("cannot get resource \"pods/exec\""), std::string::npos) << words_of(why);
}

KUBERAY_CO_TEST(pod_exec, a_terminal_has_one_output_and_a_size)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_exec([](exec_call call) -> task<int> {
        task<std::pair<int, int>> waiting = call.next_size();
        std::pair<int, int> const size = co_await std::move(waiting);
        task<void> writing = call.write_errors(std::to_string(size.first) + "x" + std::to_string(size.second));
        co_await std::move(writing);
        co_return 7;
    });
    net::websocket socket =
        co_await open_exec(in.client, "one/exec?command=x&stdin=true&stdout=true&stderr=true&tty=true", v4);
    std::string const size = std::string(1, '\4') + R"({"Width":120,"Height":40})";
    co_await socket.write(size);
    transcript const all = co_await transcript_of(std::move(socket));
    EXPECT_EQ(all.out, "120x40");
    EXPECT_EQ(all.err, "");
    EXPECT_NE(all.status.find("\"message\":\"7\""), std::string::npos) << all.status;
}

KUBERAY_CO_TEST(pod_exec, attach_shows_what_is_logged_from_then_on)
{
    world in(co_await asio::this_coro::executor);
    in.streams.append_log("one", "main", "old\n");
    net::websocket socket = co_await open_exec(in.client, "one/attach?stdout=true", v4);
    auto const first = co_await socket.read();
    EXPECT_TRUE(first.has_value());
    in.streams.append_log("one", "main", "news\n");
    in.streams.end_log("one", "main");
    transcript const all = co_await transcript_of(std::move(socket));
    EXPECT_EQ(all.out, "news\n");
    EXPECT_EQ(all.status, R"({"status":"Success"})");
}
