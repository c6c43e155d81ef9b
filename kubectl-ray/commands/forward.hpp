#pragma once

#include "cli/context.hpp"
#include "cli/flags.hpp"

#include <kuberay/ray/session.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace cli::commands {

/// What is forwarded, and what is done once it is usable.
struct forward_request {
    forward_request() = default;
    ray::target what;
    std::vector<ray::session_port> ports;  ///< the first one is the dashboard
    std::vector<std::string> addresses;    ///< empty: localhost
    bool verbose = false;
    bool prints_ports = false;            ///< a line for each port on stdout
    bool waits = false;                   ///< for the dashboard to answer
    bool prints_url = false;              ///< the dashboard's alone, on stdout
    bool opens = false;                   ///< the dashboard in the browser
    std::chrono::nanoseconds timeout{0};  ///< of the wait for the dashboard; zero: none
};

/// `--address`, and `-v, --verbose`.
void declare_forwarding(flags& on, forward_request& into);

/// Forwards until a signal or a permanent error ends it; never returns a code.
///
/// Errors: those of `kube::port_forwarder`; `errc::timed_out` when the dashboard did not answer in time; a cancellation
/// once all sockets are closed.
task<exit_code> run_forward(context on, forward_request how);

/// The lines of the ports as they are known: "Ray Dashboard: http://localhost:8265". Pure.
std::string port_lines(
    std::vector<ray::session_port> const& ports, std::vector<kube::local_port> const& bound, std::string const& host
);

/// How a person reaches what listens on these addresses. Pure.
std::string reachable_host(std::vector<std::string> const& addresses);

}  // namespace cli::commands
