#include "ray/failing.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/token.hpp>

namespace kuberay::ray {
namespace {

constexpr std::size_t longest_secret_name = 50;

bool is_punctuation(char c) noexcept { return c == '-' || c == '.' || c == '_'; }

// ray-operator controllers/ray/utils `CheckName`.
std::string secret_name_of(std::string name)
{
    if (name.size() > longest_secret_name) name.erase(0, name.size() - longest_secret_name);
    if (name.empty()) return name;
    if ((name[0] >= '0' && name[0] <= '9') || is_punctuation(name[0])) name[0] = 'r';
    return name;
}

task<std::string> read_secret(kube::client on, std::string ns, token_source from)
{
    auto const secrets = kube::api<kube::secret>::in_ns(on, ns);
    task<kube::secret> reading = secrets.get(from.secret_name);
    result<kube::secret> read = co_await as_result(std::move(reading));
    std::string const which = "the secret " + ns + "/" + from.secret_name;
    if (read.has_error()) throw failure(read.error());
    auto const found = read->data.find(from.key);
    if (found == read->data.end()) throw failure(errc::unsatisfiable, which + " has no key " + from.key);
    co_return std::move(found->second);
}

task<std::string> read(kube::client on, std::string ns, std::string name)
{
    auto const clusters = kube::api<cluster>::in_ns(on, ns);
    std::string const where = clusters.core().ns();
    task<cluster> reading = clusters.get(name);
    result<cluster> found = co_await as_result(std::move(reading));
    if (found.has_error()) throw failure(found.error());
    token_source const source = token_source_of(*found).value();
    co_return co_await read_secret(on, where, source);
}

}  // namespace

result<token_source> token_source_of(cluster const& of)
{
    std::string const who = "the RayCluster \"" + of.metadata.name + "\" ";
    auto const& options = of.spec.auth_options;
    if (!options)
        return error(errc::unsatisfiable, who + "does not use tokens: it has no spec.authOptions")
            .with_hint("create it with --auth token");
    if (options->enable_k8s_token_auth.value_or(false))
        return error(
                   errc::unsatisfiable,
                   who + "has no token of its own: Kubernetes checks the tokens (enableK8sTokenAuth)"
        )
            .with_hint("use a token of a service account: kubectl create token NAME");
    if (options->mode.empty())
        return error(
                   errc::unsatisfiable, who
                                            + "asks for no token: spec.authOptions has no mode, so the operator keeps "
                                              "a secret that nothing uses"
        )
            .with_hint("set spec.authOptions.mode to token");
    if (options->mode != "token")
        return error(errc::unsatisfiable, who + "does not use tokens: spec.authOptions.mode is " + options->mode);
    token_source source;
    source.secret_name = options->secret_name.empty() ? secret_name_of(of.metadata.name) : options->secret_name;
    return source;
}

task<std::string> read_token(kube::client on, std::string ns, std::string name)
{
    return read(std::move(on), std::move(ns), std::move(name));
}

task<std::string> read_token(kube::client on, cluster of)
{
    result<token_source> source = token_source_of(of);
    if (source.has_error()) return failing<std::string>(source.error());
    return read_secret(std::move(on), of.metadata.ns, std::move(*source));
}

}  // namespace kuberay::ray
