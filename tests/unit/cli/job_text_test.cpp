#include "commands/job_outcome.hpp"
#include "commands/job_output.hpp"
#include "commands/job_place.hpp"
#include "commands/job_subject.hpp"
#include "commands/submission_view.hpp"
#include "commands/submit_plan.hpp"
#include "commands/submit_text.hpp"
#include "commands/submit_view.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/time.hpp>

#include <gtest/gtest.h>

namespace cli::commands {
namespace {

ray::submitted_job job_in(std::string status, std::string message = std::string())
{
    ray::submitted_job job;
    job.submission_id = "id-1";
    job.status = std::move(status);
    job.message = std::move(message);
    return job;
}

TEST(job_text, headers_are_an_object_of_texts)
{
    result<std::map<std::string, std::string>> const read = parse_headers(R"({"X-Team": "a", "b": ""})");
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(*read, (std::map<std::string, std::string>{{"X-Team", "a"}, {"b", ""}}));
}

TEST(job_text, headers_that_could_smuggle_others_are_refused_without_showing_the_value)
{
    for (char const* const text :
         {"", "[]", "5", R"({"a": 1})", R"({"a b": "x"})", R"({"": "x"})", R"({"a:": "x"})",
          R"({"a": "secret\r\nb: c"})", R"({"a": "secret\u0000"})"}) {
        result<std::map<std::string, std::string>> const read = parse_headers(text);
        ASSERT_TRUE(read.has_error()) << text;
        EXPECT_EQ(read.error().message().find("secret"), std::string::npos) << text;
    }
}

TEST(job_text, maps_keep_their_type)
{
    std::map<std::string, double> numbers;
    EXPECT_TRUE(read_map(R"({"a": 1, "b": 0.5})", numbers).has_value());
    EXPECT_EQ(numbers, (std::map<std::string, double>{{"a", 1}, {"b", 0.5}}));
    for (char const* const text : {R"({"a": "1"})", R"({"a": -1})", R"({"a": null})", "[]", "{", "1"})
        EXPECT_TRUE(read_map(text, numbers).has_error()) << text;
    std::map<std::string, std::string> texts;
    EXPECT_TRUE(read_map(R"({"a": "1"})", texts).has_value());
    EXPECT_EQ(texts, (std::map<std::string, std::string>{{"a", "1"}}));
    for (char const* const text : {R"({"a": 1})", R"({"a": true})", "[]"})
        EXPECT_TRUE(read_map(text, texts).has_error()) << text;
}

TEST(job_text, names_of_rayjobs_leave_room_for_what_the_operator_adds)
{
    EXPECT_EQ(job_name_fault("a", 47), "");
    EXPECT_EQ(job_name_fault(std::string(47, 'a'), 47), "");
    for (std::string const& name :
         {std::string(), std::string(48, 'a'), std::string("A"), std::string("1a"), std::string("a-"),
          std::string("a.b")})
        EXPECT_NE(job_name_fault(name, 47), "") << name;
}

TEST(job_text, an_outcome_names_job_and_cause_once)
{
    struct row {
        char const* status;
        char const* message;
        bool showed_output;
        char const* text;
    };
    for (row const& each : {
             row{"SUCCEEDED", "Job finished successfully.", true, "Ray job id-1 succeeded"},
             row{"STOPPED", "Job was intentionally stopped.", true, "Ray job id-1 was stopped"},
             row{"FAILED", "exit code 3, last available logs (truncated to 20,000 chars):\nlast line", true,
                 "Ray job id-1 failed: exit code 3"},
             row{"FAILED", "exit code 3, last available logs (truncated to 20,000 chars):\nlast line", false,
                 "Ray job id-1 failed: exit code 3, last available logs (truncated to 20,000 chars):\nlast line"},
             row{"FAILED", "", true, "Ray job id-1 failed"},
             row{"RUNNING", "", true, "Ray job id-1 is RUNNING"},
         })
        EXPECT_EQ(outcome_text(job_in(each.status, each.message), each.showed_output), each.text) << each.status;
}

TEST(job_text, the_upload_bar_is_full_at_the_end)
{
    EXPECT_EQ(upload_bar(0, 0), "[####################] 0 B of 0 B");
    EXPECT_EQ(upload_bar(0, 2048), "[                    ] 0 B of 2.0 KiB");
    EXPECT_EQ(upload_bar(1024, 2048), "[##########          ] 1.0 KiB of 2.0 KiB");
    EXPECT_EQ(upload_bar(2048, 2048), "[####################] 2.0 KiB of 2.0 KiB");
}

TEST(job_text, attempts_are_those_of_this_rayjob_alone_oldest_first)
{
    ray::job rayjob;
    rayjob.metadata.name = "nightly";
    rayjob.status.job_id = "chosen";
    std::vector<ray::submitted_job> all;
    int second = 50;
    for (char const* const id :
         {"nightly-b2c3d", "nightly-a1b2c", "chosen", "nightly-too-long", "nightly-ABCDE", "nightly2-a1b2c", "other", ""
         }) {
        ray::submitted_job& each = all.emplace_back();
        each.submission_id = id;
        each.start_time = kuberay::parse_rfc3339("2026-01-31T12:00:" + std::to_string(second--) + "Z");
    }
    std::vector<std::string> ids;
    for (ray::submitted_job const& each : attempts_of(rayjob, all))
        ids.push_back(each.submission_id);
    EXPECT_EQ(ids, (std::vector<std::string>{"chosen", "nightly-a1b2c", "nightly-b2c3d"}));
}

TEST(job_text, a_submission_has_the_paths_of_a_rayjob)
{
    ray::submitted_job job = job_in("FAILED", "m");
    job.entrypoint = "python x";
    job.metadata["team"] = "a";
    job.driver_exit_code = 3;
    job.start_time = kuberay::parse_rfc3339("2026-01-31T12:00:00Z");
    EXPECT_EQ(
        kuberay::to_json(submission_document(job)),
        R"({"apiVersion":"jobs.ray.io/v4","kind":"Submission",)"
        R"("metadata":{"name":"id-1","creationTimestamp":"2026-01-31T12:00:00Z"},)"
        R"("spec":{"entrypoint":"python x","metadata":{"team":"a"}},)"
        R"("status":{"jobStatus":"FAILED","message":"m","startTime":"2026-01-31T12:00:00Z","driverExitCode":3}})"
    );
    ray::submitted_job driver;
    driver.job_id = "02000000";
    EXPECT_EQ(submission_document(driver).at("metadata").at("name").as_string(), "02000000");
}

TEST(job_text, the_word_for_a_job_is_a_rayjob_or_an_id)
{
    EXPECT_EQ(read_job_word("nightly", false), "nightly");
    EXPECT_EQ(read_job_word("rayjob/nightly", false), "nightly");
    EXPECT_EQ(read_job_word("raysubmit_Abc", true), "raysubmit_Abc");
    EXPECT_THROW(read_job_word("raycluster/x", false), usage_error);
    EXPECT_THROW(read_job_word("a/b", true), usage_error);
    EXPECT_THROW(read_job_word("", true), usage_error);
}

}  // namespace
}  // namespace cli::commands
