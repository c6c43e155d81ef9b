#include "ray/pod_program.hpp"

#include <kuberay/base/text.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace kuberay::ray {
namespace {

constexpr std::size_t longest_tail = 2048;
constexpr std::size_t most_lines = 3;

task<pod_program> start(kube::client on, std::string ns, std::string pod, kube::exec_options options)
{
    kube::exec_session started = co_await kube::exec(std::move(on), std::move(ns), std::move(pod), std::move(options));
    auto const session = std::make_shared<kube::exec_session>(std::move(started));
    pod_program program;
    program.read = [session] { return session->read(); };
    program.write = [session](std::string bytes) { return session->write(std::move(bytes)); };
    program.finish_input = [session] { return session->finish_input(); };
    program.exit_code = [session] { return session->exit_code(); };
    program.abort = [session] { session->abort(); };
    co_return program;
}

}  // namespace

start_program programs_in(kube::client on, std::string ns)
{
    return [on, ns](std::string pod, kube::exec_options options) {
        return start(on, ns, std::move(pod), std::move(options));
    };
}

void stderr_tail::add(std::string_view bytes)
{
    kept_.append(bytes.substr(bytes.size() - std::min(bytes.size(), longest_tail)));
    if (kept_.size() > longest_tail) kept_.erase(0, kept_.size() - longest_tail);
}

std::string stderr_tail::summary() const
{
    std::vector<std::string> lines;
    for (std::string const& line : split(kept_, '\n'))
        if (!trim(line).empty()) lines.push_back(printable_line(trim(line)));
    if (lines.size() > most_lines) lines.erase(lines.begin(), lines.end() - most_lines);
    return join(lines, "; ");
}

bool is_broken_connection(error const& e) noexcept
{
    error_code const code = e.code();
    if (is_cancellation(e)) return false;
    return code == errc::connection_lost || code == errc::timed_out || code == errc::protocol_violation
           || code == boost::asio::error::eof || code == boost::asio::error::connection_reset
           || code == boost::asio::error::broken_pipe || code == boost::asio::error::connection_aborted
           || code == boost::asio::error::timed_out;
}

error without_program(error const& e, std::string const& program)
{
    std::string const said = e.status() ? e.status()->message : e.message();
    bool const missing = said.find("executable file not found") != std::string::npos
                         || said.find("no such file or directory") != std::string::npos;
    if (!missing) return e;
    return error(errc::unexpected, "the container has no " + program)
        .with_hint("the image needs " + program + " (and sh for copies into it), as nearly every image has");
}

}  // namespace kuberay::ray
