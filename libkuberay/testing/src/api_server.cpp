#include "api_server_owner.hpp"
#include "deletes.hpp"
#include "kubeconfig_text.hpp"
#include "writes.hpp"

#include <kuberay/base/yaml.hpp>
#include <kuberay/testing/api_server.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

resource_kind const& kind_named(std::string_view resource)
{
    if (resource_kind const* kind = find_resource(resource)) return *kind;
    throw failure(errc::bad_input, "the simulator has no resource \"" + std::string(resource) + "\"");
}

std::string text_at(json::object const& object, std::string_view name)
{
    json::value const* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::string_view recorded_request::path() const noexcept
{
    return std::string_view(target).substr(0, std::min(target.find('?'), target.size()));
}

api_server::api_server(asio::any_io_executor executor, api_server_options options)
    : owner_(std::make_shared<owner>(std::move(executor), std::move(options)))
{
}

void api_server::start() { owner_->core->start(); }

void api_server::stop() { owner_->core->stop(); }

asio::any_io_executor api_server::get_executor() const noexcept { return owner_->core->executor; }

std::uint16_t api_server::port() const noexcept { return owner_->core->port; }

std::string api_server::url() const
{
    return (owner_->core->tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(owner_->core->port);
}

std::string api_server::ca_pem() const
{
    return owner_->core->authority ? owner_->core->authority->pem() : std::string();
}

kube::config api_server::config() const
{
    kube::config made;
    made.connect.server.scheme = owner_->core->tls ? "https" : "http";
    made.connect.server.host = "127.0.0.1";
    made.connect.server.port = owner_->core->port;
    made.connect.tls.ca_pem = ca_pem();
    made.connect.tls.client_certificate_pem = owner_->core->client_identity.certificate_pem;
    made.connect.tls.client_key_pem = owner_->core->client_identity.key_pem;
    if (!owner_->core->in.tokens.empty()) made.auth.token = owner_->core->in.tokens.front().first;
    made.context = "simulator";
    made.cluster = "simulator";
    return made;
}

std::string api_server::kubeconfig() const
{
    kubeconfig_content content;
    content.url = url();
    content.ca_pem = ca_pem();
    if (!owner_->core->in.tokens.empty()) content.token = owner_->core->in.tokens.front().first;
    content.client_certificate_pem = owner_->core->client_identity.certificate_pem;
    content.client_key_pem = owner_->core->client_identity.key_pem;
    return kubeconfig_text(content);
}

net::byte_stream api_server::connect()
{
    auto [client, server] = net::make_stream_pair(owner_->core->executor);
    owner_->core->serve(std::move(server), false);
    return std::move(client);
}

json::object api_server::put(json::object object)
{
    std::string const kind = text_at(object, "kind");
    std::string const api_version = text_at(object, "apiVersion");
    resource_kind const* known = find_object_kind(api_version, kind);
    if (!known) throw failure(errc::bad_input, "the simulator has no kind \"" + kind + "\" of \"" + api_version + "\"");
    return *put_object(owner_->core->in, *known, std::move(object));
}

void api_server::put_yaml(std::string_view text)
{
    for (yaml_document const& document : parse_yaml(text, "object"))
        put(document.value().as_object());
}

bool api_server::remove(std::string_view resource, std::string_view ns, std::string_view name)
{
    return owner_->core->in.store.erase(kind_named(resource), ns, name) != nullptr;
}

std::optional<json::object>
api_server::find(std::string_view resource, std::string_view ns, std::string_view name) const
{
    object_ptr const found = owner_->core->in.store.find(kind_named(resource), ns, name);
    return found ? std::optional<json::object>(*found) : std::nullopt;
}

std::vector<json::object> api_server::all(std::string_view resource, std::string_view ns) const
{
    std::vector<json::object> found;
    for (object_ptr const& object : owner_->core->in.store.list(kind_named(resource), ns))
        found.push_back(*object);
    return found;
}

void api_server::on_change(std::function<void(std::string_view, json::object const&)> callback)
{
    owner_->core->observers.push_back(std::move(callback));
}

std::vector<recorded_request> const& api_server::journal() const noexcept { return owner_->core->journal; }

void api_server::clear_journal() { owner_->core->journal.clear(); }

void api_server::inject(fault what) { owner_->core->faults.push_back(std::move(what)); }

std::size_t api_server::faults_left() const noexcept
{
    auto const& faults = owner_->core->faults;
    return static_cast<std::size_t>(std::ranges::count_if(faults, [](fault const& one) { return one.left > 0; }));
}

void api_server::clear_faults() { owner_->core->faults.clear(); }

void api_server::resume()
{
    ++owner_->core->resumes_asked;
    owner_->core->changed.notify_all();
}

void api_server::drop_connections() { owner_->core->drop_connections(); }

std::size_t api_server::connections() const noexcept { return owner_->core->connections.size(); }

std::size_t api_server::connections_accepted() const noexcept { return owner_->core->accepted; }

std::size_t api_server::watches() const noexcept { return owner_->core->open_watches; }

namespace {

task<void> wait_until_done(std::shared_ptr<server_core> core, std::function<bool()> done)
{
    while (!done())
        co_await core->changed.wait();
}

}  // namespace

task<void> api_server::until(std::function<bool()> done) { return wait_until_done(owner_->core, std::move(done)); }

void api_server::bookmark()
{
    ++owner_->core->bookmarks_asked;
    owner_->core->changed.notify_all();
}

void api_server::end_watches()
{
    ++owner_->core->watch_ends_asked;
    owner_->core->changed.notify_all();
}

void api_server::compact()
{
    owner_->core->in.store.compact();
    owner_->core->in.forget_rests();
}

std::string api_server::resource_version() const { return std::to_string(owner_->core->in.store.version()); }

void api_server::expire_tokens() { owner_->core->in.tokens.clear(); }

void api_server::accept_token(std::string token, std::string user)
{
    owner_->core->in.tokens.emplace_back(std::move(token), std::move(user));
}

void api_server::deny(deny_rule rule) { owner_->core->in.denials.push_back(std::move(rule)); }

void api_server::clear_denials() { owner_->core->in.denials.clear(); }

void api_server::set_time(timestamp now) { owner_->core->in.fixed_time = now; }

timestamp api_server::now() const { return owner_->core->in.now(); }

void api_server::serve(std::string path_suffix, stream_handler handler)
{
    owner_->core->handlers.emplace_back(std::move(path_suffix), std::move(handler));
}

}  // namespace kuberay::testing
