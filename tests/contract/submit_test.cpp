#include "place.hpp"

#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/submit_job.hpp>

using namespace kuberay;
using kuberay::contract::place;
using kuberay::contract::refused;

namespace {

// A RayJob that no operator touches, so that a run gets no further than its cluster's name.
ray::submit_request untouched(place const& at)
{
    ray::rayjob_config job;
    job.name = "train";
    job.ns = at.ns();
    job.submission_id = "raysubmit_same";
    job.entrypoint = "python train.py";
    ray::submit_request request;
    request.rayjob = ray::generate_rayjob(job, ray::cluster_config());
    request.rayjob["spec"].as_object()["managedBy"] = "kueue.x-k8s.io/multikueue";
    // Past its time as soon as it has looked once.
    auto const looks = std::make_shared<int>(0);
    request.now = [looks] { return std::chrono::steady_clock::time_point(std::chrono::hours(++*looks > 3 ? 1 : 0)); };
    return request;
}

kube::api<kube::object> rayjobs(place const& at)
{
    return kube::api<kube::object>::in_ns(at.client(), ray::job::type(), at.ns());
}

}  // namespace

KUBERAY_CONTRACT(a_run_creates_its_rayjob_once_and_deletes_only_its_own)
{
    kube::api<kube::object> const in = rayjobs(at);
    ray::job_run const first(at.client(), at.ns(), untouched(at));
    task<void> starting = first.start();
    result<void> const late = co_await as_result(std::move(starting));
    EXPECT_EQ(refused(late).code(), errc::timed_out) << refused(late).message();
    kube::object const made = co_await in.get("train");
    EXPECT_EQ(made.metadata.uid, first.traces().rayjob_uid);
    EXPECT_EQ(contract::text_at(made, "spec.jobId"), "raysubmit_same");
    EXPECT_EQ(contract::text_at(made, "spec.submissionMode"), "InteractiveMode");

    ray::job_run const second(at.client(), at.ns(), untouched(at));
    task<void> again = second.start();
    result<void> const taken = co_await as_result(std::move(again));
    EXPECT_EQ(refused(taken).code(), reason::already_exists);
    co_await second.abandon(true);
    kube::object const still = co_await in.get("train");
    EXPECT_EQ(still.metadata.uid, made.metadata.uid);

    ray::submit_request request = untouched(at);
    request.replace = true;
    ray::job_run const third(at.client(), at.ns(), std::move(request));
    task<void> replacing = third.start();
    result<void> const replaced = co_await as_result(std::move(replacing));
    EXPECT_EQ(refused(replaced).code(), errc::timed_out) << refused(replaced).message();
    kube::object const other = co_await in.get("train");
    EXPECT_NE(other.metadata.uid, made.metadata.uid);

    // The first one's RayJob is gone; that of the third is not its own.
    co_await first.abandon();
    kube::object const kept = co_await in.get("train");
    EXPECT_EQ(kept.metadata.uid, other.metadata.uid);
    co_await third.abandon();
    std::optional<kube::object> const left = co_await in.find("train");
    EXPECT_FALSE(left.has_value());
}

KUBERAY_CONTRACT(a_field_of_a_rayjob_that_nobody_knows_is_named)
{
    ray::submit_request request = untouched(at);
    request.rayjob["spec"].as_object()["retries"] = 3;
    ray::job_run const run(at.client(), at.ns(), std::move(request));
    task<void> starting = run.start();
    result<void> const started = co_await as_result(std::move(starting));
    EXPECT_NE(refused(started).message().find("spec.retries"), std::string::npos) << refused(started).message();
}

KUBERAY_CONTRACT(a_generated_cron_job_is_taken)
{
    ray::rayjob_config job;
    job.name = "nightly";
    job.ns = at.ns();
    job.entrypoint = "python train.py";
    json::object env;
    env["working_dir"] = "https://files.example/x.zip";
    json::object const made =
        ray::generate_cron_job(ray::generate_rayjob(job, ray::cluster_config()), "0 4 * * 1-5", std::string(), env);
    kube::resource_type const type("ray.io", "v1", "RayCronJob", "raycronjobs");
    kube::api<kube::object> const in = kube::api<kube::object>::in_ns(at.client(), type, at.ns());
    kube::write_params params;
    params.field_validation = kube::field_validation::strict;
    kube::object const wanted(made);
    kube::object const stored = co_await in.create(wanted, params);
    EXPECT_EQ(contract::text_at(stored, "spec.schedule"), "0 4 * * 1-5");
    EXPECT_EQ(contract::text_at(stored, "spec.jobTemplate.submissionMode"), "HTTPMode");
}
