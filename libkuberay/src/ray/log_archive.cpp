#include "ray/log_collection.hpp"
#include "ray/tar_gz_file.hpp"

#include <kuberay/base/file.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/nodes.hpp>

#include <cerrno>
#include <cstdlib>

namespace kuberay::ray {
namespace {

task<log_source> open_log(kube::client on, std::string ns, std::string pod, kube::log_options options)
{
    kube::log_reader opened = co_await kube::read_log(std::move(on), std::move(ns), std::move(pod), std::move(options));
    auto const reader = std::make_shared<kube::log_reader>(std::move(opened));
    log_source source = [reader] { return reader->read_some(); };
    co_return source;
}

log_sources sources_in(kube::client const& on, std::string const& ns)
{
    log_sources from;
    from.open_log = [on, ns](std::string pod, kube::log_options options) {
        return open_log(on, ns, std::move(pod), std::move(options));
    };
    from.start = programs_in(on, ns);
    return from;
}

node_query query_of(std::string ns, std::string cluster, log_archive_options const& options)
{
    node_query query;
    query.ns = std::move(ns);
    query.cluster = std::move(cluster);
    query.node = options.node;
    if (options.nodes != node_kinds::all && options.node.empty())
        query.label_selector =
            std::string(pod_label::node_type) + (options.nodes == node_kinds::head ? "=head" : "=worker");
    return query;
}

failure no_pods(std::string const& ns, std::string const& cluster, log_archive_options const& options)
{
    std::string kind = "pods";
    if (options.nodes != node_kinds::all) kind = options.nodes == node_kinds::head ? "head pods" : "worker pods";
    server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = "the RayCluster \"" + cluster + "\" in namespace \"" + ns + "\" has no " + kind;
    return failure(error(std::move(status)));
}

// A private folder beside the archive, removed with all that is in it.
class staging_folder {
public:
    explicit staging_folder(std::filesystem::path const& beside)
    {
        std::string name = beside.string() + ".partial-XXXXXX";
        if (!::mkdtemp(name.data()))
            throw failure(
                error_code(errno, boost::system::system_category()),
                "could not make a folder beside \"" + beside.string() + "\""
            );
        path_ = name;
    }

    staging_folder(staging_folder const&) = delete;
    staging_folder& operator=(staging_folder const&) = delete;

    ~staging_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path const& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

// An archive needs the size of each file before its content, so the files are staged on disk first.
task<log_summary> collect_into_archive(
    std::vector<kube::pod> pods, log_sources from, log_archive_options options,
    std::function<void(log_progress const&)> on_progress
)
{
    std::filesystem::path const archive = options.archive;
    staging_folder const staged(archive);
    options.folder = staged.path();
    log_summary summary =
        co_await collect_from(std::move(pods), std::move(from), std::move(options), std::move(on_progress));
    co_await write_tar_gz(archive, staged.path());
    co_return summary;
}

}  // namespace

task<log_summary> collect_logs(
    kube::client on, std::string ns, std::string cluster, log_archive_options options,
    std::function<void(log_progress const&)> on_progress
)
{
    if (ns.empty()) ns = on.default_ns();
    node_query query = query_of(ns, cluster, options);
    std::vector<kube::pod> pods = co_await list_nodes(on, std::move(query));
    if (pods.empty()) throw no_pods(ns, cluster, options);
    log_sources from = sources_in(on, ns);
    log_summary summary;
    if (options.archive.empty())
        summary = co_await collect_from(std::move(pods), std::move(from), std::move(options), std::move(on_progress));
    else
        summary =
            co_await collect_into_archive(std::move(pods), std::move(from), std::move(options), std::move(on_progress));
    co_return summary;
}

}  // namespace kuberay::ray
