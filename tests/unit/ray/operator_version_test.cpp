#include "ray/operator_check.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/operator_version.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

TEST(operator_version, images_in_all_their_forms)
{
    struct {
        char const* image;
        char const* repository;
        char const* version;
    } const rows[] = {
        {"kuberay/operator", "kuberay/operator", "latest"},
        {"kuberay/operator:v1.2.3", "kuberay/operator", "v1.2.3"},
        {"quay.io/kuberay/operator:v1.6.2", "quay.io/kuberay/operator", "v1.6.2"},
        {"registry:5000/kuberay/operator", "registry:5000/kuberay/operator", "latest"},
        {"registry:5000/kuberay/operator:v1", "registry:5000/kuberay/operator", "v1"},
        {"kuberay/operator@sha256:0a", "kuberay/operator", "sha256:0a"},
        {"kuberay/operator:v0.5.0@sha256:0a", "kuberay/operator", "v0.5.0@sha256:0a"},
        {"registry:5000/a/b:v1@sha256:0a", "registry:5000/a/b", "v1@sha256:0a"},
    };
    for (auto const& row : rows) {
        auto const image = parse_image(row.image);
        ASSERT_TRUE(image) << row.image;
        EXPECT_EQ(image->repository, row.repository) << row.image;
        EXPECT_EQ(image->version(), row.version) << row.image;
    }
    for (char const* bad : {"", "a b", "x:", "a/", "a@b", ":v1"})
        EXPECT_FALSE(parse_image(bad)) << bad;
}

TEST(operator_version, only_operators_known_not_to_fit_are_told_of)
{
    for (char const* old : {"v1.3.2", "1.0.0", "v0.6.0", "v1.3.0@sha256:0a"})
        EXPECT_NE(misfit_of(old), "") << old;
    for (char const* fine : {"v1.4.0", "1.6.2", "v2.0.0", "nightly", "latest", "sha256:0a", ""})
        EXPECT_EQ(misfit_of(fine), "") << fine;
}

TEST(operator_version, feature_gates_are_read_from_the_arguments)
{
    auto const deployment = [](std::string_view args) {
        std::string const text =
            R"({"spec": {"template": {"spec": {"containers": [{"args": [)" + std::string(args) + "]}]}}}}";
        return parse_json(text).value().as_object();
    };
    EXPECT_FALSE(feature_gate_of(deployment(""), "RayCronJob"));
    EXPECT_EQ(feature_gate_of(deployment(R"("--feature-gates=A=true,RayCronJob=true")"), "RayCronJob"), true);
    EXPECT_EQ(feature_gate_of(deployment(R"("--x", "--feature-gates=RayCronJob=false")"), "RayCronJob"), false);
    EXPECT_FALSE(feature_gate_of(deployment(R"("--feature-gates=RayCronJobs=true")"), "RayCronJob"));
    EXPECT_FALSE(feature_gate_of(json::object(), "RayCronJob"));
}

}  // namespace
}  // namespace kuberay::ray
