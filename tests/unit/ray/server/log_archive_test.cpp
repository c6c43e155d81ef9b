#include "support/scratch_folder.hpp"
#include "support/tar_bytes.hpp"
#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/copy.hpp>
#include <kuberay/ray/log_archive.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using kuberay::test::content_of;
using kuberay::test::scratch_folder;
using kuberay::test::tar_end;
using kuberay::test::tar_file;
using kuberay::test::tree_of;
using test::server_and_client;
using ::testing::HasSubstr;
using tree = std::map<std::string, std::string>;

// What every container answers to tar: one file that holds the pod's name.
task<int> answer_tar(testing::exec_call call)
{
    std::string const bytes = tar_file("./raylet.out", "raylet of " + call.pod) + tar_end();
    co_await call.write_output(bytes);
    co_return 0;
}

struct cluster_with_logs {
    explicit cluster_with_logs(asio::any_io_executor executor)
        : on(executor)
        , streams(on.server)
    {
        on.put_cluster("demo");
        on.put_pod("demo-head", "demo", "headgroup", true);
        on.put_pod("demo-worker", "demo", "small", true);
        on.put_pod("other-head", "other", "headgroup", true);
        for (char const* pod : {"demo-head", "demo-worker"})
            streams.append_log(pod, "ray", std::string("log of ") + pod);
        streams.on_exec(answer_tar);
        options.folder = folder.path();
    }

    task<log_summary> collect() { return collect_logs(on.client, "default", "demo", options); }

    server_and_client on;
    testing::pod_streams streams;
    scratch_folder folder;
    log_archive_options options;
};

KUBERAY_CO_TEST(log_archive, takes_the_logs_of_the_pods_of_one_cluster)
{
    auto const executor = co_await asio::this_coro::executor;
    cluster_with_logs at(executor);
    log_summary const all = co_await at.collect();
    EXPECT_EQ(all.failures, 0U) << all.pods.at(0).failed.message();
    EXPECT_EQ(
        tree_of(at.folder.path()), (tree{
                                       {"demo-head/", ""},
                                       {"demo-head/raylet.out", "raylet of demo-head"},
                                       {"demo-head/stdout.log", "log of demo-head\n"},
                                       {"demo-worker/", ""},
                                       {"demo-worker/raylet.out", "raylet of demo-worker"},
                                       {"demo-worker/stdout.log", "log of demo-worker\n"}
                                   })
    );
    at.options.nodes = node_kinds::worker;
    log_summary const workers = co_await at.collect();
    EXPECT_EQ(workers.pods.size(), 1U);
    EXPECT_EQ(workers.pods.at(0).pod, "demo-worker");
    at.options.nodes = node_kinds::all;
    at.options.node = "demo-head";
    log_summary const one = co_await at.collect();
    EXPECT_EQ(one.pods.size(), 1U);
    EXPECT_EQ(one.pods.at(0).pod, "demo-head");
}

KUBERAY_CO_TEST(log_archive, no_pods_are_an_error_that_says_of_what)
{
    auto const executor = co_await asio::this_coro::executor;
    cluster_with_logs at(executor);
    at.options.nodes = node_kinds::worker;
    result<log_summary> const none = co_await as_result(collect_logs(at.on.client, "default", "other", at.options));
    EXPECT_TRUE(none.has_error());
    EXPECT_EQ(none.error().code(), reason::not_found);
    EXPECT_THAT(
        none.error().message(), HasSubstr("the RayCluster \"other\" in namespace \"default\" has no worker pods")
    );
}

KUBERAY_CO_TEST(log_archive, cuts_are_healed_once_and_never_look_complete)
{
    struct row {
        testing::stream_fault::kind what;
        int times;
        std::size_t failures;
    };
    auto const executor = co_await asio::this_coro::executor;
    using kind = testing::stream_fault::kind;
    std::vector<row> const rows = {
        {kind::exec_cut, 1, 0},           {kind::exec_cut, 2, 1}, {kind::exec_false_success, 1, 0},
        {kind::exec_false_success, 2, 1}, {kind::log_cut, 1, 0},  {kind::log_cut, 2, 1},
    };
    for (auto const& row : rows) {
        cluster_with_logs at(executor);
        testing::stream_fault fault;
        fault.what = row.what;
        fault.after_bytes = row.what == kind::log_cut ? 5 : 1030;
        fault.pod = "demo-head";
        fault.times = row.times;
        at.streams.inject(fault);
        log_summary const summary = co_await at.collect();
        EXPECT_EQ(summary.failures, row.failures) << static_cast<int>(row.what) << " " << row.times;
        EXPECT_EQ(content_of(at.folder.path() / "demo-worker/raylet.out"), "raylet of demo-worker");
        if (row.failures == 0) {
            EXPECT_EQ(tree_of(at.folder.path()).size(), 6U);
        }
    }
}

KUBERAY_CO_TEST(log_archive, one_file_holds_everything_and_nothing_is_left_beside_it)
{
    auto const executor = co_await asio::this_coro::executor;
    cluster_with_logs at(executor);
    at.options.folder.clear();
    at.options.archive = at.folder.path() / "demo.tar.gz";
    log_summary const summary = co_await at.collect();
    EXPECT_EQ(summary.files, 4U);
    EXPECT_EQ(tree_of(at.folder.path()).size(), 1U);
    EXPECT_TRUE(content_of(at.folder.path() / "demo.tar.gz").starts_with("\x1f\x8b"));
}

KUBERAY_CO_TEST(copy, takes_a_file_out_of_a_pod)
{
    auto const executor = co_await asio::this_coro::executor;
    cluster_with_logs at(executor);
    copy_result const copied = co_await copy_from_pod(
        at.on.client, "default", "demo-head", "ray", "/logs/raylet.out", at.folder.path() / "mine"
    );
    EXPECT_EQ(copied.files, 1U);
    EXPECT_EQ(tree_of(at.folder.path()), (tree{{"mine", "raylet of demo-head"}}));
}

}  // namespace
}  // namespace kuberay::ray
