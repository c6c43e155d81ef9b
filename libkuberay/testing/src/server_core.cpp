#include "server_core.hpp"

#include "deletes.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_server.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

task<void>
secure_and_serve(std::shared_ptr<server_core> core, std::shared_ptr<server_connection> connection, bool secure)
{
    if (secure) {
        net::accepted_tls accepted = co_await net::accept_tls(std::move(connection->stream), core->tls);
        connection->stream = std::move(accepted.stream);
        connection->certificate_user = accepted.client_name;
    }
    co_await serve_connection(core, connection);
}

}  // namespace

server_core::server_core(asio::any_io_executor executor, api_server_options options)
    : executor(executor)
    , in(std::move(options))
    , changed(executor)
    , port(in.options.port)
{
    in.store.on_change = [this](object_change const& change) { note_change(change); };
    if (!in.options.tls) return;
    authority.emplace();
    identity const server = authority->make_server();
    net::tls_server_options tls_options;
    tls_options.certificate_pem = server.certificate_pem;
    tls_options.key_pem = server.key_pem;
    tls_options.client_ca_pem = authority->pem();
    tls = std::make_shared<net::tls_server>(tls_options);
    if (!in.options.client_certificate_user.empty())
        client_identity = authority->make_client(in.options.client_certificate_user);
}

void server_core::start()
{
    asio::ip::tcp::endpoint const at(asio::ip::address_v4::loopback(), port);
    acceptor_.emplace(executor);
    acceptor_->open(at.protocol());
    acceptor_->set_option(asio::socket_base::reuse_address(true));
    acceptor_->bind(at);
    acceptor_->listen();
    port = acceptor_->local_endpoint().port();
    async_run(
        executor, accept_all(shared_from_this()),
        asio::bind_cancellation_slot(stop_accepting_.slot(), [](result<void> const&) {})
    );
}

void server_core::stop()
{
    if (acceptor_) {
        error_code ignored;
        acceptor_->close(ignored);
        stop_accepting_.emit(asio::cancellation_type::terminal);
    }
    drop_connections();
}

void server_core::drop_connections()
{
    auto const open = connections;
    for (auto const& connection : open) {
        connection->stream.close();
        connection->stop.emit(asio::cancellation_type::terminal);
    }
}

void server_core::serve(net::byte_stream stream, bool secure)
{
    auto connection = std::make_shared<server_connection>();
    connection->stream = std::move(stream);
    connections.insert(connection);
    ++accepted;
    auto done = [self = shared_from_this(), connection](result<void> const&) {
        // How a connection ended is the client's matter.
        connection->stream.close();
        self->connections.erase(connection);
        self->changed.notify_all();
    };
    async_run(
        executor, secure_and_serve(shared_from_this(), connection, secure),
        asio::bind_cancellation_slot(connection->stop.slot(), std::move(done))
    );
}

task<void> server_core::accept_all(std::shared_ptr<server_core> self)
{
    while (self->acceptor_->is_open()) {
        asio::ip::tcp::socket socket = co_await self->acceptor_->async_accept(asio::use_awaitable);
        self->serve(net::make_tcp_stream(std::move(socket)), self->tls != nullptr);
    }
}

void server_core::note_change(object_change const& change)
{
    bool const leaves = change.type == change_type::deleted || !meta_text(*change.object, "deletionTimestamp").empty();
    if (change.type == change_type::deleted) in.gone_uids.insert(std::string(meta_text(*change.object, "uid")));
    if (leaves && !garbage_is_due_) {
        garbage_is_due_ = true;
        // After the answer to the request that did it, as controllers work.
        asio::post(executor, [weak = weak_from_this()] {
            auto const self = weak.lock();
            if (!self) return;
            self->garbage_is_due_ = false;
            collect_garbage(self->in);
        });
    }
    for (std::size_t i = 0; i < observers.size(); ++i)
        observers[i](name_of(change.type), *change.object);
    changed.notify_all();
}

std::optional<fault> server_core::take_fault(std::string const& method, std::string const& target)
{
    for (auto one = faults.begin(); one != faults.end(); ++one) {
        if (!one->matches(method, target)) continue;
        if (one->skip > 0) {
            --one->skip;
            continue;
        }
        fault taken = *one;
        if (one->left > 0 && --one->left == 0) faults.erase(one);
        return taken;
    }
    return std::nullopt;
}

api_server::stream_handler const* server_core::handler_for(std::string_view path) const
{
    for (auto const& [suffix, handler] : handlers)
        if (path.ends_with(suffix)) return &handler;
    return nullptr;
}

}  // namespace kuberay::testing
