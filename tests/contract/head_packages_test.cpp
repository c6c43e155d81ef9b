// Packages on the head of a Ray cluster, and jobs that run in them.

#include "head_place.hpp"
#include "support/zip_bytes.hpp"

using namespace kuberay;
using kuberay::contract::behind_its_name;
using kuberay::contract::head_place;
using kuberay::contract::job_that;
using kuberay::contract::last_line_of;
using kuberay::contract::reply;

namespace {

json::object job_in(std::string const& id, std::string const& entrypoint, std::string const& working_dir)
{
    json::object job = job_that(id, entrypoint);
    job["runtime_env"] = {{"working_dir", working_dir}};
    return job;
}

bool contains(json::object const& job, std::string_view text)
{
    return std::string_view(job.at("message").as_string()).find(text) != std::string_view::npos;
}

}  // namespace

KUBERAY_HEAD_CONTRACT(a_package_is_unpacked_by_its_name)
{
    std::string const name = at.own("pkg");
    std::string const target = "/api/packages/gcs/" + name + ".zip";
    reply const missing = co_await at.ask("GET", target);
    EXPECT_EQ(missing.status, 404);
    std::vector<test::zip_member> const members = {
        test::zip_member("main.sh", "echo main in $(basename $PWD) && cat ./sub/data && cat link\n", 0755),
        test::zip_member("sub/data", "data\n"), test::zip_member("link", "sub/data", 0777, true),
        test::zip_member("../outside", "bad"), test::zip_member("/tmp/outside-of-package", "bad")
    };
    std::string const zip = test::zip_of(members);
    reply const put = co_await at.ask("PUT", target, zip);
    EXPECT_EQ(put.status, 200);
    EXPECT_EQ(put.body, "");
    reply const there = co_await at.ask("GET", target);
    EXPECT_EQ(there.status, 200);
    EXPECT_EQ(there.body, "");
    std::string const id = at.own("first");
    json::object const job = co_await at.run(job_in(id, behind_its_name("./main.sh; ls .."), "gcs://" + name + ".zip"));
    std::string const log = co_await at.log(id);
    EXPECT_NE(log.find("\nmain in " + name + "\ndata\nsub/data"), std::string::npos) << log;
    EXPECT_EQ(log.find("\noutside\n"), std::string::npos) << log;
    // Other bytes under a name in use do not reach a node that has it.
    reply const other = co_await at.ask("PUT", target, "no zip at all");
    EXPECT_EQ(other.status, 200);
    std::string const again = at.own("again");
    json::object const stale = co_await at.run(job_in(again, "./main.sh", "gcs://" + name + ".zip"));
}

KUBERAY_HEAD_CONTRACT(a_job_whose_package_cannot_be_used_fails_before_it_runs)
{
    std::string const bad = at.own("bad") + ".zip";
    reply const put = co_await at.ask("PUT", "/api/packages/gcs/" + bad, "zzz");
    EXPECT_EQ(put.status, 200);
    json::object const unpacked = co_await at.run(job_in(at.own("j-bad"), "x", "gcs://" + bad), "FAILED");
    EXPECT_TRUE(contains(unpacked, "BadZipFile: File is not a zip file")) << unpacked;
    std::string const id = at.own("j-missing");
    json::object const missing = co_await at.run(job_in(id, "x", "gcs://nothere.zip"), "FAILED");
    EXPECT_TRUE(contains(
        missing, "runtime_env setup failed: Failed to set up runtime environment.\nCould not create the "
                 "actor because its associated runtime env failed to be created.\n[Node "
    )) << missing;
    EXPECT_TRUE(contains(missing, "OSError: Failed to download runtime_env file package gcs://nothere.zip from the GCS")
    );
    EXPECT_EQ(missing.at("error_type"), "RUNTIME_ENV_SETUP_FAILURE");
    EXPECT_TRUE(missing.at("driver_node_id").is_null());
    reply const logs = co_await at.ask("GET", "/api/jobs/" + id + "/logs");
    EXPECT_EQ(logs.document(), json::value({{"logs", ""}}));
    std::string const local = at.own("j-local");
    json::object const path = co_await at.run(job_in(local, "x", "/not/there"), "FAILED");
    EXPECT_TRUE(contains(
        path, "Failed to start supervisor actor " + local
                  + ": '/not/there is not a valid path.'. Full "
                    "traceback:\nTraceback"
    )) << path;
    EXPECT_EQ(path.at("error_type"), "JOB_SUPERVISOR_ACTOR_START_FAILURE");
}

KUBERAY_HEAD_CONTRACT(a_package_has_at_most_100_mebibytes)
{
    reply const refused = co_await at.ask("PUT", "/api/packages/gcs/" + at.own("more"), std::string(104857601, 'z'));
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(refused.body, "Maximum request body size 104857600 exceeded.");
    reply const other = co_await at.ask("PUT", "/api/packages/s3/a.zip", "x");
    EXPECT_EQ(other.status, 500);
    EXPECT_EQ(last_line_of(other.body), "ValueError: upload_package_to_gcs should not be called with a remote path.");
}
