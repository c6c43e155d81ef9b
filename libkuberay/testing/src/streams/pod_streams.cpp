#include "api_server_owner.hpp"
#include "streams/default_programs.hpp"
#include "streams/stream_host.hpp"

#include <utility>

namespace kuberay::testing {

namespace {

using server_of_streams = task<void> (*)(std::shared_ptr<stream_host>, recorded_request, net::byte_stream);

api_server::stream_handler handler_of(std::shared_ptr<stream_host> const& host, server_of_streams serve)
{
    return [host, serve](recorded_request request, net::byte_stream* connection) {
        return serve(host, std::move(request), std::move(*connection));
    };
}

}  // namespace

pod_streams::pod_streams(api_server server)
    : host_(std::make_shared<stream_host>(server.owner_->core))
{
    server.serve("/log", handler_of(host_, &serve_log));
    server.serve("/exec", handler_of(host_, &serve_exec));
    server.serve("/attach", handler_of(host_, &serve_exec));
    server.serve("/portforward", handler_of(host_, &serve_forward));
}

void pod_streams::on_exec(std::function<task<int>(exec_call call)> program) { host_->on_exec = std::move(program); }

task<int> pod_streams::run_default(exec_call call) { return run_default_program(std::move(call)); }

void pod_streams::on_attach(std::function<task<int>(exec_call call)> program) { host_->on_attach = std::move(program); }

void pod_streams::on_port(std::uint16_t port, std::function<task<void>(std::string, net::byte_stream)> server)
{
    host_->refused_ports.erase(port);
    host_->ports[port] = std::move(server);
}

void pod_streams::forward_to(std::uint16_t port, std::uint16_t local_port)
{
    host_->refused_ports.erase(port);
    host_->local_ports[port] = local_port;
}

void pod_streams::refuse_port(std::uint16_t port) { host_->refused_ports.insert(port); }

void pod_streams::append_log(std::string pod, std::string container, std::string text, std::optional<timestamp> time)
{
    auto const core = host_->core();
    timestamp const at = time ? *time : core ? core->in.now() : timestamp();
    host_->log_of(pod, container).current->append(at, text);
    host_->changed.notify_all();
}

void pod_streams::rotate_log(std::string pod, std::string container)
{
    host_->log_of(pod, container).rotate();
    host_->change_status(pod, container, true);
    host_->changed.notify_all();
}

void pod_streams::end_log(std::string pod, std::string container)
{
    host_->log_of(pod, container).current->ended = true;
    host_->change_status(pod, container, false);
    host_->changed.notify_all();
}

void pod_streams::inject(stream_fault fault) { host_->faults.push_back(std::move(fault)); }

std::size_t pod_streams::sessions() const noexcept { return host_->sessions; }

std::size_t pod_streams::port_connections() const noexcept { return host_->connections; }

}  // namespace kuberay::testing
