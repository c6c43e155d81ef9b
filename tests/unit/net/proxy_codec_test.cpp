#include "net/proxy_codec.hpp"

#include <gtest/gtest.h>

namespace kuberay::net {
namespace {

using namespace std::string_view_literals;

TEST(connect_request, carries_credentials_when_there_are_some)
{
    EXPECT_EQ(connect_request("kube:6443", ""), "CONNECT kube:6443 HTTP/1.1\r\nHost: kube:6443\r\n\r\n");
    EXPECT_EQ(
        connect_request("kube:6443", "me:s3cret"),
        "CONNECT kube:6443 HTTP/1.1\r\nHost: kube:6443\r\nProxy-Authorization: Basic bWU6czNjcmV0\r\n\r\n"
    );
    EXPECT_NE(connect_request("k:1", "me").find("Basic bWU6\r\n"), std::string::npos) << "the colon is never missing";
}

TEST(connect_answer, is_read_when_its_head_is_complete)
{
    constexpr auto head = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"sv;
    for (std::size_t size = 0; size < head.size(); ++size) {
        auto const partial = parse_connect_answer(head.substr(0, size));
        ASSERT_TRUE(partial.has_value()) << size << ": " << partial.error().message();
        EXPECT_FALSE(partial->has_value()) << size;
    }
    auto const answer = parse_connect_answer(std::string(head) + "more");
    ASSERT_TRUE(answer.has_value() && answer->has_value());
    EXPECT_EQ((*answer)->status, 200);
    EXPECT_EQ((*answer)->reason, "Connection established");
    EXPECT_EQ((*answer)->size, head.size());
}

TEST(connect_answer, may_have_no_reason)
{
    EXPECT_EQ((*parse_connect_answer("HTTP/1.0 407\r\n\r\n"))->status, 407);
    EXPECT_EQ((*parse_connect_answer("HTTP/1.0 503 \r\n\r\n"))->reason, "");
}

TEST(connect_answer, that_is_none_is_refused)
{
    for (auto const bytes :
         {"SSH-2.0-x\r\n"sv, "\x05\x00"sv, "HTTP/2 200\r\n\r\n"sv, "HTTP/1.1 2x0 a\r\n\r\n"sv, "HTTP/1.1 \r\n\r\n"sv}) {
        auto const answer = parse_connect_answer(bytes);
        ASSERT_TRUE(answer.has_error()) << bytes;
        EXPECT_EQ(answer.error().code(), errc::proxy_refused);
    }
    EXPECT_TRUE(parse_connect_answer("HTTP/1.1 200 " + std::string(70000, 'x')).has_error());
}

TEST(socks5, greets_with_password_only_when_there_is_one)
{
    EXPECT_EQ(socks5::greeting(false), "\x05\x01\x00"sv);
    EXPECT_EQ(socks5::greeting(true), "\x05\x02\x00\x02"sv);
    EXPECT_EQ(socks5::parse_choice("\x05\x00"sv).value(), socks5::method::none);
    EXPECT_EQ(socks5::parse_choice("\x05\x02"sv).value(), socks5::method::password);
    for (auto const bytes : {"\x05\xff"sv, "HT"sv, "\x05"sv, ""sv})
        EXPECT_EQ(socks5::parse_choice(bytes).error().code(), errc::proxy_refused);
}

TEST(socks5, sends_user_and_password)
{
    EXPECT_EQ(
        socks5::password_request("me:a:b").value(), "\x01\x02me\x03"
                                                    "a:b"sv
    );
    EXPECT_EQ(socks5::password_request("me").value(), "\x01\x02me\x00"sv);
    EXPECT_EQ(socks5::password_request(std::string(256, 'x')).error().code(), errc::bad_config);
    EXPECT_TRUE(socks5::parse_password_answer("\x01\x00"sv).has_value());
    EXPECT_EQ(socks5::parse_password_answer("\x01\x01"sv).error().code(), errc::proxy_refused);
}

TEST(socks5, leaves_names_to_the_proxy)
{
    EXPECT_EQ(socks5::connect_request("kube", 6443).value(), "\x05\x01\x00\x03\x04kube\x19\x2b"sv);
    EXPECT_EQ(socks5::connect_request("10.1.2.3", 80).value(), "\x05\x01\x00\x01\x0a\x01\x02\x03\x00\x50"sv);
    std::string const v6 = socks5::connect_request("fd00::1", 80).value();
    EXPECT_EQ(v6.size(), 4u + 16 + 2);
    EXPECT_EQ(v6[3], '\x04');
    EXPECT_TRUE(socks5::connect_request(std::string(255, 'x'), 1).has_value());
    EXPECT_EQ(socks5::connect_request(std::string(256, 'x'), 1).error().code(), errc::bad_config);
}

TEST(socks5, knows_how_much_of_the_answer_is_missing)
{
    EXPECT_EQ(socks5::parse_answer_start("\x05\x00\x00\x01\x7f"sv).value(), 5u);
    EXPECT_EQ(socks5::parse_answer_start("\x05\x00\x00\x03\x09"sv).value(), 11u);
    EXPECT_EQ(socks5::parse_answer_start("\x05\x00\x00\x04\xfd"sv).value(), 17u);
    EXPECT_EQ(socks5::parse_answer_start("\x05\x00\x00\x09\xfd"sv).error().code(), errc::proxy_refused);
    EXPECT_NE(
        socks5::parse_answer_start("\x05\x05\x00\x01\x00"sv).error().message().find("refused"), std::string::npos
    );
    EXPECT_NE(socks5::parse_answer_start("\x05\x63\x00\x01\x00"sv).error().message().find("99"), std::string::npos);
}

}  // namespace
}  // namespace kuberay::net
