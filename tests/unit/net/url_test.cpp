#include <kuberay/net/endpoint.hpp>

#include <gtest/gtest.h>

namespace kuberay::net {
namespace {

struct good_row {
    char const* text;
    char const* scheme;
    char const* user_info;
    char const* host;
    int port;
    char const* path;
    char const* str;
    char const* authority;
};

constexpr good_row good_rows[] = {
    {"https://10.0.0.1:6443", "https", "", "10.0.0.1", 6443, "", "https://10.0.0.1:6443", "10.0.0.1:6443"},
    {"https://kube.example.org", "https", "", "kube.example.org", 443, "", "https://kube.example.org",
     "kube.example.org:443"},
    {"http://kube/", "http", "", "kube", 80, "", "http://kube", "kube:80"},
    {"HTTPS://Kube.Example.ORG:443/", "https", "", "kube.example.org", 443, "", "https://kube.example.org",
     "kube.example.org:443"},
    {"https://h:8443/k8s/clusters/c-x1//", "https", "", "h", 8443, "/k8s/clusters/c-x1",
     "https://h:8443/k8s/clusters/c-x1", "h:8443"},
    {"https://[::1]:6443/a", "https", "", "::1", 6443, "/a", "https://[::1]:6443/a", "[::1]:6443"},
    {"https://[FE80::1%25eth0]", "https", "", "fe80::1%eth0", 443, "", "https://[fe80::1%eth0]", "[fe80::1%eth0]:443"},
    {"http://u:p%40ss@proxy:3128", "http", "u:p@ss", "proxy", 3128, "", "http://proxy:3128", "proxy:3128"},
    {"http://u:a@b@proxy", "http", "u:a@b", "proxy", 80, "", "http://proxy", "proxy:80"},
    {"socks5://proxy", "socks5", "", "proxy", 1080, "", "socks5://proxy", "proxy:1080"},
    {"socks5h://u@proxy:9050", "socks5h", "u", "proxy", 9050, "", "socks5h://proxy:9050", "proxy:9050"},
    {"http://host:", "http", "", "host", 80, "", "http://host", "host:80"},
    {"unix:///run/a%20b.sock", "unix", "", "/run/a b.sock", 0, "", "unix:///run/a b.sock", "/run/a b.sock:0"},
    {"unix:/run/x.sock", "unix", "", "/run/x.sock", 0, "", "unix:///run/x.sock", "/run/x.sock:0"},
};

TEST(url, is_taken_apart)
{
    for (auto const& row : good_rows) {
        SCOPED_TRACE(row.text);
        auto const parsed = parse_url(row.text);
        ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
        EXPECT_EQ(parsed->scheme, row.scheme);
        EXPECT_EQ(parsed->user_info, row.user_info);
        EXPECT_EQ(parsed->host, row.host);
        EXPECT_EQ(parsed->port, row.port);
        EXPECT_EQ(parsed->path, row.path);
        EXPECT_EQ(parsed->str(), row.str);
        EXPECT_EQ(parsed->authority(), row.authority);
    }
}

struct bad_row {
    char const* text;
    char const* said;
};

constexpr bad_row bad_rows[] = {
    {"", "scheme"},
    {"kube:6443", "scheme"},
    {"kube", "scheme"},
    {"://kube", "scheme"},
    {"https:kube", "scheme"},
    {"ftp://kube", "only http"},
    {"https://", "host name"},
    {"https:///path", "host name"},
    {"https://:443", "host name"},
    {"https://a b", "blank"},
    {"https://a\nb", "blank"},
    {"https://h\xc3\xa4user", "host name"},
    {"https://h:0", "port"},
    {"https://h:65536", "port"},
    {"https://h:-1", "port"},
    {"https://h:8x", "port"},
    {"https://1:2:3", "port"},
    {"https://[::1", "bracket"},
    {"https://[nothing]", "IPv6"},
    {"https://[::1]x", "bracket"},
    {"https://h/?a=b", "query"},
    {"https://h#f", "query"},
    {"http://u:%4@h", "escape"},
    {"unix://relative", "absolute"},
    {"unix:///%zz", "escape"},
};

TEST(url, says_what_is_wrong)
{
    for (auto const& row : bad_rows) {
        SCOPED_TRACE(row.text);
        auto const parsed = parse_url(row.text);
        ASSERT_TRUE(parsed.has_error());
        EXPECT_EQ(parsed.error().code(), errc::bad_config);
        EXPECT_NE(parsed.error().message().find(row.said), std::string::npos) << parsed.error().message();
    }
}

TEST(url, never_repeats_user_info)
{
    for (char const* text : {
             "http://me:s3cret@host:port",
             "http://me:s3cret/x@host",
             "http://me:s3c/ret:9@host:1",
             "me:s3cret@host",
             "ftp://me:s3cret@host",
             "http://me:s3cret%@host",
             "http://me:s3cret@host?q",
             "http://me:s3cret #@host",
         }) {
        SCOPED_TRACE(text);
        auto const parsed = parse_url(text);
        ASSERT_TRUE(parsed.has_error());
        EXPECT_EQ(parsed.error().message().find("s3c"), std::string::npos) << parsed.error().message();
        EXPECT_EQ(parsed.error().message().find("me:"), std::string::npos) << parsed.error().message();
    }
    EXPECT_EQ(parse_url("http://me:s3cret@host")->str(), "http://host");
}

TEST(percent_encode, keeps_unreserved_characters_only)
{
    EXPECT_EQ(percent_encode("azAZ09-._~"), "azAZ09-._~");
    EXPECT_EQ(percent_encode("a/b c+d=e&f?"), "a%2Fb%20c%2Bd%3De%26f%3F");
    EXPECT_EQ(percent_encode("\xc3\xa4%"), "%C3%A4%25");
    EXPECT_EQ(percent_encode(std::string_view("\0", 1)), "%00");
    EXPECT_EQ(percent_encode(""), "");
}

}  // namespace
}  // namespace kuberay::net
