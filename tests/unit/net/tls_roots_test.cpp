#include "net/tls_client.hpp"
#include "support/co_test.hpp"
#include "support/tls_pair.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kuberay::net {
namespace {

using test::certificate_authority;
using testing::HasSubstr;

/// SSL_CERT_FILE and SSL_CERT_DIR for one test, and a folder to point them at.
class scoped_roots {
public:
    scoped_roots()
        : folder_(std::filesystem::temp_directory_path() / ("kuberay-roots-" + std::to_string(::getpid())))
    {
        std::filesystem::create_directories(folder_);
        clear();
    }

    ~scoped_roots()
    {
        clear();
        std::filesystem::remove_all(folder_);
    }

    scoped_roots(scoped_roots const&) = delete;
    scoped_roots& operator=(scoped_roots const&) = delete;

    std::string use_file(std::string const& pem)
    {
        std::string const path = folder_ / "bundle.crt";
        std::ofstream(path) << pem;
        ::setenv("SSL_CERT_FILE", path.c_str(), 1);
        return path;
    }

    std::string use_missing_file()
    {
        std::string const path = folder_ / "missing.crt";
        ::setenv("SSL_CERT_FILE", path.c_str(), 1);
        return path;
    }

    void use_directory(std::string const& pem)
    {
        auto const certificate = std::move(parse_certificates(pem, "the authority").front());
        std::array<char, 16> name{};
        std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(certificate.get()));
        std::ofstream(folder_ / name.data()) << pem;
        ::setenv("SSL_CERT_DIR", folder_.c_str(), 1);
    }

private:
    static void clear()
    {
        ::unsetenv("SSL_CERT_FILE");
        ::unsetenv("SSL_CERT_DIR");
    }

    std::filesystem::path folder_;
};

task<void> connect(byte_stream over, std::shared_ptr<tls_context> context, result<byte_stream>* into)
{
    task<byte_stream> connecting = connect_tls(std::move(over), context, tls_options(), "localhost", "peer");
    *into = co_await as_result(std::move(connecting));
}

task<result<byte_stream>> shake(certificate_authority const* authority, std::shared_ptr<tls_context> context)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto streams = make_stream_pair(executor);
    result<byte_stream> client = error(errc::unexpected, "the client has not run");
    test::tls_pair server;
    std::vector<task<void>> ends;
    ends.push_back(connect(std::move(streams.first), context, &client));
    ends.push_back(test::run_tls_server(
        std::move(streams.second), test::make_tls_server(test::loopback_identity(*authority)), &server
    ));
    co_await run_all(std::move(ends));
    co_return std::move(client);
}

std::shared_ptr<tls_context> make_context(std::string ca_pem, system_roots roots)
{
    tls_options options;
    options.ca_pem = std::move(ca_pem);
    return std::make_shared<tls_context>(options, roots);
}

KUBERAY_CO_TEST(tls_roots, come_from_the_file_that_is_named)
{
    certificate_authority const authority;
    scoped_roots roots;
    std::string const path = roots.use_file(authority.pem());
    auto const context = make_context("", system_roots::when_no_authority_is_given);
    EXPECT_THAT(context->trusts(), HasSubstr(path + " (SSL_CERT_FILE)"));
    auto const client = co_await shake(&authority, context);
    EXPECT_TRUE(client.has_value()) << client.error().message();
}

KUBERAY_CO_TEST(tls_roots, come_from_the_directory_that_is_named)
{
    certificate_authority const authority;
    scoped_roots roots;
    roots.use_directory(authority.pem());
    auto const context = make_context("", system_roots::when_no_authority_is_given);
    EXPECT_THAT(context->trusts(), HasSubstr("(SSL_CERT_DIR)"));
    auto const client = co_await shake(&authority, context);
    EXPECT_TRUE(client.has_value()) << client.error().message();
}

KUBERAY_CO_TEST(tls_roots, that_are_missing_are_named)
{
    certificate_authority const authority;
    scoped_roots roots;
    std::string const path = roots.use_missing_file();
    auto const client = co_await shake(&authority, make_context("", system_roots::when_no_authority_is_given));
    EXPECT_EQ(client.error().code(), errc::tls_rejected);
    EXPECT_THAT(client.error().message(), HasSubstr("trusted: nothing (no certificate could be read from " + path));
}

KUBERAY_CO_TEST(tls_roots, are_not_used_beside_an_authority_unless_asked_for)
{
    certificate_authority const authority;
    certificate_authority const given("given");
    scoped_roots roots;
    roots.use_file(authority.pem());
    auto const without =
        co_await shake(&authority, make_context(given.pem(), system_roots::when_no_authority_is_given));
    EXPECT_TRUE(without.has_error());
    auto const with = co_await shake(&authority, make_context(given.pem(), system_roots::always));
    EXPECT_TRUE(with.has_value()) << with.error().message();
}

TEST(tls_context, is_shared_by_equal_options)
{
    certificate_authority const authority;
    tls_options options;
    options.ca_pem = authority.pem();
    auto const first = tls_context_for(options);
    EXPECT_EQ(tls_context_for(options), first);
    EXPECT_NE(tls_context_for(options, system_roots::always), first);
    options.server_name = "other";
    EXPECT_NE(tls_context_for(options), first);
}

}  // namespace
}  // namespace kuberay::net
