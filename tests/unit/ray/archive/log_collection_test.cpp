#include "ray/log_collection.hpp"
#include "support/co_test.hpp"
#include "support/scratch_folder.hpp"
#include "support/tar_bytes.hpp"
#include "unit/ray/archive/scripted_pods.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>

namespace kuberay::ray {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace kuberay::test;
using namespace kuberay::ray::test;

using tree = std::map<std::string, std::string>;

std::string ray_files() { return tar_file("./raylet.out", "raylet") + tar_file("./old/gcs.out", "gcs") + tar_end(); }

KUBERAY_CO_TEST(log_collection, every_pod_has_its_folder_with_its_log_and_its_ray_files)
{
    situation at;
    std::string const archive = ray_files();
    at.add("b", {saying({"line 1\nli", "ne 2\n"})}, {saying({archive.substr(0, 700), archive.substr(700)})});
    at.add("a", {saying({})}, {saying({tar_file("./stdout.log", "of Ray"), tar_end()})});
    std::vector<log_progress> seen;
    auto const record = [&](log_progress const& one) { seen.push_back(one); };
    log_summary const summary = co_await at.collect(record);
    EXPECT_EQ(
        tree_of(at.folder.path()), (tree{
                                       {"a/", ""},
                                       {"a/stdout.log", ""},
                                       {"a/stdout.log.ray", "of Ray"},
                                       {"b/", ""},
                                       {"b/stdout.log", "line 1\nline 2\n"},
                                       {"b/raylet.out", "raylet"},
                                       {"b/old/", ""},
                                       {"b/old/gcs.out", "gcs"}
                                   })
    );
    EXPECT_EQ(summary.failures, 0U);
    EXPECT_EQ(summary.files, 5U);
    EXPECT_EQ(summary.bytes, 14U + 6U + 3U + 6U);
    EXPECT_EQ(summary.pods.size(), 2U);
    EXPECT_EQ(summary.pods.at(0).pod, "a");
    EXPECT_THAT(at.scripts->commands.at(0), ElementsAre("tar", "-cf", "-", "-C", "/tmp/ray/session_latest/logs/", "."));
    auto const done = std::count_if(seen.begin(), seen.end(), [](log_progress const& one) { return one.done; });
    EXPECT_EQ(done, 2);
}

KUBERAY_CO_TEST(log_collection, what_a_tar_says_and_how_it_ends_decide)
{
    struct row {
        char const* name;
        script tar;
        std::string failed, changed;
        int attempts;
    };
    std::string const whole = ray_files();
    std::string const cut = whole.substr(0, whole.size() - 512);
    std::string const grew = "tar: ./raylet.out: file changed as we read it\n";
    server_status no_tar;
    no_tar.message = "exec: \"tar\": executable file not found in $PATH: unknown";
    script not_started = saying({});
    not_started.breaks = error(no_tar);
    std::vector<row> const rows = {
        {"exit 0 and the end", saying({whole}), "", "", 1},
        {"exit 0 without the end", saying({cut}), "Ray's files: the archive was cut off", "", 2},
        {"nothing at all", saying({}), "the archive was cut off", "", 2},
        {"exit 1 and the end", saying({whole}, 1, grew), "", "raylet.out", 1},
        {"exit 1 without the end", saying({cut}, 1, grew), "exit code 1: tar: ./raylet.out: file changed", "", 1},
        {"exit 2 and the end", saying({whole}, 2, "tar: ./x: Cannot open: Permission denied\n"),
         "exit code 2: tar: ./x: Cannot open: Permission denied", "", 1},
        {"no logs", saying({}, 2, "tar: /tmp/ray/session_latest/logs/: Cannot open: No such file or directory\n"),
         "there is no folder /tmp/ray/session_latest/logs/", "", 1},
        {"no logs for busybox",
         saying({}, 2, "tar: can't change directory to '/tmp/ray/session_latest/logs/': No such file or directory\n"),
         "there is no folder /tmp/ray/session_latest/logs/", "", 1},
        {"exit 127", saying({}, 127), "the container has no tar", "", 1},
        {"not started", not_started, "the container has no tar", "", 1},
        {"connection lost", breaking({whole}), "it broke", "", 2},
        {"refused", breaking({}, errc::bad_input), "it broke", "", 1},
        {"damaged", saying({std::string(512, 'x')}), "the archive is damaged", "", 2},
    };
    for (auto const& row : rows) {
        situation at;
        at.add("p", {saying({"log"})}, {row.tar});
        at.add("q", {saying({"log"})}, {saying({whole})});
        log_summary const summary = co_await at.collect();
        pod_logs const& p = summary.pods.at(0);
        EXPECT_THAT(p.failed.message(), HasSubstr(row.failed)) << row.name;
        EXPECT_EQ(static_cast<bool>(p.failed), !row.failed.empty()) << row.name << ": " << p.failed.message();
        EXPECT_EQ(summary.failures, row.failed.empty() ? 0U : 1U) << row.name;
        EXPECT_EQ(at.scripts->opened, row.attempts + 1) << row.name;
        EXPECT_EQ(p.changed.empty() ? "" : p.changed[0], row.changed) << row.name;
        EXPECT_EQ(content_of(at.folder.path() / "p/stdout.log"), "log") << row.name;
        EXPECT_EQ(content_of(at.folder.path() / "q/raylet.out"), "raylet") << row.name;
    }
}

KUBERAY_CO_TEST(log_collection, a_broken_transfer_is_tried_once_more_and_counts_once)
{
    situation at;
    at.add("p", {breaking({"half of "}), saying({"the log"})}, {breaking({tar_file("a", "x")}), saying({ray_files()})});
    log_summary const summary = co_await at.collect();
    EXPECT_EQ(summary.failures, 0U) << summary.pods.at(0).failed.message();
    EXPECT_EQ(summary.files, 3U);
    EXPECT_EQ(summary.bytes, 7U + 9U);
    EXPECT_EQ(content_of(at.folder.path() / "p/stdout.log"), "the log");
}

KUBERAY_CO_TEST(log_collection, a_log_that_stays_broken_leaves_no_file)
{
    situation at;
    at.add("p", {breaking({"half"})}, {saying({ray_files()})});
    log_summary const summary = co_await at.collect();
    EXPECT_THAT(summary.pods.at(0).failed.message(), HasSubstr("stdout.log: it broke"));
    EXPECT_EQ(
        tree_of(at.folder.path()),
        (tree{{"p/", ""}, {"p/raylet.out", "raylet"}, {"p/old/", ""}, {"p/old/gcs.out", "gcs"}})
    );
}

KUBERAY_CO_TEST(log_collection, other_containers_and_earlier_logs_on_request)
{
    situation at;
    at.add("p", {saying({"now"})}, {saying({ray_files()})});
    kube::pod& pod = at.pods.front();
    pod.containers.emplace_back();
    pod.containers.back().name = "side";
    pod.init_containers.emplace_back();
    pod.init_containers.back().name = "setup";
    pod.container_statuses.emplace_back();
    pod.container_statuses.back().name = "ray-head";
    pod.container_statuses.back().restart_count = 1;
    at.scripts->logs["p/ray-head/previous"] = {saying({"before"})};
    at.scripts->logs["p/side"] = {saying({"side"})};
    at.scripts->logs["p/setup"] = {saying({"setup"})};
    at.options.all_containers = at.options.previous = true;
    at.options.ray_files = false;
    log_summary const summary = co_await at.collect();
    EXPECT_EQ(summary.failures, 0U) << summary.pods.at(0).failed.message();
    EXPECT_EQ(
        tree_of(at.folder.path() / "p"),
        (tree{{"stdout.log", "now"}, {"stdout.previous.log", "before"}, {"side.log", "side"}, {"setup.log", "setup"}})
    );
    EXPECT_EQ(at.scripts->opened, 0);
}

KUBERAY_CO_TEST(log_collection, only_so_many_pods_at_a_time)
{
    situation at;
    at.options.parallel = 3;
    for (int i = 0; i < 10; ++i)
        at.add("p" + std::to_string(i), {saying({"log"})}, {saying({tar_file("a", "x"), tar_end()})});
    log_summary const summary = co_await at.collect();
    EXPECT_EQ(summary.pods.size(), 10U);
    EXPECT_EQ(at.scripts->most, 3);
}

KUBERAY_CO_TEST(log_collection, the_limits_of_a_pod_fail_that_pod)
{
    situation at;
    at.options.max_pod_bytes = 1000;
    at.add("large", {saying({std::string(2000, 'x')})}, {saying({tar_file("a", std::string(2000, 'x'))})});
    at.add("small", {saying({"log"})}, {saying({ray_files()})});
    log_summary const summary = co_await at.collect();
    EXPECT_EQ(summary.failures, 1U);
    EXPECT_EQ(summary.pods.at(0).failed.code(), errc::too_large);
    EXPECT_EQ(tree_of(at.folder.path() / "large"), tree());
}

KUBERAY_CO_TEST(log_collection, a_file_or_link_in_the_place_of_its_folder_fails_that_pod)
{
    situation at;
    put_content(at.folder.path() / "elsewhere/x", "x");
    put_content(at.folder.path() / "file", "kept");
    std::filesystem::create_directory_symlink("elsewhere", at.folder.path() / "link");
    for (char const* name : {"file", "link", "..", "good"})
        at.add(name, {saying({"log"})}, {saying({ray_files()})});
    log_summary const summary = co_await at.collect();
    EXPECT_EQ(summary.failures, 3U);
    EXPECT_EQ(summary.pods.at(0).pod, "..");
    EXPECT_THAT(summary.pods.at(0).failed.message(), HasSubstr("cannot be the name of a folder"));
    EXPECT_THAT(summary.pods.at(1).failed.message(), HasSubstr("a file or a link stands in the way"));
    EXPECT_EQ(content_of(at.folder.path() / "file"), "kept");
    EXPECT_EQ(tree_of(at.folder.path() / "elsewhere"), (tree{{"x", "x"}}));
    EXPECT_EQ(content_of(at.folder.path() / "good/stdout.log"), "log");
}

/// Files cannot grow beyond this, as on a full disk.
class file_size_limit {
public:
    explicit file_size_limit(rlim_t bytes)
        : before_signal_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limited = before_;
        limited.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }

    file_size_limit(file_size_limit const&) = delete;
    file_size_limit& operator=(file_size_limit const&) = delete;

    ~file_size_limit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_signal_);
    }

private:
    void (*before_signal_)(int);
    rlimit before_{};
};

KUBERAY_CO_TEST(log_collection, a_full_disk_ends_everything_and_leaves_no_half_file)
{
    situation at;
    script endless = saying({tar_file("a", "x")});
    endless.hangs = true;
    at.add("full", {saying({"x", "x", std::string(40'000, 'x')})}, {endless});
    at.add("other", {saying({"log"})}, {endless});
    at.options.parallel = 1;
    result<log_summary> ended = error(errc::unexpected, "not run");
    {
        file_size_limit const full(20'000);
        ended = co_await as_result(at.collect());
    }
    EXPECT_TRUE(ended.has_error());
    EXPECT_EQ(ended.error().code(), error_code(EFBIG, boost::system::system_category()));
    EXPECT_THAT(ended.error().message(), HasSubstr("could not write"));
    EXPECT_EQ(tree_of(at.folder.path()), (tree{{"full/", ""}, {"full/a", "x"}}));
    EXPECT_EQ(at.scripts->opened, 1);
    EXPECT_EQ(at.scripts->running, 0);
}

KUBERAY_CO_TEST(log_collection, a_folder_that_is_not_there_ends_it_with_the_reason)
{
    situation at;
    at.add("p", {saying({"log"})}, {saying({ray_files()})});
    at.options.folder = at.folder.path() / "no/such";
    result<log_summary> const ended = co_await as_result(at.collect());
    EXPECT_TRUE(ended.has_error());
    EXPECT_EQ(ended.error().code(), error_code(ENOENT, boost::system::system_category()));
}

KUBERAY_CO_TEST(log_collection, a_cancelled_one_leaves_complete_files_only)
{
    situation at;
    script halted = saying({tar_file("a", "x"), tar_file("b", std::string(600, 'b')).substr(0, 700)});
    halted.hangs = true;
    script half = saying({"half"});
    half.hangs = true;
    at.add("p", {half}, {halted});
    bool half_written = false;
    asio::cancellation_signal signal;
    auto const executor = co_await asio::this_coro::executor;
    condition changed(executor);
    auto const progress = [&](log_progress const& seen) {
        half_written = half_written || seen.bytes > 100;
        changed.notify_all();
    };
    std::optional<result<log_summary>> ended;
    auto done = [&](result<log_summary> outcome) {
        ended.emplace(std::move(outcome));
        changed.notify_all();
    };
    async_run(executor, at.collect(progress), asio::bind_cancellation_slot(signal.slot(), done));
    while (!half_written)
        co_await changed.wait();
    EXPECT_EQ(tree_of(at.folder.path()).size(), 4U);
    signal.emit(asio::cancellation_type::terminal);
    while (!ended)
        co_await changed.wait();
    EXPECT_TRUE(ended->has_error());
    EXPECT_TRUE(is_cancellation(ended->error()));
    EXPECT_EQ(tree_of(at.folder.path()), (tree{{"p/", ""}, {"p/a", "x"}}));
    EXPECT_EQ(at.scripts->running, 0);
}

}  // namespace
}  // namespace kuberay::ray
