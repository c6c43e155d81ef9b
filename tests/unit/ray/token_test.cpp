#include <kuberay/base/json.hpp>
#include <kuberay/ray/token.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

cluster cluster_of(std::string_view name, std::string_view auth)
{
    std::string const text =
        R"({"metadata": {"name": ")" + std::string(name) + R"("}, "spec": {)" + std::string(auth) + "}}";
    return cluster::from_json(parse_json(text).value());
}

constexpr std::string_view token_mode = R"("authOptions": {"mode": "token"})";

TEST(token, the_secret_is_named_like_the_operator_names_it)
{
    struct {
        std::string cluster;
        std::string_view auth;
        std::string secret;
    } const rows[] = {
        {"demo", token_mode, "demo"},
        {"demo", R"("authOptions": {"mode": "token", "secretName": "mine"})", "mine"},
        {"abc-" + std::string(49, 'x'), token_mode, "r" + std::string(49, 'x')},
        {"abcd" + std::string(49, 'x'), token_mode, "d" + std::string(49, 'x')},
        {"abc7" + std::string(49, 'x'), token_mode, "r" + std::string(49, 'x')},
    };
    for (auto const& row : rows) {
        auto const source = token_source_of(cluster_of(row.cluster, row.auth));
        ASSERT_TRUE(source) << row.cluster;
        EXPECT_EQ(source->secret_name, row.secret) << row.cluster;
        EXPECT_EQ(source->key, "auth_token");
    }
}

TEST(token, where_nothing_asks_for_a_token_it_says_why)
{
    struct {
        std::string_view auth, why;
    } const rows[] = {
        {"", "no spec.authOptions"},
        {R"("authOptions": {"mode": "disabled"})", "mode is disabled"},
        {R"("authOptions": {})", "a secret that nothing uses"},
        {R"("authOptions": {"mode": "token", "enableK8sTokenAuth": true})", "Kubernetes checks the tokens"},
    };
    for (auto const& row : rows) {
        auto const source = token_source_of(cluster_of("demo", row.auth));
        ASSERT_FALSE(source) << row.auth;
        EXPECT_EQ(source.error().code(), errc::unsatisfiable);
        EXPECT_THAT(source.error().message(), testing::HasSubstr(row.why)) << row.auth;
    }
}

}  // namespace
}  // namespace kuberay::ray
