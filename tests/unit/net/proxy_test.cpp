#include "support/certificates.hpp"
#include "support/co_test.hpp"
#include "support/proxy_server.hpp"

#include <kuberay/net/dialer.hpp>

#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <cstdlib>

namespace kuberay::net {
namespace {

using test::certificate_authority;
using test::certificate_request;
using test::identity;
using test::loopback_listener;
using test::proxy_kind;
using test::proxy_options;
using test::proxy_server;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::shared_ptr<tls_server> server_for(certificate_authority const& authority, std::string const& name)
{
    certificate_request request;
    request.names.push_back(name);
    request.addresses.push_back("127.0.0.1");
    identity const own = authority.issue(request);
    tls_server_options options;
    options.certificate_pem = own.certificate_pem;
    options.key_pem = own.key_pem;
    return std::make_shared<tls_server>(options);
}

task<void> greet(byte_stream stream, std::shared_ptr<tls_server> server)
{
    accepted_tls accepted = co_await accept_tls(std::move(stream), std::move(server));
    co_await write_all(&accepted.stream, "hello");
    co_await read_some(&accepted.stream);
}

/// A TLS server named kube.invalid, which only a proxy can find.
struct hidden_server {
    explicit hidden_server(asio::any_io_executor executor)
        : listener(executor, [server = server_for(authority, "kube.invalid")](byte_stream stream) {
            return greet(std::move(stream), server);
        })
    {
    }

    connect_options by(std::string scheme, proxy_server const& proxy, std::string user_info = std::string()) const
    {
        connect_options options;
        options.server = parse_url("https://kube.invalid:6443").value();
        options.tls.ca_pem = authority.pem();
        options.proxy.emplace();
        options.proxy->scheme = std::move(scheme);
        options.proxy->host = "127.0.0.1";
        options.proxy->port = proxy.port();
        options.proxy->user_info = std::move(user_info);
        return options;
    }

    certificate_authority authority;
    loopback_listener listener;
};

proxy_options forwarding(proxy_kind kind, hidden_server const& server)
{
    proxy_options options;
    options.kind = kind;
    options.forward_to = server.listener.port();
    return options;
}

task<std::string> greeting_of(asio::any_io_executor executor, connect_options options)
{
    byte_stream stream = co_await dial(executor, std::move(options));
    co_return co_await read_some(&stream);
}

struct scheme_row {
    char const* scheme;
    proxy_kind kind;
    char const* user_info;
};

constexpr scheme_row scheme_rows[] = {
    {"http", proxy_kind::connect, ""},   {"http", proxy_kind::connect, "me:s3:cret"},
    {"socks5", proxy_kind::socks5, ""},  {"socks5", proxy_kind::socks5, "me:s3:cret"},
    {"socks5h", proxy_kind::socks5, ""},
};

task<void> check_scheme(scheme_row row)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    hidden_server const server(executor);
    proxy_options behaviour = forwarding(row.kind, server);
    behaviour.user_info = row.user_info;
    proxy_server const proxy(executor, behaviour);
    std::string const said = co_await greeting_of(executor, server.by(row.scheme, proxy, row.user_info));
    EXPECT_EQ(said, "hello");
    EXPECT_THAT(proxy.journal().targets, ElementsAre("kube.invalid:6443"));
    if (*row.user_info != '\0')
        EXPECT_THAT(proxy.journal().credentials, ElementsAre("me:s3:cret"));
    else
        EXPECT_THAT(proxy.journal().credentials, IsEmpty());
}

TEST(proxy, finds_names_and_carries_tls)
{
    for (auto const& row : scheme_rows) {
        SCOPED_TRACE(std::string(row.scheme) + " " + row.user_info);
        test::run_coroutine_test(check_scheme(row));
    }
}

KUBERAY_CO_TEST(proxy, may_speak_tls_itself)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    hidden_server const server(executor);
    proxy_options behaviour = forwarding(proxy_kind::connect, server);
    behaviour.tls = server_for(server.authority, "proxy");
    proxy_server const proxy(executor, behaviour);
    std::string const said = co_await greeting_of(executor, server.by("https", proxy));
    EXPECT_EQ(said, "hello");
    EXPECT_THAT(proxy.journal().first_bytes, HasSubstr("CONNECT kube.invalid:6443 HTTP/1.1\r\n"));
}

KUBERAY_CO_TEST(proxy, with_a_certificate_of_an_unknown_authority_is_named)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    hidden_server const server(executor);
    certificate_authority const other("other");
    proxy_options behaviour = forwarding(proxy_kind::connect, server);
    behaviour.tls = server_for(other, "proxy");
    proxy_server const proxy(executor, behaviour);
    auto const rejected = co_await as_result(greeting_of(executor, server.by("https", proxy)));
    EXPECT_EQ(rejected.error().code(), errc::tls_rejected);
    EXPECT_THAT(
        rejected.error().message(),
        HasSubstr("kube.invalid:6443 through the proxy https://127.0.0.1:" + std::to_string(proxy.port()))
    );
    EXPECT_THAT(rejected.error().message(), HasSubstr("the proxy cannot be used: the certificate CN=server"));
}

struct refusal_row {
    char const* scheme;
    proxy_kind kind;
    char const* wanted_user_info;
    char const* sent_user_info;
    std::string refusal;
    char const* said;
    bool has_hint;
};

task<void> check_refusal(refusal_row row)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    hidden_server const server(executor);
    proxy_options behaviour = forwarding(row.kind, server);
    behaviour.user_info = row.wanted_user_info;
    behaviour.refusal = row.refusal;
    proxy_server const proxy(executor, behaviour);
    auto const refused = co_await as_result(greeting_of(executor, server.by(row.scheme, proxy, row.sent_user_info)));
    EXPECT_EQ(refused.error().code(), errc::proxy_refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("connecting to kube.invalid:6443 through the proxy "));
    EXPECT_THAT(refused.error().message(), HasSubstr(row.said));
    EXPECT_THAT(refused.error().message(), Not(HasSubstr("s3cret")));
    EXPECT_EQ(!refused.error().hint().empty(), row.has_hint);
}

TEST(proxy, says_why_it_refuses)
{
    using namespace std::string_literals;
    refusal_row const rows[] = {
        {"http", proxy_kind::connect, "me:right", "", "", "it answered 407 Proxy Authentication Required", true},
        {"http", proxy_kind::connect, "me:right", "me:s3cret", "", "it answered 407", true},
        {"http", proxy_kind::connect, "", "", "HTTP/1.1 403 Forbidden by policy\r\n\r\nno",
         "it answered 403 Forbidden by policy", false},
        {"http", proxy_kind::connect, "", "", "HTTP/1.1 502\r\n\r\n", "it answered 502", false},
        {"http", proxy_kind::connect, "", "", "220 mail ESMTP\r\n", "its answer is not HTTP: 220 mail", false},
        {"http", proxy_kind::connect, "", "", "HTTP/1.1 200 OK\r\n\r\nearly", "more than an answer", false},
        {"http", proxy_kind::connect, "", "", "HTTP/1.1 2", "closed the connection without an answer", false},
        {"socks5", proxy_kind::socks5, "me:right", "", "", "accepts none of the offered ways", false},
        {"socks5", proxy_kind::socks5, "me:right", "me:s3cret", "", "does not accept the user name and password", false
        },
        {"socks5", proxy_kind::socks5, "", "", "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"s, "its rules do not allow",
         false},
        {"socks5", proxy_kind::socks5, "", "", "\x05\x04\x00\x01\x00"s, "the host is unreachable", false},
        {"socks5", proxy_kind::socks5, "", "", "\x05"s, "closed the connection without an answer", false},
    };
    for (auto const& row : rows) {
        SCOPED_TRACE(std::string(row.scheme) + ": " + row.said);
        test::run_coroutine_test(check_refusal(row));
    }
}

KUBERAY_CO_TEST(proxy, that_hangs_is_given_up)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    hidden_server const server(executor);
    // A SOCKS server waits for more after what an HTTP client says first.
    proxy_server const proxy(executor, forwarding(proxy_kind::socks5, server));
    connect_options options = server.by("http", proxy);
    options.connect_timeout = std::chrono::milliseconds(50);
    auto const hung = co_await as_result(greeting_of(executor, options));
    EXPECT_EQ(hung.error().code(), errc::timed_out);
    EXPECT_THAT(hung.error().message(), HasSubstr("through the proxy http://127.0.0.1:"));
}

struct scoped_variable {
    scoped_variable(char const* name, std::string const& value)
        : name(name)
    {
        ::setenv(name, value.c_str(), 1);
    }

    ~scoped_variable() { ::unsetenv(name); }

    scoped_variable(scoped_variable const&) = delete;
    scoped_variable& operator=(scoped_variable const&) = delete;

    char const* name;
};

KUBERAY_CO_TEST(proxy, is_taken_from_the_environment)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    hidden_server const server(executor);
    proxy_server const proxy(executor, forwarding(proxy_kind::connect, server));
    scoped_variable const variable("HTTPS_PROXY", "127.0.0.1:" + std::to_string(proxy.port()));
    connect_options options = server.by("http", proxy);
    options.proxy.reset();
    std::string const said = co_await greeting_of(executor, options);
    EXPECT_EQ(said, "hello");
    EXPECT_THAT(proxy.journal().targets, ElementsAre("kube.invalid:6443"));
}

}  // namespace
}  // namespace kuberay::net
