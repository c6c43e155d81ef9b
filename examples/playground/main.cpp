// A cluster to play with, in one process: see `playground --help`.

#include "child.hpp"
#include "dashboards.hpp"
#include "options.hpp"
#include "sample_clusters.hpp"
#include "sample_pods.hpp"

#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using kuberay::failure;

/// A kubeconfig that only its owner can read, removed at the end. It never replaces a file that exists.
class private_file {
public:
    private_file(std::string path, std::string_view content)
        : path_(std::move(path))
    {
        if (path_.empty()) {
            std::string pattern = (std::filesystem::temp_directory_path() / "playground-XXXXXX").string();
            if (!mkdtemp(pattern.data())) refuse("cannot make a temporary folder");
            folder_ = pattern;
            path_ = (folder_ / "kubeconfig").string();
        }
        int const file = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0) refuse("cannot write " + path_);
        while (!content.empty()) {
            ssize_t const written = write(file, content.data(), content.size());
            if (written < 0) refuse("cannot write " + path_);
            content.remove_prefix(static_cast<std::size_t>(written));
        }
        close(file);
    }

    private_file(private_file const&) = delete;
    private_file& operator=(private_file const&) = delete;

    ~private_file()
    {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
        if (!folder_.empty()) std::filesystem::remove(folder_, ignored);
    }

    std::string const& path() const noexcept { return path_; }

private:
    [[noreturn]] static void refuse(std::string const& what)
    {
        throw failure(kuberay::error_code(errno, boost::system::system_category()), what);
    }

    std::string path_;
    std::filesystem::path folder_;
};

/// Hands the child's exit code on, and interrupts to the child.
class supervisor {
public:
    supervisor(asio::io_context& io, std::optional<pid_t> child)
        : io_(io)
        , signals_(io, SIGINT, SIGTERM, SIGCHLD)
        , child_(child)
    {
        wait();
        look();
    }

    int exit_code() const noexcept { return exit_code_; }

private:
    void wait()
    {
        signals_.async_wait([this](kuberay::error_code failed, int signal) {
            if (failed) return;
            if (signal != SIGCHLD) {
                // From a terminal the child got the interrupt too; it decides how to end.
                if (!child_) {
                    io_.stop();
                    return;
                }
                if (signal == SIGTERM) kill(*child_, SIGTERM);
            }
            look();
            wait();
        });
    }

    void look()
    {
        int const code = child_ ? playground::exit_code_of(*child_) : -1;
        if (code < 0) return;
        exit_code_ = code;
        io_.stop();
    }

    asio::io_context& io_;
    asio::signal_set signals_;
    std::optional<pid_t> child_;
    int exit_code_ = 0;
};

int run(playground::options const& asked)
{
    asio::io_context io(1);
    kuberay::testing::api_server_options server_options;
    server_options.port = asked.port;
    server_options.latency = asked.latency;
    server_options.keep_journal = false;
    if (!asked.token.empty()) server_options.tokens.emplace_back(asked.token, "player");
    kuberay::testing::api_server server(io.get_executor(), server_options);
    kuberay::testing::pod_streams const pods(server);
    auto const heads = playground::serve_dashboards(server, pods);
    playground::fill_pods(server, pods, heads);
    playground::add_clusters(server, asked.clusters);
    kuberay::testing::ray_operator ray(server);
    ray.use_heads([heads](std::string const& pod) { return heads->head_of(pod); });
    ray.write_logs_to(pods);
    server.start();
    private_file const kubeconfig(asked.kubeconfig, server.kubeconfig());
    std::optional<pid_t> child;
    if (asked.command.empty()) {
        std::fprintf(
            stderr, "A simulated Kubernetes with Ray is at %s\n  export KUBECONFIG=%s\nCtrl-C ends it.\n",
            server.url().c_str(), kubeconfig.path().c_str()
        );
    }
    asio::signal_set const early(io, SIGCHLD);
    if (!asked.command.empty()) child = playground::start_child(asked.command, kubeconfig.path());
    supervisor const watching(io, child);
    io.run();
    return watching.exit_code();
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        playground::options const asked = playground::read_options(std::vector<std::string>(argv + 1, argv + argc));
        if (asked.help) {
            std::fputs(playground::help_text().c_str(), stdout);
            return 0;
        }
        std::signal(SIGPIPE, SIG_IGN);
        return run(asked);
    } catch (failure const& why) {
        std::fprintf(stderr, "playground: %s\n", why.error().message().c_str());
        if (!why.error().hint().empty()) std::fprintf(stderr, "%s\n", std::string(why.error().hint()).c_str());
        return why.error().code() == kuberay::errc::bad_input ? 2 : 1;
    }
}
