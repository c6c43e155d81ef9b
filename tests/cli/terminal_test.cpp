// The program on a pseudo-terminal: it is as before on every way out.

#include "on_terminal.hpp"

#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace cli {
namespace {

namespace fs = std::filesystem;
namespace simulator = kuberay::testing;
using kuberay::task;

// Shows what it reads and the sizes it is told, until "q" (exit code 7).
task<int> echo_sizes(simulator::exec_call call)
{
    std::pair<int, int> const size = co_await call.next_size();
    co_await call.write_output("size " + std::to_string(size.first) + "x" + std::to_string(size.second) + ";");
    for (;;) {
        std::string const typed = co_await call.read_input();
        if (typed.empty() || typed == "q") co_return 7;
        if (typed == "\x03") co_await call.write_output("interrupt;");
        if (typed == "s") {
            std::pair<int, int> const next = co_await call.next_size();
            co_await call.write_output("size " + std::to_string(next.first) + "x" + std::to_string(next.second) + ";");
        }
    }
}

class terminal : public ::testing::Test {
protected:
    terminal()
    {
        std::ofstream(kubeconfig_) << server_.kubeconfig();
        server_.run([this](simulator::api_server& server) {
            server.put_yaml(
                "apiVersion: ray.io/v1\n"
                "kind: RayCluster\n"
                "metadata: {name: demo, namespace: default}\n"
                "spec: {headGroupSpec: {template: {spec: {containers: [{name: ray-head, image: i}]}}}}\n"
                "---\n"
                "apiVersion: v1\n"
                "kind: Pod\n"
                "metadata: {name: demo-head, namespace: default, labels: {ray.io/is-ray-node: \"yes\", ray.io/cluster: "
                "demo, ray.io/node-type: head}}\n"
                "spec: {nodeName: node-1, containers: [{name: ray-head, image: i}]}\n"
                "status: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}\n"
            );
            streams_.emplace(server);
            streams_->on_exec(echo_sizes);
        });
    }

    ~terminal() override
    {
        server_.run([this](simulator::api_server&) { streams_.reset(); });
        fs::remove(kubeconfig_);
    }

    simulator::api_server_thread server_;
    std::optional<simulator::pod_streams> streams_;
    std::string kubeconfig_ = ::testing::TempDir() + "kubectl-ray-terminal-" + std::to_string(::getpid());
};

TEST_F(terminal, keys_and_sizes_reach_the_program_and_its_exit_code_comes_back)
{
    on_terminal shell({"shell", "demo"}, kubeconfig_);
    shell.seen("size 90x30;");
    EXPECT_TRUE(shell.is_raw());
    shell.type("\x03");
    shell.seen("interrupt;");
    shell.type("s");
    shell.set_size(120, 50);
    shell.seen("size 120x50;");
    shell.type("q");
    EXPECT_EQ(shell.wait(), 7);
    EXPECT_FALSE(shell.is_raw());
}

TEST_F(terminal, a_signal_gives_it_back)
{
    struct row {
        int signal, code;
    };
    for (row const& each :
         {row{SIGINT, 130}, row{SIGTERM, 130}, row{SIGHUP, 128 + SIGHUP}, row{SIGQUIT, 128 + SIGQUIT}}) {
        on_terminal shell({"exec", "-it", "demo", "--", "bash"}, kubeconfig_);
        shell.seen("size 90x30;");
        shell.send(each.signal);
        EXPECT_EQ(shell.wait(), each.code) << each.signal;
        EXPECT_FALSE(shell.is_raw()) << each.signal;
    }
}

TEST_F(terminal, a_lost_connection_gives_it_back_and_is_an_error)
{
    on_terminal shell({"shell", "demo"}, kubeconfig_);
    shell.seen("size 90x30;");
    server_.run([](simulator::api_server& server) { server.drop_connections(); });
    shell.seen("Error: ");
    EXPECT_EQ(shell.wait(), 1);
    EXPECT_FALSE(shell.is_raw());
}

}  // namespace
}  // namespace cli
