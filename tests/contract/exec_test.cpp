#include "pod_place.hpp"

#include <kuberay/kube/exec.hpp>

using namespace kuberay;
using kuberay::contract::pod_place;

namespace {

struct ended_session {
    ended_session() = default;
    std::string out;
    error why;
    int exit_code = -1;
};

kube::exec_options program(std::vector<std::string> words)
{
    kube::exec_options options;
    options.command = std::move(words);
    return options;
}

kube::exec_options shell(std::string script)
{
    std::vector<std::string> words;
    words.emplace_back("sh");
    words.emplace_back("-c");
    words.push_back(std::move(script));
    return program(std::move(words));
}

kube::exec_options cat()
{
    kube::exec_options options = program(std::vector<std::string>(1, "cat"));
    options.input = options.ends_input = true;
    return options;
}

task<void> collect(kube::exec_session* session, std::string* into)
{
    for (;;) {
        std::optional<kube::exec_output> piece = co_await session->read();
        if (!piece) co_return;
        *into += piece->bytes;
    }
}

task<ended_session> read_to_the_end(kube::exec_session* session)
{
    ended_session seen;
    task<void> collecting = collect(session, &seen.out);
    result<void> const ended = co_await as_result(std::move(collecting));
    if (ended.has_error()) seen.why = ended.error();
    seen.exit_code = session->exit_code();
    co_return seen;
}

task<ended_session> write_then_finish(kube::exec_session* session, std::string bytes)
{
    constexpr std::size_t piece = 1 << 20;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        co_await session->write(bytes.substr(at, piece));
    co_await session->finish_input();
    co_return ended_session();
}

// Everything through `cat` and back.
task<ended_session> through_cat(pod_place at, kube::exec_options options, std::string bytes)
{
    kube::exec_session session = co_await kube::exec(at.client(), at.ns(), at.name(), options);
    std::vector<task<ended_session>> both;
    both.push_back(write_then_finish(&session, std::move(bytes)));
    both.push_back(read_to_the_end(&session));
    auto const ended = co_await run_all(std::move(both));
    EXPECT_TRUE(ended[0].has_value()) << ended[0].error().message();
    co_return ended[1].value();
}

task<ended_session> run(pod_place at, kube::exec_options options)
{
    kube::exec_session session = co_await kube::exec(at.client(), at.ns(), at.name(), options);
    ended_session seen = co_await read_to_the_end(&session);
    co_return seen;
}

task<int> tell_sizes(kuberay::testing::exec_call call)
{
    for (;;) {
        std::pair<int, int> const size = co_await call.next_size();
        if (size.first == 120 && size.second == 40) break;
    }
    co_await call.write_output("40 120\r\n");
    co_return 0;
}

}  // namespace

KUBERAY_POD_CONTRACT(exit_codes_arrive_over_every_protocol)
{
    co_await at.create();
    co_await at.run();
    for (int const code : {0, 1, 126, 127, 137, 255}) {
        kube::exec_options options = shell("exit " + std::to_string(code));
        ended_session seen = co_await run(at, options);
        EXPECT_EQ(seen.exit_code, code) << "v4: " << seen.why.message();
        options.allow_websocket = false;
        seen = co_await run(at, options);
        EXPECT_EQ(seen.exit_code, code) << "SPDY: " << seen.why.message();
        options.allow_websocket = true;
        options.input = options.ends_input = true;
        seen = co_await run(at, options);
        EXPECT_EQ(seen.exit_code, code) << "v5: " << seen.why.message();
    }
}

KUBERAY_POD_CONTRACT(a_program_that_is_not_there_is_a_failure_with_the_servers_words)
{
    co_await at.create();
    co_await at.run();
    std::vector<std::string> const words(1, "no-such-program");
    ended_session const seen = co_await run(at, program(words));
    EXPECT_EQ(seen.exit_code, -1);
    EXPECT_TRUE(seen.why.status()) << seen.why.message();
}

KUBERAY_POD_CONTRACT(a_pod_that_is_not_there_is_not_found)
{
    std::vector<std::string> const words(1, "true");
    kube::exec_options const options = program(words);
    result<kube::exec_session> const opened =
        co_await as_result(kube::exec(at.client(), at.ns(), "no-such-pod", options));
    EXPECT_EQ(opened.error().code(), reason::not_found) << opened.error().message();
}

KUBERAY_POD_CONTRACT(the_end_of_the_input_reaches_the_program)
{
    co_await at.create();
    co_await at.run();
    kube::exec_options options = cat();
    ended_session seen = co_await through_cat(at, options, "hello");
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_EQ(seen.out, "hello");
    options.allow_websocket = false;
    seen = co_await through_cat(at, options, "by spdy");
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_EQ(seen.out, "by spdy");
}

KUBERAY_POD_CONTRACT(a_hundred_megabytes_go_through_and_back)
{
    co_await at.create();
    co_await at.run();
    std::string bytes(at.streams() ? 10'000'000 : 100'000'000, '\0');
    std::uint32_t state = 7;
    for (char& byte : bytes)
        byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
    for (bool const websocket : {true, false}) {
        kube::exec_options options = cat();
        options.allow_websocket = websocket;
        ended_session const seen = co_await through_cat(at, options, bytes);
        EXPECT_EQ(seen.exit_code, 0) << websocket << ": " << seen.why.message();
        EXPECT_TRUE(seen.out == bytes) << websocket << ": " << seen.out.size();
    }
}

KUBERAY_POD_CONTRACT(a_terminal_learns_its_size)
{
    co_await at.create();
    co_await at.run();
    if (at.streams()) at.streams()->on_exec(&tell_sizes);
    kube::exec_options options = shell("until [ \"$(stty size)\" = '40 120' ]; do sleep 0.02; done; stty size");
    options.input = options.terminal = true;
    for (bool const websocket : {true, false}) {
        options.allow_websocket = websocket;
        kube::exec_session session = co_await kube::exec(at.client(), at.ns(), at.name(), options);
        co_await session.resize(80, 24);
        co_await session.resize(120, 40);
        ended_session const seen = co_await read_to_the_end(&session);
        EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
        EXPECT_NE(seen.out.find("40 120"), std::string::npos) << seen.out;
    }
}

KUBERAY_POD_CONTRACT(a_lost_node_shows_with_v4_and_is_hidden_by_v5)
{
    co_await at.create();
    co_await at.run();
    std::vector<std::string> words(1, "echo");
    words.push_back(std::string(5000, 'x'));
    kube::exec_options options = program(words);
    at.lose_exec(1000);
    ended_session seen = co_await run(at, options);
    EXPECT_EQ(seen.why.code(), errc::connection_lost) << "v4: exit code " << seen.exit_code;
    options.allow_websocket = false;
    at.lose_exec(1000);
    seen = co_await run(at, options);
    EXPECT_EQ(seen.why.code(), errc::connection_lost) << "SPDY: exit code " << seen.exit_code;

    // Why v5 is offered only where the input must end: the API server itself says Success, and no client can know.
    options.allow_websocket = true;
    options.input = options.ends_input = true;
    at.lose_exec(1000, true);
    seen = co_await run(at, options);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_LT(seen.out.size(), 5001U);
}
