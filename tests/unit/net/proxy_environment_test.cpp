#include <kuberay/net/endpoint.hpp>

#include <gtest/gtest.h>

namespace kuberay::net {
namespace {

struct no_proxy_row {
    char const* no_proxy;
    char const* server;
    bool proxied;
};

constexpr no_proxy_row no_proxy_rows[] = {
    {"", "https://kube.example.org", true},
    {"", "https://localhost:6443", false},
    {"", "https://127.0.0.1:6443", false},
    {"", "https://127.8.9.10", false},
    {"", "https://[::1]:6443", false},
    {"*", "https://kube.example.org", false},
    {" * ", "https://10.0.0.1", false},
    {"example.org", "https://example.org", false},
    {"example.org", "https://kube.example.org", false},
    {"Example.ORG", "https://Kube.example.org", false},
    {"example.org", "https://notexample.org", true},
    {".example.org", "https://kube.example.org", false},
    {".example.org", "https://example.org", true},
    {"*.example.org", "https://kube.example.org", false},
    {"*.example.org", "https://example.org", true},
    {"example.org:6443", "https://example.org:6443", false},
    {"example.org:6443", "https://example.org", true},
    {"example.org:443", "https://example.org", false},
    {"10.0.0.1", "https://10.0.0.1:6443", false},
    {"10.0.0.1", "https://10.0.0.2:6443", true},
    {"10.0.0.1:6443", "https://10.0.0.1:6443", false},
    {"10.0.0.1:443", "https://10.0.0.1:6443", true},
    {"10.0.0.0/8", "https://10.200.3.4", false},
    {"10.0.0.0/8", "https://11.0.0.1", true},
    {"10.1.2.3/8", "https://10.200.3.4", false},
    {"10.0.0.0/8", "https://ten.example.org", true},
    {"10.0.0.0/99", "https://10.0.0.1", true},
    {"fd00::/8", "https://[fd12::1]:6443", false},
    {"fd00::/8", "https://[fe80::1]", true},
    {"fd00::/8", "https://10.0.0.1", true},
    {"fd12::1", "https://[fd12::1]:6443", false},
    {"[fd12::1]:6443", "https://[fd12::1]:6443", false},
    {"[fd12::1]:443", "https://[fd12::1]:6443", true},
    {"a.org, ,b.org ,10.0.0.0/8", "https://b.org", false},
    {"a.org, ,b.org ,10.0.0.0/8", "https://10.1.1.1", false},
    {"a.org, ,b.org ,10.0.0.0/8", "https://c.org", true},
    {":443", "https://c.org", true},
    {"1.2.3", "https://1.2.3", false},
};

TEST(proxy_for, follows_no_proxy)
{
    for (auto const& row : no_proxy_rows) {
        SCOPED_TRACE(std::string("NO_PROXY=") + row.no_proxy + " for " + row.server);
        proxy_environment environment;
        environment.https_proxy = "http://proxy:3128";
        environment.no_proxy = row.no_proxy;
        auto const proxy = proxy_for(parse_url(row.server).value(), environment);
        ASSERT_TRUE(proxy.has_value()) << proxy.error().message();
        EXPECT_EQ(proxy->has_value(), row.proxied);
    }
}

TEST(proxy_for, chooses_the_variable_by_scheme)
{
    proxy_environment environment;
    environment.https_proxy = "socks5://secure:1";
    environment.http_proxy = "plain:2";
    EXPECT_EQ((*proxy_for(parse_url("https://a.org").value(), environment))->str(), "socks5://secure:1");
    EXPECT_EQ((*proxy_for(parse_url("http://a.org").value(), environment))->str(), "http://plain:2")
        << "http is assumed";
    EXPECT_FALSE(proxy_for(parse_url("unix:///x").value(), environment)->has_value());
    environment.https_proxy.clear();
    EXPECT_FALSE(proxy_for(parse_url("https://a.org").value(), environment)->has_value());
}

TEST(proxy_for, names_the_variable_that_is_no_url)
{
    proxy_environment environment;
    environment.https_proxy = "ftp://me:s3cret@proxy";
    auto const proxy = proxy_for(parse_url("https://a.org").value(), environment);
    ASSERT_TRUE(proxy.has_error());
    EXPECT_EQ(proxy.error().code(), errc::bad_config);
    EXPECT_TRUE(proxy.error().message().starts_with("HTTPS_PROXY: ")) << proxy.error().message();
    EXPECT_EQ(proxy.error().message().find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace kuberay::net
