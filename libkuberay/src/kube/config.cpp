#include "kube/cluster_entry.hpp"
#include "kube/config_loader.hpp"
#include "kube/config_problems.hpp"
#include "kube/in_cluster.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/user_entry.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/config.hpp>

namespace kuberay::kube {
namespace {

// Finds the entries that the options and the context choose.
class selection {
public:
    selection(kubeconfig const& from, load_options const& options, config_problems& problems)
        : from_(from)
        , problems_(problems)
        , context_name(options.context.empty() ? from.current_context() : options.context)
        , context(find_context(options), &problems)
    {
        std::string const user_name = options.user.empty() ? context.text("user") : options.user;
        cluster_name = options.cluster.empty() ? context.text("cluster") : options.cluster;
        cluster = find_cluster(options);
        if (!user_name.empty()) user = from.find(entry_kind::user, user_name);
        // A context may name a user that is not there: then nobody is logged in (client-go).
        if (!options.user.empty() && !user) report_missing("--user", entry_kind::user, user_name);
    }

private:
    kubeconfig const& from_;
    config_problems& problems_;

public:
    std::string context_name;
    entry_reader context;
    std::string cluster_name;
    std::optional<config_entry> cluster;
    std::optional<config_entry> user;

private:
    void report_missing(std::string const& where, entry_kind kind, std::string const& name)
    {
        problems_.add(
            where + ": there is no " + entry_word(kind) + " \"" + printable_line(name) + "\" in " + from_.sources(),
            hint_of_names(name, from_.names(kind), list_key(kind))
        );
    }

    std::optional<config_entry> find_context(load_options const& options)
    {
        if (context_name.empty()) return std::nullopt;
        auto found = from_.find(entry_kind::context, context_name);
        if (!found) {
            std::string const where = options.context.empty() ? from_.where_current_context() + ": current-context"
                                                              : std::string("--context");
            report_missing(where, entry_kind::context, context_name);
        }
        return found;
    }

    std::optional<config_entry> find_cluster(load_options const& options)
    {
        if (cluster_name.empty()) {
            if (context.entry() && options.server.empty()) context.complain("", "it names no cluster");
            return std::nullopt;
        }
        auto found = from_.find(entry_kind::cluster, cluster_name);
        if (found) return found;
        if (!options.cluster.empty()) {
            report_missing("--cluster", entry_kind::cluster, cluster_name);
        } else if (options.server.empty()) {
            context.complain(
                "cluster", "there is no cluster \"" + printable_line(cluster_name) + "\"",
                hint_of_names(cluster_name, from_.names(entry_kind::cluster), "clusters")
            );
        }
        return found;
    }
};

config resolve(kubeconfig const& from, load_options const& options, process_environment const& environment)
{
    config_problems problems;
    from.check(problems);
    selection const chosen(from, options, problems);
    resolved_user user = resolve_user(entry_reader(chosen.user, &problems), options, environment);
    resolved_cluster cluster = resolve_cluster(entry_reader(chosen.cluster, &problems), options, environment, user);
    std::string ns = options.ns.empty() ? chosen.context.text("namespace") : options.ns;
    problems.throw_if_any();

    config made;
    made.context = chosen.context_name;
    made.cluster = chosen.cluster_name;
    if (!ns.empty()) made.ns = std::move(ns);
    made.connect = std::move(cluster.connect);
    made.disable_compression = cluster.disable_compression;
    made.request_timeout = options.request_timeout.value_or(std::chrono::milliseconds(0));
    // Credentials of a kubeconfig are not sent in the clear (client-go); whom to act as is no credential.
    if (made.connect.server.scheme != "https") {
        made.auth.as = std::move(user.auth.as);
        return made;
    }
    made.auth = std::move(user.auth);
    made.connect.tls.client_certificate_pem = std::move(user.certificate_pem);
    made.connect.tls.client_key_pem = std::move(user.key_pem);
    if (made.auth.exec) made.auth.exec->cluster_info = std::move(cluster.exec_info);
    return made;
}

}  // namespace

config load_config_from(load_options const& options, process_environment const& from)
{
    kubeconfig const merged = kubeconfig::load(options.kubeconfig, from);
    if (merged.empty() && options.server.empty())
        if (std::optional<config> found = in_cluster_config(options, from)) return std::move(*found);
    return resolve(merged, options, from);
}

kubeconfig_names load_names_from(load_options const& options, process_environment const& from)
{
    kubeconfig const merged = kubeconfig::load(options.kubeconfig, from);
    kubeconfig_names names;
    names.contexts = merged.names(entry_kind::context);
    names.clusters = merged.names(entry_kind::cluster);
    names.users = merged.names(entry_kind::user);
    names.current_context = merged.current_context();
    return names;
}

config load_config(load_options const& options)
{
    return load_config_from(options, process_environment::of_this_process());
}

kubeconfig_names load_names(load_options const& options)
{
    return load_names_from(options, process_environment::of_this_process());
}

}  // namespace kuberay::kube
