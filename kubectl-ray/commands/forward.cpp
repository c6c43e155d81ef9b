#include "commands/forward.hpp"

#include "cli/batch_scheduling.hpp"
#include "cli/browser.hpp"
#include "cli/quote.hpp"
#include "commands/forward_view.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/token.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <optional>

namespace cli::commands {
namespace {

/// A forward under way. Kept by the tasks on it.
struct forwarding {
    forwarding(context from, forward_request request)
        : on(std::move(from))
        , how(std::move(request))
        , view(on, how.verbose)
    {
    }

    context on;
    forward_request how;
    forward_view view;
    std::vector<kube::local_port> bound;
    error ended_by;                              ///< why the dashboard could not be shown
    std::optional<batch_scheduling> scheduling;  ///< once the browser runs, which would inherit it
};

using shared_forwarding = std::shared_ptr<forwarding>;

bool listens_everywhere(std::string const& address)
{
    return address == "0.0.0.0" || address == "::" || address == "*";
}

kube::local_port const* bound_for(std::vector<kube::local_port> const& bound, ray::session_port const& port)
{
    auto const same = [&port](kube::local_port const& each) {
        return each.remote == port.mapping.remote && (each.wanted == port.mapping.local || port.mapping.local == 0);
    };
    auto const found = std::ranges::find_if(bound, same);
    return found == bound.end() ? nullptr : &*found;
}

std::string url_of(forwarding const& of)
{
    kube::local_port const* const port = bound_for(of.bound, of.how.ports.front());
    if (!port) throw std::logic_error("the dashboard's port is not bound");
    return "http://" + reachable_host(of.how.addresses) + ":" + std::to_string(port->port);
}

void tell_replaced(forwarding const& of)
{
    for (ray::session_port const& each : of.how.ports) {
        kube::local_port const* const port = bound_for(of.bound, each);
        if (!port || port->wanted == 0 || port->wanted == port->port) continue;
        std::string const what = each.label.empty() ? "port " + std::to_string(each.mapping.remote) : each.label;
        of.on.note(
            "Port " + std::to_string(port->wanted) + " is in use here; " + what + " is at port "
            + std::to_string(port->port) + " instead."
        );
    }
}

// A cluster that asks for a token is of no use without it. What cannot be looked up is not asked for.
task<void> tell_token(shared_forwarding with)
{
    context const on = with->on;
    std::string const ns = on.ns();
    task<std::string> naming = ray::find_cluster_name(on.client(), ns, with->how.what);
    std::string const name = co_await std::move(naming);
    auto const clusters = kube::api<ray::cluster>::in_ns(on.client(), ns);
    ray::cluster const found = co_await clusters.get(name);
    if (ray::token_source_of(found).has_error()) co_return;
    std::string command = on.program() + " get token " + name;
    if (!on.globals().load.ns.empty()) command += " -n " + on.globals().load.ns;
    on.note("The dashboard at " + url_of(*with) + " asks for a token. To see it: " + command);
}

task<void> wait_for_dashboard(shared_forwarding with)
{
    kube::local_port const* const port = bound_for(with->bound, with->how.ports.front());
    if (!port) throw std::logic_error("the dashboard's port is not bound");
    std::string address = port->address;
    if (listens_everywhere(address)) address = address == "::" ? "::1" : "127.0.0.1";
    co_await with->view.connected();
    co_await ray::wait_answering(with->on.executor(), address, port->port);
}

void show_dashboard(forwarding const& of)
{
    std::string const url = url_of(of);
    if (of.how.prints_url) {
        of.on.out().write(url + "\n");
        of.on.out().flush();
    }
    if (!of.how.opens) return;
    if (open_browser(of.on, url))
        of.on.note("Opening " + url + " in the browser. Ctrl-C ends the forwarding.");
    else
        of.on.note("There is no browser to open; the dashboard is at " + url + " until Ctrl-C.");
}

task<void> announce(shared_forwarding with)
{
    co_await with->view.connected();
    if (with->how.prints_ports) {
        with->on.out().write(port_lines(with->how.ports, with->bound, reachable_host(with->how.addresses)));
        with->on.out().flush();
    }
    task<void> telling = tell_token(with);
    result<void> const told = co_await kuberay::as_result(std::move(telling));
    if (told.has_error() && with->how.verbose)
        with->on.note("Whether the cluster asks for a token is unknown: " + told.error().message());
}

// What is to be done once it can be used; a failure ends the forwarding.
task<void> introduce(shared_forwarding with)
{
    co_await announce(with);
    if (with->how.waits) {
        task<void> waiting = wait_for_dashboard(with);
        co_await std::move(waiting);
        show_dashboard(*with);
    }
    with->scheduling.emplace();
}

error timed_out(forwarding const& of)
{
    std::string sentence =
        "the dashboard of " + of.how.what.str() + " did not answer within " + kuberay::format_duration(of.how.timeout);
    if (!of.view.last_trouble().empty()) sentence += ": " + of.view.last_trouble();
    return error(errc::timed_out, std::move(sentence));
}

task<void> introduce_or_stop(shared_forwarding with, kube::port_forwarder forwarder)
{
    task<void> bounded = kuberay::with_timeout(with->how.timeout, introduce(with));
    result<void> const ended = co_await kuberay::as_result(std::move(bounded));
    if (ended.has_value() || kuberay::is_cancellation(ended.error())) co_return;
    with->ended_by = ended.error().code() == errc::timed_out ? timed_out(*with) : ended.error();
    forwarder.stop();
}

kube::forward_options options_of(shared_forwarding with)
{
    kube::forward_options options;
    if (!with->how.addresses.empty()) options.addresses = with->how.addresses;
    for (ray::session_port const& each : with->how.ports) {
        options.ports.push_back(each.mapping);
        options.ports.back().any_if_taken = true;
    }
    std::weak_ptr<forwarding> const weak = with;  // the forwarder may outlive what shows it
    options.on_event = [weak](kube::forward_event const& event) {
        if (shared_forwarding const alive = weak.lock()) alive->view.show(event);
    };
    return options;
}

}  // namespace

void declare_forwarding(flags& on, forward_request& into)
{
    on.value("address", 0, &into.addresses, "Address to listen on; may be given several times. (default localhost)");
    on.toggle("verbose", 'v', &into.verbose, "Tell of every connection and every try.");
}

std::string reachable_host(std::vector<std::string> const& addresses)
{
    for (std::string const& each : addresses) {
        if (each == "localhost" || each == "127.0.0.1" || each == "::1" || listens_everywhere(each)) return "localhost";
    }
    if (addresses.empty()) return "localhost";
    std::string const& first = addresses.front();
    return first.find(':') == std::string::npos ? first : "[" + first + "]";
}

std::string port_lines(
    std::vector<ray::session_port> const& ports, std::vector<kube::local_port> const& bound, std::string const& host
)
{
    std::string lines;
    for (ray::session_port const& each : ports) {
        kube::local_port const* const port = bound_for(bound, each);
        if (!port) continue;
        std::string const where = host + ":" + std::to_string(port->port);
        if (each.label.empty())
            lines += "Port " + std::to_string(each.mapping.remote) + ": " + where + "\n";
        else
            lines += each.label + ": " + each.scheme + "://" + where + "\n";
    }
    return lines;
}

task<exit_code> run_forward(context on, forward_request how)
{
    auto const with = std::make_shared<forwarding>(on, how);
    kube::forward_resolver const where = ray::session_resolver(on.client(), on.ns(), how.what, how.ports);
    kube::port_forwarder forwarder(on.client(), where, options_of(with));
    with->bound = forwarder.listen();
    tell_replaced(*with);
    kuberay::task_group beside(on.executor());
    beside.start(introduce_or_stop(with, forwarder));
    co_await forwarder.run();
    if (with->ended_by) throw failure(with->ended_by);
    // Nothing else ends it: it has closed all there was before it came back.
    throw failure(kuberay::asio::error::operation_aborted, "forwarding the ports of " + with->how.what.str());
}

}  // namespace cli::commands
