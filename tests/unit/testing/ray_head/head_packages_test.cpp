#include "head_world.hpp"
#include "ray_head/zip_package.hpp"
#include "support/zip_bytes.hpp"

#include <archive.h>

#include <archive_entry.h>

#include <filesystem>
#include <fstream>

using namespace kuberay;
using namespace kuberay::test;

namespace {

json::object job_with(std::string const& id, std::string const& entrypoint, std::string const& working_dir)
{
    json::object job = job_that(id, entrypoint);
    job["runtime_env"] = {{"working_dir", working_dir}};
    return job;
}

task<json::object> run_to_end(head_world const* world, json::object job)
{
    std::string const id(job.at("submission_id").as_string());
    reply const accepted = co_await world->submit(std::move(job));
    EXPECT_EQ(accepted.status, 200) << accepted.body;
    co_await world->end_of(id);
    json::object const ended = *world->head.find(id);
    co_return ended;
}

struct package_folder {
    package_folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "zip-XXXXXX").string();
        path = mkdtemp(pattern.data());
    }

    package_folder(package_folder const&) = delete;
    package_folder& operator=(package_folder const&) = delete;
    ~package_folder() { std::filesystem::remove_all(path); }

    std::filesystem::path path;
};

}  // namespace

KUBERAY_CO_TEST(ray_head_packages, keeps_packages_and_runs_jobs_in_them)
{
    head_world const world(co_await asio::this_coro::executor);
    reply const missing = co_await world.ask("GET", "/api/packages/gcs/p.zip");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.body, "Package gcs://p.zip does not exist");
    std::string const zip =
        zip_of({{"main.sh", "echo main in $(basename $PWD)\n. ./sub/more.sh\n", 0755}, {"sub/more.sh", "echo more\n"}});
    reply const put = co_await world.ask("PUT", "/api/packages/gcs/p.zip", zip);
    EXPECT_EQ(put.status, 200);
    EXPECT_EQ(put.body, "");
    reply const there = co_await world.ask("GET", "/api/packages/gcs/p.zip");
    EXPECT_EQ(there.status, 200);
    EXPECT_EQ(there.body, "");
    json::object const ended = co_await run_to_end(&world, job_with("j", "./main.sh", "gcs://p.zip"));
    EXPECT_EQ(ended.at("status"), "SUCCEEDED") << ended;
    reply const log = co_await world.ask("GET", "/api/jobs/j/logs");
    std::string const text(string_at(log.document(), "logs"));
    EXPECT_TRUE(text.ends_with("\nmain in p\nmore\n")) << text;
    // By name: other bytes under a name in use do not reach a node.
    reply const other = co_await world.ask("PUT", "/api/packages/gcs/p.zip", "no zip");
    json::object const stale = co_await run_to_end(&world, job_with("k", "./main.sh", "gcs://p.zip"));
    EXPECT_EQ(stale.at("status"), "SUCCEEDED") << stale;
}

KUBERAY_CO_TEST(ray_head_packages, fails_jobs_whose_package_cannot_be_used)
{
    head_world const world(co_await asio::this_coro::executor);
    reply const put = co_await world.ask("PUT", "/api/packages/gcs/bad.zip", "no zip");
    json::object const missing = co_await run_to_end(&world, job_with("missing", "x", "gcs://nothere.zip"));
    EXPECT_EQ(missing.at("error_type"), "RUNTIME_ENV_SETUP_FAILURE");
    EXPECT_TRUE(missing.at("message").as_string().starts_with("runtime_env setup failed: "));
    EXPECT_TRUE(missing.at("driver_node_id").is_null());
    json::object const bad = co_await run_to_end(&world, job_with("bad", "x", "gcs://bad.zip"));
    EXPECT_NE(bad.at("message").as_string().find("BadZipFile: File is not a zip file"), json::string::npos);
    json::object const local = co_await run_to_end(&world, job_with("local", "x", "/tmp/x"));
    EXPECT_EQ(local.at("error_type"), "JOB_SUPERVISOR_ACTOR_START_FAILURE");
    EXPECT_TRUE(local.at("message").as_string().starts_with(
        "Failed to start supervisor actor local: '/tmp/x is not a valid path.'."
    ));
}

KUBERAY_CO_TEST(ray_head_packages, refuses_other_protocols_and_too_large_bodies)
{
    head_world const world(co_await asio::this_coro::executor);
    reply const get = co_await world.ask("GET", "/api/packages/s3/p.zip");
    EXPECT_EQ(get.body, "500 Internal Server Error\n\nServer got itself in trouble");
    reply const put = co_await world.ask("PUT", "/api/packages/s3/p.zip", "x");
    EXPECT_EQ(last_line_of(put.body), "ValueError: upload_package_to_gcs should not be called with a remote path.");
    reply const most = co_await world.ask("PUT", "/api/packages/gcs/most", std::string(104857600, 'z'));
    EXPECT_EQ(most.status, 200);
    reply const more = co_await world.ask("PUT", "/api/packages/gcs/more", std::string(104857601, 'z'));
    EXPECT_EQ(more.status, 413);
    EXPECT_EQ(more.body, "Maximum request body size 104857600 exceeded.");
    std::vector<std::string> const kept = {"most"};
    EXPECT_EQ(world.head.packages(), kept);
}

TEST(ray_head_packages, unpacks_only_names_that_stay_inside)
{
    package_folder const folder;
    std::filesystem::path const inside = folder.path / "inside";
    std::string const zip = zip_of(
        {{"good/file", "1", 0755}, {"../outside", "2"}, {"a/../../outside", "3"}, {"link", "../outside", 0777, true}}
    );
    EXPECT_FALSE(kuberay::testing::unpack_zip(zip, inside).has_value());
    EXPECT_FALSE(std::filesystem::exists(folder.path / "outside"));
    EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(inside / "link")));
    auto const mode = std::filesystem::status(inside / "good/file").permissions();
    EXPECT_NE(mode & std::filesystem::perms::owner_exec, std::filesystem::perms::none);
}
