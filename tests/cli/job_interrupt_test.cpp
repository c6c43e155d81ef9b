// Ctrl-C in job submit, on a terminal: what is left in the cluster, what is said, and the exit code.

#include "on_terminal.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/ray_head.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>

namespace cli {
namespace {

namespace fs = std::filesystem;
namespace simulator = kuberay::testing;

constexpr char const* ctrl_c = "\x03";

class job_interrupt : public ::testing::Test {
protected:
    job_interrupt()
    {
        fs::create_directories(folder_);
        std::ofstream(folder_ / "kubeconfig") << server_.kubeconfig();
        server_.run([this](simulator::api_server& server) {
            streams_.emplace(server);
            operator_ = std::make_unique<simulator::ray_operator>(server);
            head_.emplace(server.get_executor());
            head_->attach_to(*streams_);
        });
    }

    ~job_interrupt() override
    {
        server_.run([this](simulator::api_server&) {
            head_->stop();
            head_.reset();
            operator_.reset();
            streams_.reset();
        });
        fs::remove_all(folder_);
    }

    std::unique_ptr<on_terminal> submit(std::vector<std::string> const& flags, std::string const& script)
    {
        std::vector<std::string> words{"job", "submit", "--name", "demo", "--submission-id", "demo-1"};
        words.insert(words.end(), flags.begin(), flags.end());
        words.insert(words.end(), {"--", "sh", "-c", script});
        return std::make_unique<on_terminal>(words, (folder_ / "kubeconfig").string());
    }

    // To a cluster that is there, without a RayJob.
    std::unique_ptr<on_terminal> submit_plain()
    {
        server_.run([](simulator::api_server& server) {
            server.put_yaml("apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: shared, namespace: default}\n"
                            "spec: {headGroupSpec: {template: {spec: {containers: [{name: ray-head, image: i}]}}}}\n");
        });
        std::vector<std::string> const words{"job",    "submit", "-c",    "shared", "--no-rayjob", "--submission-id",
                                             "demo-1", "--",     "sleep", "600"};
        return std::make_unique<on_terminal>(words, (folder_ / "kubeconfig").string());
    }

    void inject(simulator::head_fault::kind what, std::string method, int times)
    {
        server_.run([&](simulator::api_server&) {
            simulator::head_fault fault;
            fault.what = what;
            fault.method = std::move(method);
            fault.path = "/api/jobs/";
            fault.times = times;
            head_->inject(std::move(fault));
        });
    }

    void until_asked(std::string const& method)
    {
        until([this, method](simulator::api_server&) {
            return head_->until([this, method] { return head_->requests(method, "/api/jobs/") > 0; });
        });
    }

    void hold_pods()
    {
        server_.run([this](simulator::api_server&) { operator_->hold_pods(true); });
    }

    std::size_t rayjobs()
    {
        return server_.ask([](simulator::api_server& server) { return count(server); });
    }

    // Deletion ends with the operator, which takes its finalizer away.
    void until_no_rayjob()
    {
        until([](simulator::api_server& server) { return server.until([server] { return count(server) == 0; }); });
    }

    template <class Start>
    void until(Start start)
    {
        auto const reached = std::make_shared<std::promise<void>>();
        server_.run([&](simulator::api_server& server) {
            kuberay::async_run(server.get_executor(), start(server), [reached](kuberay::result<void>) {
                reached->set_value();
            });
        });
        EXPECT_EQ(reached->get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
    }

    static std::size_t count(simulator::api_server const& server)
    {
        return server.all("rayjobs.ray.io", "default").size();
    }

    std::string status()
    {
        return server_.ask([this](simulator::api_server&) { return head_->status_of("demo-1"); });
    }

    fs::path folder_ = fs::path(::testing::TempDir()) / ("job-interrupt-" + std::to_string(::getpid()));
    simulator::api_server_thread server_;
    std::optional<simulator::pod_streams> streams_;
    std::unique_ptr<simulator::ray_operator> operator_;
    std::optional<simulator::ray_head> head_;
};

TEST_F(job_interrupt, before_ray_has_the_job_it_deletes_what_was_created)
{
    hold_pods();
    auto const running = submit({}, "true");
    running->seen("0/2 pods ready");
    EXPECT_EQ(rayjobs(), 1u);
    running->type(ctrl_c);
    running->seen("Deleted RayJob demo and its Ray cluster.");
    EXPECT_EQ(running->wait(), 130);
    until_no_rayjob();
    EXPECT_EQ(status(), "");
}

TEST_F(job_interrupt, before_ray_has_the_job_it_keeps_what_is_to_be_kept_and_names_it)
{
    hold_pods();
    auto const running = submit({"--keep-on-failure"}, "true");
    running->seen("0/2 pods ready");
    running->type(ctrl_c);
    running->seen("RayJob demo is kept; to delete it: kubectl ray job delete demo -n default");
    EXPECT_EQ(running->wait(), 130);
    EXPECT_EQ(rayjobs(), 1u);
}

TEST_F(job_interrupt, afterwards_the_job_goes_on_and_the_ways_back_are_named)
{
    auto const running = submit({}, "echo star''ted; sleep 600");
    running->seen("started");
    running->type(ctrl_c);
    running->seen("Interrupted; the job goes on.");
    running->seen("kubectl ray job attach demo -n default");
    running->seen("kubectl ray job stop demo -n default");
    running->seen("kubectl ray job delete demo -n default");
    EXPECT_EQ(running->wait(), 130);
    EXPECT_EQ(rayjobs(), 1u);
    EXPECT_EQ(status(), "RUNNING");
}

TEST_F(job_interrupt, afterwards_it_deletes_when_that_was_asked_for)
{
    auto const running = submit({"--cleanup-on-failure"}, "echo star''ted; sleep 600");
    running->seen("started");
    running->type(ctrl_c);
    running->seen("Deleted RayJob demo and its Ray cluster.");
    EXPECT_EQ(running->wait(), 130);
    until_no_rayjob();
}

TEST_F(job_interrupt, it_stops_the_job_when_that_was_asked_for)
{
    auto const running = submit({"--stop-on-interrupt"}, "echo star''ted; exec sleep 600");
    running->seen("started");
    running->type(ctrl_c);
    running->seen("Ray job demo-1 was stopped.");
    EXPECT_EQ(running->wait(), 130);
    EXPECT_EQ(status(), "STOPPED");
    EXPECT_EQ(rayjobs(), 1u);
}

TEST_F(job_interrupt, a_second_one_leaves_a_job_that_does_not_stop)
{
    auto const running = submit({"--stop-on-interrupt"}, "trap '' TERM; echo star''ted; while :; do sleep 1; done");
    running->seen("started");
    running->type(ctrl_c);
    running->seen("Ctrl-C again leaves at once.");
    running->type(ctrl_c);
    EXPECT_EQ(running->wait(), 130);
    EXPECT_EQ(rayjobs(), 1u);
}

TEST_F(job_interrupt, a_request_without_a_rayjob_that_got_through_is_found)
{
    inject(simulator::head_fault::kind::answer_lost, "POST", 1);
    inject(simulator::head_fault::kind::hang, "GET", 1);
    auto const running = submit_plain();
    until_asked("GET");
    running->type(ctrl_c);
    running->seen("Interrupted.");
    running->seen("The job is Ray job demo-1.");
    running->seen("kubectl ray job attach demo-1 -c shared -n default");
    EXPECT_EQ(running->wait(), 130);
    EXPECT_EQ(status(), "RUNNING");
}

TEST_F(job_interrupt, a_request_without_a_rayjob_of_which_nobody_can_tell_is_named)
{
    inject(simulator::head_fault::kind::hang, "POST", 100);
    inject(simulator::head_fault::kind::internal_error, "GET", 100);
    auto const running = submit_plain();
    until_asked("POST");
    running->type(ctrl_c);
    running->seen("Trouble: nobody can tell whether Ray has taken the job demo-1: ");
    running->seen("kubectl ray job stop demo-1 -c shared -n default");
    EXPECT_EQ(running->wait(), 130);
}

TEST_F(job_interrupt, a_limit_of_time_is_no_interruption_but_cleans_up_as_well)
{
    hold_pods();
    auto const running = submit({"--timeout", "1s"}, "true");
    running->seen("the job was not submitted within 1s");
    EXPECT_EQ(running->wait(), 124);
    until_no_rayjob();
}

}  // namespace
}  // namespace cli
