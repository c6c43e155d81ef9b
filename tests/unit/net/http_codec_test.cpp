#include "net/http_codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

std::string head_of(http_request const& request, request_purpose purpose = request_purpose::exchange, bool gzip = false)
{
    return request_head_bytes(request, "server:6443", purpose, gzip);
}

TEST(request_head, has_what_the_request_needs)
{
    http_request get("GET", "/api?limit=5");
    get.fields.add("Accept", "application/json");
    EXPECT_EQ(head_of(get), "GET /api?limit=5 HTTP/1.1\r\nHost: server:6443\r\nAccept: application/json\r\n\r\n");
    EXPECT_EQ(
        head_of(http_request("GET", "/"), request_purpose::exchange, true),
        "GET / HTTP/1.1\r\nHost: server:6443\r\nAccept-Encoding: gzip\r\n\r\n"
    );
    EXPECT_EQ(
        head_of(http_request("POST", "/a")), "POST /a HTTP/1.1\r\nHost: server:6443\r\nContent-Length: 0\r\n\r\n"
    );
    http_request remove("DELETE", "/a");
    remove.body = "{}";
    EXPECT_EQ(head_of(remove), "DELETE /a HTTP/1.1\r\nHost: server:6443\r\nContent-Length: 2\r\n\r\n");
    http_request upload("PUT", "/a");
    upload.source.emplace();
    EXPECT_EQ(head_of(upload), "PUT /a HTTP/1.1\r\nHost: server:6443\r\nTransfer-Encoding: chunked\r\n\r\n");
    upload.source->length = 7;
    EXPECT_EQ(head_of(upload), "PUT /a HTTP/1.1\r\nHost: server:6443\r\nContent-Length: 7\r\n\r\n");
    http_request upgrade("GET", "/exec");
    upgrade.fields.add("Upgrade", "websocket");
    EXPECT_EQ(
        head_of(upgrade, request_purpose::upgrade),
        "GET /exec HTTP/1.1\r\nHost: server:6443\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    );
}

TEST(request_head, drops_fields_that_are_set_when_it_is_sent)
{
    http_request request("POST", "/");
    for (auto const* name : {"host", "Content-length", "CONNECTION", "Transfer-Encoding", "Expect"})
        request.fields.add(name, "100-continue");
    request.fields.add("Accept-Encoding", "identity");
    EXPECT_EQ(
        head_of(request, request_purpose::exchange, true),
        "POST / HTTP/1.1\r\nHost: server:6443\r\nAccept-Encoding: identity\r\nContent-Length: 0\r\n\r\n"
    );
}

TEST(request_head, refuses_what_would_change_its_meaning)
{
    std::vector<http_request> requests;
    for (auto const* target : {"", "api", "/a b", "/a\r\nX: y", "/a\nb", "/\x7f", "/\xc3\xa9"})
        requests.emplace_back("GET", target);
    requests.emplace_back("GE T", "/");
    requests.emplace_back("", "/");
    for (auto const& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"X", "a\r\nInjected: b"},
             {"X", "a\nb"},
             {"X", std::string("a\0b", 3)},
             {"X\r\nY", "a"},
             {"X Y", "a"},
             {"", "a"}
         }) {
        requests.emplace_back("GET", "/");
        requests.back().fields.add(name, value);
    }
    for (auto const& request : requests) {
        try {
            head_of(request);
            ADD_FAILURE() << "accepted: " << request.method << " " << request.target;
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), errc::bad_input);
        }
    }
}

TEST(request_head, never_repeats_a_value_it_refuses)
{
    http_request request("GET", "/");
    request.fields.add("Authorization", "Bearer secret\n");
    try {
        head_of(request);
        ADD_FAILURE() << "accepted";
    } catch (failure const& f) {
        EXPECT_EQ(f.error().message().find("secret"), std::string::npos);
    }
}

TEST(http_response_parser, skips_interim_answers_split_at_every_position)
{
    std::string const wire = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                             "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok";
    for (std::size_t split = 0; split <= wire.size(); ++split) {
        http_response_parser parser("POST", 1024);
        parser.put(wire.substr(0, split));
        EXPECT_TRUE(parser.has_head() || !parser.is_done());
        parser.put(wire.substr(split));
        ASSERT_TRUE(parser.is_done()) << "split at " << split;
        EXPECT_EQ(parser.head().status, 201);
        EXPECT_FALSE(parser.head().fields.contains("Link"));
        EXPECT_EQ(parser.take_body(), "ok");
    }
}

TEST(http_response_parser, interim_answers_without_end_are_refused)
{
    http_response_parser parser("GET", 1024);
    std::string wire;
    for (int i = 0; i < 100; ++i)
        wire += "HTTP/1.1 102 Processing\r\n\r\n";
    EXPECT_THROW(parser.put(wire), failure);
}

TEST(http_fields, compare_names_without_case_and_keep_order)
{
    http_fields fields;
    fields.add("Warning", "a");
    fields.add("X", "1");
    fields.add("warning", "b");
    EXPECT_EQ(fields.get("WARNING"), "a");
    EXPECT_EQ(fields.all("Warning"), (std::vector<std::string>{"a", "b"}));
    fields.set("WARNING", "c");
    EXPECT_EQ(fields.all("Warning"), std::vector<std::string>{"c"});
    fields.erase("x");
    EXPECT_FALSE(fields.contains("X"));
    EXPECT_EQ(fields.get("X"), "");
}

}  // namespace
}  // namespace kuberay::net
