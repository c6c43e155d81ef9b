#include "kube/exec_credential.hpp"

#include <gtest/gtest.h>

namespace {

using namespace kuberay;
using namespace kuberay::kube;

exec_plugin plugin()
{
    exec_plugin made;
    made.command = "login";
    made.api_version = "client.authentication.k8s.io/v1";
    made.interactive_mode = "IfAvailable";
    return made;
}

std::string
answer(std::string const& status, std::string const& version = "v1", std::string const& kind = "ExecCredential")
{
    return R"({"kind":")" + kind + R"(","apiVersion":"client.authentication.k8s.io/)" + version + R"(","status":)"
           + status + "}";
}

TEST(exec_credential, the_plugin_is_told_what_is_asked)
{
    exec_plugin asked = plugin();
    EXPECT_EQ(
        exec_info(asked, false),
        R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}})"
    );
    asked.provide_cluster_info = true;
    asked.cluster_info["server"] = "https://h";
    EXPECT_EQ(
        exec_info(asked, true),
        R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"server":"https://h"},"interactive":true}})"
    );
}

TEST(exec_credential, a_token_with_its_end_is_read)
{
    auto const read =
        parse_exec_answer(answer(R"({"token":"t","expirationTimestamp":"2026-01-31T12:00:00Z"})"), plugin());
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(read->made->authorization, "Bearer t");
    EXPECT_EQ(format_rfc3339(read->expires.value()), "2026-01-31T12:00:00Z");
}

TEST(exec_credential, a_client_certificate_is_read)
{
    auto const read = parse_exec_answer(answer(R"({"clientCertificateData":"c","clientKeyData":"k"})"), plugin());
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(read->made->authorization, "");
    EXPECT_EQ(read->made->client_certificate_pem, "c");
    EXPECT_EQ(read->made->client_key_pem, "k");
    EXPECT_FALSE(read->expires.has_value());
}

TEST(exec_credential, what_cannot_be_used_is_refused_without_repeating_it)
{
    struct row {
        std::string output;
        char const* message;
    };
    std::vector<row> const rows{
        {" \n", "wrote nothing"},
        {"hunter2", "wrote something that is not a JSON object"},
        {"[\"hunter2\"]", "wrote something that is not a JSON object"},
        {answer("{}", "v1", "Secret"), "wrote an object of kind \"Secret\", not ExecCredential"},
        {answer(R"({"token":"hunter2"})", "v1beta1"), "answered in the version client.authentication.k8s.io/v1beta1, "
                                                      "but was asked for client.authentication.k8s.io/v1"},
        {answer("null"), "wrote an ExecCredential without status"},
        {answer("{}"), "gave neither a token nor a client certificate"},
        {answer(R"({"token":"hunter2","clientKeyData":"hunter2"})"),
         "gave only one of client certificate and client key"},
        {answer(R"({"token":"hunter2\r\nX: y"})"), "gave a token with a line break in it"},
        {answer(R"({"token":"hunter2","expirationTimestamp":"soon"})"),
         "gave an expirationTimestamp that is no RFC 3339 time"},
    };
    for (auto const& row : rows) {
        auto const read = parse_exec_answer(row.output, plugin());
        ASSERT_TRUE(read.has_error()) << row.output;
        EXPECT_EQ(read.error().code(), errc::credentials);
        EXPECT_EQ(read.error().message(), "the credential plugin \"login\" " + std::string(row.message));
    }
}

TEST(exec_credential, asks_the_user_only_where_that_is_possible)
{
    struct row {
        char const* mode;
        bool free, terminal;
        int expected;  // 1 yes, 0 no, -1 an error
    };
    std::vector<row> const rows{
        {"Never", true, true, 0},        {"IfAvailable", true, true, 1}, {"IfAvailable", false, true, 0},
        {"IfAvailable", true, false, 0}, {"Always", true, true, 1},      {"Always", false, true, -1},
        {"Always", true, false, -1},
    };
    for (auto const& row : rows) {
        exec_plugin asked = plugin();
        asked.interactive_mode = row.mode;
        asked.stdin_is_free = row.free;
        result<bool> const found = is_interactive(asked, row.terminal);
        int const got = found.has_error() ? -1 : static_cast<int>(found.value());
        EXPECT_EQ(got, row.expected) << row.mode << row.free << row.terminal;
    }
    exec_plugin asked = plugin();
    asked.interactive_mode = "Always";
    EXPECT_EQ(
        is_interactive(asked, false).error().message(),
        "the credential plugin \"login\" must ask the user, but standard input is not a terminal"
    );
}

}  // namespace
