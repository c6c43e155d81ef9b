#include "support/co_test.hpp"
#include "support/tls_pair.hpp"

#include <gmock/gmock.h>

namespace kuberay::net {
namespace {

using test::certificate_authority;
using test::certificate_request;
using test::identity;
using test::key_kind;
using test::make_tls_server;
using test::shake_hands;
using test::tls_pair;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

tls_options trusting(std::string ca_pem)
{
    tls_options options;
    options.ca_pem = std::move(ca_pem);
    return options;
}

certificate_request for_names(std::vector<std::string> names, std::vector<std::string> addresses = {})
{
    certificate_request request;
    request.names = std::move(names);
    request.addresses = std::move(addresses);
    return request;
}

void expect_rejected(tls_pair const& pair, std::vector<std::string> const& said)
{
    ASSERT_TRUE(pair.client.has_error());
    EXPECT_EQ(pair.client.error().code(), errc::tls_rejected);
    for (auto const& words : said)
        EXPECT_THAT(pair.client.error().message(), HasSubstr(words));
    EXPECT_FALSE(pair.client.error().hint().empty());
    EXPECT_EQ(pair.server.error().code(), errc::tls_rejected) << "the server hears of it";
}

struct name_row {
    char const* host;
    char const* server_name;
    bool accepted;
    char const* sni;
};

constexpr name_row name_rows[] = {
    {"kube.example.org", "", true, "kube.example.org"},
    {"KUBE.example.org", "", true, "KUBE.example.org"},
    {"other.example.org", "", false, ""},
    {"a.wild.example.org", "", true, "a.wild.example.org"},
    {"a.b.wild.example.org", "", false, ""},
    {"10.1.2.3", "", true, ""},
    {"10.1.2.4", "", false, ""},
    {"fd00::1", "", true, ""},
    {"other", "kube.example.org", true, "kube.example.org"},
    {"kube.example.org", "other", false, ""},
    {"other", "10.1.2.3", true, ""},
};

TEST(tls, verifies_the_name_or_the_address)
{
    certificate_authority const authority;
    auto const server =
        make_tls_server(authority.issue(for_names({"kube.example.org", "*.wild.example.org"}, {"10.1.2.3", "fd00::1"}))
        );
    for (auto const& row : name_rows) {
        SCOPED_TRACE(std::string(row.host) + " as " + row.server_name);
        tls_options options = trusting(authority.pem());
        options.server_name = row.server_name;
        auto const pair = test::run(shake_hands(options, row.host, server));
        ASSERT_TRUE(pair.has_value());
        EXPECT_EQ(pair->client.has_value(), row.accepted);
        if (row.accepted) {
            EXPECT_EQ(pair->server.value().server_name, row.sni);
        } else {
            std::string const tried = *row.server_name != '\0' ? row.server_name : row.host;
            expect_rejected(*pair, {"not for " + tried, "kube.example.org, *.wild.example.org, 10.1.2.3, fd00::1"});
        }
    }
}

KUBERAY_CO_TEST(tls, ignores_the_common_name)
{
    certificate_authority const authority;
    certificate_request request;
    request.common_name = "kube";
    auto const server = make_tls_server(authority.issue(request));
    auto const pair = co_await shake_hands(trusting(authority.pem()), "kube", server);
    expect_rejected(pair, {"not for kube, it is for no name at all"});
}

KUBERAY_CO_TEST(tls, rejects_a_certificate_of_another_authority)
{
    certificate_authority const authority("right");
    certificate_authority const other("wrong");
    auto const server = make_tls_server(authority.issue(for_names({"kube"})));
    auto const pair = co_await shake_hands(trusting(other.pem()), "kube", server);
    expect_rejected(pair, {"signed by CN=right is not trusted", "trusted: the authority CN=wrong"});
}

KUBERAY_CO_TEST(tls, rejects_an_expired_certificate)
{
    certificate_authority const authority;
    certificate_request request = for_names({"kube"});
    request.valid_from = -std::chrono::hours(48);
    request.valid_until = -std::chrono::hours(1);
    auto const server = make_tls_server(authority.issue(request));
    auto const pair = co_await shake_hands(trusting(authority.pem()), "kube", server);
    expect_rejected(pair, {"CN=server has expired"});
}

KUBERAY_CO_TEST(tls, rejects_a_certificate_of_the_future)
{
    certificate_authority const authority;
    certificate_request request = for_names({"kube"});
    request.valid_from = std::chrono::hours(1);
    auto const server = make_tls_server(authority.issue(request));
    auto const pair = co_await shake_hands(trusting(authority.pem()), "kube", server);
    expect_rejected(pair, {"not valid yet"});
}

KUBERAY_CO_TEST(tls, rejects_a_self_signed_certificate)
{
    certificate_authority const authority;
    auto const server = make_tls_server(test::self_signed(for_names({"kube"})));
    auto const pair = co_await shake_hands(trusting(authority.pem()), "kube", server);
    expect_rejected(pair, {"CN=server is self-signed and is not trusted"});
}

KUBERAY_CO_TEST(tls, accepts_a_leaf_as_authority)
{
    certificate_authority const authority;
    identity const leaf = authority.issue(for_names({"kube"}));
    auto const signed_pair = co_await shake_hands(trusting(leaf.certificate_pem), "kube", make_tls_server(leaf));
    EXPECT_TRUE(signed_pair.client.has_value()) << signed_pair.client.error().message();
    identity const own = test::self_signed(for_names({"kube"}));
    auto const own_pair = co_await shake_hands(trusting(own.certificate_pem), "kube", make_tls_server(own));
    EXPECT_TRUE(own_pair.client.has_value()) << own_pair.client.error().message();
}

KUBERAY_CO_TEST(tls, without_verification_accepts_everything)
{
    certificate_authority const authority;
    certificate_request request = for_names({"elsewhere"});
    request.valid_until = -std::chrono::minutes(1);
    tls_options options;
    options.verify = false;
    auto const pair = co_await shake_hands(options, "kube", make_tls_server(authority.issue(request)));
    EXPECT_TRUE(pair.client.has_value()) << pair.client.error().message();
}

KUBERAY_CO_TEST(tls, without_an_authority_trusts_what_the_environment_names)
{
    certificate_authority const authority;
    auto const server = make_tls_server(authority.issue(for_names({"kube"})));
    auto const pair = co_await shake_hands(tls_options(), "kube", server);
    expect_rejected(pair, {"signed by CN=test authority is not trusted"});
}

struct key_row {
    char const* what;
    key_kind key;
    bool traditional;
};

constexpr key_row key_rows[] = {
    {"EC, PKCS #8", key_kind::ec, false},   {"EC, SEC1", key_kind::ec, true},
    {"RSA, PKCS #8", key_kind::rsa, false}, {"RSA, PKCS #1", key_kind::rsa, true},
    {"Ed25519", key_kind::ed25519, false},
};

TEST(tls, presents_client_certificates_of_every_kind)
{
    certificate_authority const authority;
    certificate_authority const clients("clients");
    for (auto const& row : key_rows) {
        SCOPED_TRACE(row.what);
        certificate_request request;
        request.common_name = "alice";
        request.organizations = {"admins", "people"};
        request.key = row.key;
        identity const alice = clients.issue(request);
        certificate_request of_server = for_names({"kube"});
        of_server.key = row.key;
        tls_options options = trusting(authority.pem());
        options.client_certificate_pem = alice.certificate_pem;
        options.client_key_pem = row.traditional ? test::traditional_key(alice.key_pem) : alice.key_pem;
        auto const server = make_tls_server(authority.issue(of_server), clients.pem());
        auto const pair = test::run(shake_hands(options, "kube", server));
        ASSERT_TRUE(pair->client.has_value()) << pair->client.error().message();
        ASSERT_TRUE(pair->server.has_value()) << pair->server.error().message();
        EXPECT_EQ(pair->server->client_name, "alice");
        EXPECT_THAT(pair->server->client_groups, ElementsAre("admins", "people"));
    }
}

TEST(tls, names_client_material_that_cannot_be_used)
{
    certificate_authority const authority;
    identity const alice = authority.issue(certificate_request());
    identity const bob = authority.issue(certificate_request());
    struct row {
        std::string ca, certificate, key, said;
    };
    row const rows[] = {
        {"", alice.certificate_pem, bob.key_pem, "the client key does not belong to the client certificate (CN=server)"
        },
        {"", alice.certificate_pem, "", "without its key"},
        {"", "", alice.key_pem, "without its certificate"},
        {"", alice.certificate_pem, test::encrypted_key(alice.key_pem, "s3cret"), "the client key is encrypted"},
        {"", alice.certificate_pem, "nonsense", "the client key is not a PEM private key"},
        {"", "nonsense", alice.key_pem, "the client certificate holds no PEM certificate"},
        {"nonsense", "", "", "the certificate authority holds no PEM certificate"},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", "",
         "the certificate authority cannot be parsed"},
    };
    for (auto const& row : rows) {
        SCOPED_TRACE(row.said);
        tls_options options = trusting(row.ca);
        options.client_certificate_pem = row.certificate;
        options.client_key_pem = row.key;
        options.verify = !row.ca.empty();
        auto const pair = test::run(shake_hands(options, "kube", make_tls_server(alice)));
        ASSERT_TRUE(pair->client.has_error());
        EXPECT_EQ(pair->client.error().code(), errc::bad_config);
        EXPECT_THAT(pair->client.error().message(), HasSubstr(row.said));
    }
}

task<void> answer_plainly(byte_stream stream, std::string answer)
{
    co_await read_some(&stream);
    co_await write_all(&stream, std::move(answer));
}

task<tls_pair> shake_hands_with_text(std::string answer)
{
    tls_pair ended;
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto streams = make_stream_pair(executor);
    std::vector<task<void>> ends;
    ends.push_back(run_tls_client(std::move(streams.first), tls_options(), "kube", &ended));
    ends.push_back(answer_plainly(std::move(streams.second), std::move(answer)));
    co_await run_all(std::move(ends));
    co_return std::move(ended);
}

TEST(tls, says_when_the_server_does_not_speak_it)
{
    struct row {
        char const* answer;
        char const* said;
    };
    for (row const& row : {
             row{"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request", "answered in plain HTTP"},
             row{"SSH-2.0-OpenSSH_9.2\r\n", "does not speak TLS here"},
             row{"HT", "does not speak TLS here"},
             row{"", "closed the connection during the TLS handshake"},
             row{"\x15\x03\x03", "closed the connection during the TLS handshake"},
         }) {
        SCOPED_TRACE(row.answer);
        auto const pair = test::run(shake_hands_with_text(row.answer));
        ASSERT_TRUE(pair->client.has_error());
        EXPECT_EQ(pair->client.error().code(), errc::tls_rejected);
        EXPECT_THAT(pair->client.error().message(), HasSubstr(row.said));
    }
}

}  // namespace
}  // namespace kuberay::net
