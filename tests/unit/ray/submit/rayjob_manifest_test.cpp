#include <kuberay/base/json.hpp>
#include <kuberay/ray/submit_job.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

std::string manifest(std::string const& spec, std::string const& head = "apiVersion: ray.io/v1\nkind: RayJob\n")
{
    return head + "metadata:\n  name: train\nspec:\n" + spec;
}

error refused(std::string const& text)
{
    try {
        read_rayjob(text, "job.yaml");
    } catch (failure const& f) {
        return f.error();
    }
    return error();
}

TEST(rayjob_manifest, is_given_back_with_every_field)
{
    std::string const text = manifest("  entrypoint: python x.py\n  submissionMode: HTTPMode\n  futureField: 1\n");
    json::value const read = read_rayjob(text + "---\nkind: Other\n", "job.yaml");
    EXPECT_EQ(string_at(read, "metadata.name"), "train");
    EXPECT_EQ(int_at(read, "spec.futureField"), 1) << "the server is to complain";
}

TEST(rayjob_manifest, an_interactive_job_may_leave_its_entrypoint_to_the_command_line)
{
    json::value const read = read_rayjob(manifest("  submissionMode: InteractiveMode\n"), "job.yaml");
    EXPECT_EQ(string_at(read, "spec.submissionMode"), "InteractiveMode");
}

TEST(rayjob_manifest, what_cannot_be_submitted_is_refused_with_its_place)
{
    struct row {
        std::string text, says;
        errc code;
    };
    std::string const interactive = "  submissionMode: InteractiveMode\n";
    row const rows[] = {
        {"", "job.yaml: it is empty", errc::bad_document},
        {"- 1\n", "no mapping", errc::bad_input},
        {"a: [", "job.yaml:1", errc::bad_document},
        {"kind: [RayJob]\n", "kind is missing", errc::bad_input},
        {manifest("  entrypoint: x\n", "apiVersion: ray.io/v1\nkind: RayCluster\n"),
         "job.yaml:2:7: a RayJob is wanted, "
         "and this is a RayCluster",
         errc::bad_input},
        {manifest("  entrypoint: x\n", "apiVersion: ray.io/v1alpha1\nkind: RayJob\n"),
         R"(apiVersion must be ray.io/v1, not "ray.io/v1alpha1")", errc::bad_input},
        {"apiVersion: ray.io/v1\nkind: RayJob\nspec: {}\n", "metadata.name is missing", errc::bad_input},
        {"apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: A_b}\nspec: {}\n", "metadata.name \"A_b\"",
         errc::bad_input},
        {"apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: a}\n", "spec is missing", errc::bad_input},
        {manifest("  entrypoint: 5\n"), "spec.entrypoint", errc::bad_document},
        {manifest("  suspend: false\n"), "spec.entrypoint is missing, which the operator submits in K8sJobMode",
         errc::bad_input},
        {manifest("  entrypoint: x\n  submissionMode: httpmode\n"), R"("httpmode" is none of)", errc::bad_input},
        {manifest(interactive + "  backoffLimit: 1\n"), "job.yaml:7:17: spec.backoffLimit above 0", errc::bad_input},
        {manifest(interactive + "  ttlSecondsAfterFinished: -1\n"), "spec.ttlSecondsAfterFinished is below 0",
         errc::bad_input},
        {manifest(interactive + "  ttlSecondsAfterFinished: 5\n"), "needs spec.shutdownAfterJobFinishes: true",
         errc::bad_input},
    };
    for (row const& r : rows) {
        error const why = refused(r.text);
        EXPECT_EQ(why.code(), r.code) << r.says << "\n" << why.message();
        EXPECT_THAT(why.message(), ::testing::HasSubstr(r.says));
    }
}

}  // namespace
}  // namespace kuberay::ray
