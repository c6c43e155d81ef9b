// The program as a process: what a shell sees of signals, closed pipes, full disks and the name it was called by.

#include <kuberay/base/file.hpp>
#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace cli {
namespace {

namespace fs = std::filesystem;

/// A running kubectl-ray whose stdout and stderr are read here.
class child {
public:
    /// `out`: a descriptor for stdout, or -1 for a pipe of ours.
    child(
        std::vector<std::string> arguments, std::string const& kubeconfig, int out = -1,
        std::string name = "kubectl-ray"
    )
    {
        make_pipe(out_);
        make_pipe(err_);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, out < 0 ? out_[1] : out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err_[1], STDERR_FILENO);
        arguments.insert(arguments.begin(), std::move(name));
        std::vector<char*> argv;
        for (std::string& each : arguments)
            argv.push_back(each.data());
        argv.push_back(nullptr);
        ::setenv("KUBECONFIG", kubeconfig.c_str(), 1);
        int const code = ::posix_spawn(&pid_, KUBECTL_RAY, &actions, nullptr, argv.data(), environ);
        ::unsetenv("KUBECONFIG");
        posix_spawn_file_actions_destroy(&actions);
        ::close(out_[1]);
        ::close(err_[1]);
        if (code != 0) throw std::runtime_error("posix_spawn");
    }

    ~child()
    {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            wait();
        }
        ::close(out_[0]);
        ::close(err_[0]);
    }

    child(child const&) = delete;
    child& operator=(child const&) = delete;

    /// One read of its stdout; empty at the end.
    std::string read_out() { return read_some(out_[0]); }

    /// That many lines of its stdout, or fewer when it ends.
    std::set<std::string> lines(std::size_t count)
    {
        std::set<std::string> read;
        while (read.size() < count) {
            std::size_t const end = rest_.find('\n');
            if (end == std::string::npos) {
                std::string const piece = read_out();
                if (piece.empty()) break;
                rest_ += piece;
                continue;
            }
            read.insert(rest_.substr(0, end));
            rest_.erase(0, end + 1);
        }
        return read;
    }

    std::string rest_of_out() { return read_all(out_[0]); }
    std::string rest_of_err() { return read_all(err_[0]); }
    void send(int signal) const { ::kill(pid_, signal); }

    /// Exit code, or 128 + signal.
    int wait()
    {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    static void make_pipe(std::array<int, 2>& ends)
    {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    }

    static std::string read_some(int fd)
    {
        std::array<char, 4096> piece{};
        ssize_t const got = ::read(fd, piece.data(), piece.size());
        return got <= 0 ? std::string() : std::string(piece.data(), static_cast<std::size_t>(got));
    }

    static std::string read_all(int fd)
    {
        std::string all;
        for (std::string piece = read_some(fd); !piece.empty(); piece = read_some(fd))
            all += piece;
        return all;
    }

    pid_t pid_ = -1;
    std::array<int, 2> out_{}, err_{};
    std::string rest_;
};

std::string running_node(std::string const& name, std::string const& type, std::string const& container)
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name
           + ", namespace: default, labels: {ray.io/is-ray-node: \"yes\", ray.io/cluster: demo, ray.io/node-type: "
           + type + "}}\nspec: {nodeName: node-1, containers: [{name: " + container
           + ", image: i}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: \"True\"}], "
             "containerStatuses: [{name: "
           + container + ", ready: true, restartCount: 0, image: i, imageID: \"\", state: {running: {}}}]}\n";
}

class process : public ::testing::Test {
protected:
    process()
    {
        std::ofstream(kubeconfig_) << server_.kubeconfig();
        server_.run([](kuberay::testing::api_server& server) {
            server.put_yaml("apiVersion: ray.io/v1\n"
                            "kind: RayCluster\n"
                            "metadata: {name: demo, namespace: default}\n"
                            "spec: {headGroupSpec: {template: {spec: {containers: [{name: ray-head, image: i}]}}}}\n");
        });
    }

    ~process() override { fs::remove(kubeconfig_); }

    kuberay::testing::api_server_thread server_;
    std::string kubeconfig_ = ::testing::TempDir() + "kubectl-ray-process-" + std::to_string(::getpid());
};

TEST_F(process, an_interrupt_ends_a_watch_with_130_and_without_a_message)
{
    child watching({"get", "cluster", "--watch", "-o", "name"}, kubeconfig_);
    EXPECT_EQ(watching.read_out(), "raycluster.ray.io/demo\n");
    watching.send(SIGINT);
    EXPECT_EQ(watching.rest_of_out(), "");
    EXPECT_EQ(watching.rest_of_err(), "");
    EXPECT_EQ(watching.wait(), 130);
}

TEST_F(process, a_full_disk_is_an_error)
{
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    child listing({"get", "cluster"}, kubeconfig_, full);
    EXPECT_EQ(listing.rest_of_err(), "Error: writing to standard output: No space left on device\n");
    EXPECT_EQ(listing.wait(), 1);
    ::close(full);
}

TEST_F(process, a_reader_that_went_away_ends_the_program_quietly)
{
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    ::close(ends[0]);
    child listing({"get", "cluster"}, kubeconfig_, ends[1]);
    EXPECT_EQ(listing.rest_of_err(), "");
    EXPECT_EQ(listing.wait(), 1);
    ::close(ends[1]);
}

TEST_F(process, under_its_completion_name_it_answers_kubectl)
{
    child completing({"get", "cluster", "d"}, kubeconfig_, -1, "/usr/local/bin/kubectl_complete-ray");
    std::string const offered = completing.rest_of_out();
    EXPECT_TRUE(offered.starts_with("demo")) << offered;
    EXPECT_TRUE(offered.ends_with("\n:4\n")) << offered;
    EXPECT_EQ(completing.wait(), 0);
}

TEST_F(process, completion_without_a_server_is_silent_and_quick)
{
    server_.run([](kuberay::testing::api_server& server) { server.stop(); });
    child completing({"__complete", "get", "cluster", ""}, kubeconfig_);
    EXPECT_EQ(completing.rest_of_out(), ":4\n");
    EXPECT_EQ(completing.wait(), 0);
}

// Every container that is followed holds a connection.
TEST_F(process, sixty_containers_are_followed_at_once)
{
    std::optional<kuberay::testing::pod_streams> streams;
    auto const say = [&](std::string const& text) {
        server_.run([&](kuberay::testing::api_server&) {
            for (int i = 0; i < 60; ++i)
                streams->append_log("node-" + std::to_string(i), "ray-worker", text + std::to_string(i) + "\n");
        });
    };
    server_.run([&](kuberay::testing::api_server& server) {
        streams.emplace(server);
        for (int i = 0; i < 60; ++i)
            server.put_yaml(running_node("node-" + std::to_string(i), "worker", "ray-worker"));
    });
    child following({"log", "demo", "-f", "--no-prefix"}, kubeconfig_);
    for (std::string const text : {"first ", "second "}) {
        say(text);
        EXPECT_EQ(following.lines(60).size(), 60U) << text;
    }
    following.send(SIGINT);
    EXPECT_EQ(following.wait(), 130);
    server_.run([&](kuberay::testing::api_server&) { streams.reset(); });
}

TEST_F(process, an_interrupt_ends_a_session_with_130_and_closes_its_ports)
{
    std::optional<kuberay::testing::pod_streams> streams;
    server_.run([&](kuberay::testing::api_server& server) {
        streams.emplace(server);
        server.put_yaml(running_node("demo-head", "head", "ray-head"));
        server.put_yaml("apiVersion: v1\n"
                        "kind: Service\n"
                        "metadata: {name: demo-head-svc, namespace: default}\n"
                        "spec: {selector: {ray.io/node-type: head}, ports: [{name: dashboard, port: 8265}, {name: "
                        "client, port: 10001}]}\n");
        server.put_yaml("apiVersion: ray.io/v1\n"
                        "kind: RayCluster\n"
                        "metadata: {name: demo, namespace: default}\n"
                        "spec: {headGroupSpec: {template: {spec: {containers: [{name: ray-head, image: i}]}}}}\n"
                        "status: {head: {serviceName: demo-head-svc}}\n");
    });
    for (int const signal : {SIGINT, SIGTERM}) {
        child session({"session", "demo", "--port", "0:8265", "--port", "0:10001"}, kubeconfig_);
        std::set<std::string> const lines = session.lines(2);
        ASSERT_EQ(lines.size(), 2U);
        std::string const& url = *lines.begin();
        EXPECT_TRUE(url.starts_with("Ray Dashboard: http://localhost:")) << url;
        session.send(signal);
        EXPECT_EQ(session.rest_of_err(), "");
        EXPECT_EQ(session.wait(), 130);
    }
    server_.run([&](kuberay::testing::api_server&) { streams.reset(); });
}

}  // namespace
}  // namespace cli
