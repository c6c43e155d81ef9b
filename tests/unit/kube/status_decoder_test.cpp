#include <kuberay/kube/client.hpp>

#include <gtest/gtest.h>

namespace {

using namespace kuberay;
using namespace kuberay::kube;

net::http_fields fields(std::vector<std::pair<std::string, std::string>> const& all)
{
    net::http_fields made;
    for (auto const& [name, value] : all)
        made.add(name, value);
    return made;
}

TEST(status_decoder, reads_every_part_of_a_status)
{
    std::string const body =
        R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"x is bad","reason":"Invalid",
        "code":422,"details":{"name":"x","group":"ray.io","kind":"RayCluster","uid":"u","retryAfterSeconds":7,
        "causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.a"}]}})";
    server_status const status = decode_status(422, net::http_fields(), body, "POST");
    EXPECT_EQ(status.http_status, 422);
    EXPECT_EQ(status.reason, "Invalid");
    EXPECT_EQ(status.message, "x is bad");
    EXPECT_EQ(status.name, "x");
    EXPECT_EQ(status.group, "ray.io");
    EXPECT_EQ(status.kind, "RayCluster");
    EXPECT_EQ(status.uid, "u");
    EXPECT_EQ(status.retry_after, std::chrono::seconds(7));
    ASSERT_EQ(status.causes.size(), 1U);
    EXPECT_EQ(status.causes[0].reason, "FieldValueRequired");
    EXPECT_EQ(status.causes[0].message, "Required value");
    EXPECT_EQ(status.causes[0].field, "spec.a");
}

TEST(status_decoder, makes_a_status_of_whatever_came)
{
    struct row {
        int http_status;
        char const* method;
        char const* type;
        char const* body;
        char const* reason;
        char const* message;
        kuberay::reason means;
    };
    std::vector<row> const rows{
        {429, "GET", "text/plain", "Too many requests, please try again later.\n", "",
         "Too many requests, please try again later.", reason::too_many_requests},
        {502, "GET", "text/html; charset=utf-8", "<html><head><title>502 Bad Gateway</title></head><body><h1>x</h1>",
         "", "502 Bad Gateway", reason::internal},
        {503, "GET", "", "<!DOCTYPE html><body><p>No  server\n is there</p></body>", "", "No server is there",
         reason::unavailable},
        {409, "POST", "text/plain", "taken", "AlreadyExists", "taken", reason::already_exists},
        {409, "PUT", "text/plain", "changed", "Conflict", "changed", reason::conflict},
        {404, "GET", "application/json", R"({"result":false,"msg":"gone"})", "", R"({"result":false,"msg":"gone"})",
         reason::not_found},
        {500, "GET", "application/json", "{broken", "", "{broken", reason::internal},
        {504, "GET", "", "", "", "", reason::timeout},
    };
    for (auto const& row : rows) {
        server_status const status =
            decode_status(row.http_status, fields({{"Content-Type", row.type}}), row.body, row.method);
        EXPECT_EQ(status.reason, row.reason) << row.body;
        EXPECT_EQ(status.message, row.message) << row.body;
        EXPECT_EQ(status.http_status, row.http_status) << row.body;
        EXPECT_EQ(reason_of(status), row.means) << row.body;
    }
}

TEST(status_decoder, text_is_bounded_and_safe_for_a_terminal)
{
    std::string body;
    for (int i = 0; i < 2000; ++i)
        body += "\xC3\xA4";
    server_status const status = decode_status(500, net::http_fields(), body, "GET");
    EXPECT_EQ(status.message.size(), 2048U);
    EXPECT_EQ(decode_status(500, net::http_fields(), "a\x1b[31mb", "GET").message, "a^[[31mb");
    EXPECT_EQ(
        decode_status(500, net::http_fields(), R"({"kind":"Status","message":"a\u001b[31mb"})", "GET").message,
        "a^[[31mb"
    );
}

TEST(status_decoder, the_header_says_how_long_to_wait)
{
    EXPECT_EQ(decode_status(429, fields({{"Retry-After", "4"}}), "", "GET").retry_after, std::chrono::seconds(4));
    EXPECT_FALSE(decode_status(429, fields({{"Retry-After", "soon"}}), "", "GET").retry_after.has_value());
}

}  // namespace
