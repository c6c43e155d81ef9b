#include "kube/credentials.hpp"
#include "kube/token_file.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_category.hpp>

#include <cerrno>
#include <optional>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace std::chrono_literals;

struct file_on_disk {
    std::optional<std::string> text;
    int reads = 0;
    timestamp time{};
};

std::shared_ptr<token_file_source> source_of(file_on_disk& on, std::string const& inline_token = std::string())
{
    auto read = [&on](std::filesystem::path const&) {
        ++on.reads;
        if (on.text) return result<std::string>(*on.text);
        return result<std::string>(error(error_code(ENOENT, boost::system::system_category()), "reading"));
    };
    return std::make_shared<token_file_source>("/run/token", inline_token, [&on] { return on.time; }, read);
}

KUBERAY_CO_TEST(token_file, is_read_again_after_fifty_seconds)
{
    file_on_disk on;
    on.text = "one\n";
    auto const source = source_of(on);
    credential_ptr const first = co_await source->get();
    EXPECT_EQ(first->authorization, "Bearer one");
    on.text = "two";
    on.time += 49s;
    credential_ptr const same = co_await source->get();
    EXPECT_EQ(same, first);
    EXPECT_EQ(on.reads, 1);
    on.time += 1s;
    credential_ptr const next = co_await source->get();
    EXPECT_EQ(next->authorization, "Bearer two");
}

KUBERAY_CO_TEST(token_file, the_last_good_token_is_kept)
{
    file_on_disk on;
    on.text = "one";
    auto const source = source_of(on);
    co_await source->get();
    on.text = " \n";
    on.time += 60s;
    credential_ptr const kept = co_await source->get();
    EXPECT_EQ(kept->authorization, "Bearer one");
    on.text.reset();
    credential_ptr const still = co_await source->get();
    EXPECT_EQ(still->authorization, "Bearer one");
}

KUBERAY_CO_TEST(token_file, beats_an_inline_token_that_is_used_without_it)
{
    file_on_disk on;
    auto const source = source_of(on, "inline");
    credential_ptr const first = co_await source->get();
    EXPECT_EQ(first->authorization, "Bearer inline");
    on.text = "file";
    credential_ptr const next = co_await source->get();
    EXPECT_EQ(next->authorization, "Bearer file");
}

KUBERAY_CO_TEST(token_file, without_any_token_it_says_why)
{
    file_on_disk on;
    auto const failed = co_await as_result(source_of(on)->get());
    EXPECT_EQ(failed.error().code(), errc::credentials);
    EXPECT_EQ(failed.error().message(), "the token file /run/token cannot be used: No such file or directory");
}

KUBERAY_CO_TEST(token_file, a_refusal_helps_only_when_the_file_has_changed)
{
    file_on_disk on;
    on.text = "one";
    auto const source = source_of(on);
    credential_ptr const first = co_await source->get();
    EXPECT_FALSE(source->renew(first));
    on.text = "two";
    EXPECT_TRUE(source->renew(first));
    EXPECT_TRUE(source->renew(first));
    EXPECT_EQ(on.reads, 3);
}

KUBERAY_CO_TEST(credentials, what_is_configured_is_sent)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auth_options token;
    token.token = "t";
    auth_options basic;
    basic.username = "ada";
    basic.password = "pw";
    auto const now = [] { return timestamp(); };
    credential_ptr const bearer = co_await make_credential_source(executor, token, now)->get();
    credential_ptr const password = co_await make_credential_source(executor, basic, now)->get();
    credential_ptr const nothing = co_await make_credential_source(executor, auth_options(), now)->get();
    EXPECT_EQ(bearer->authorization, "Bearer t");
    EXPECT_EQ(password->authorization, "Basic YWRhOnB3");
    EXPECT_EQ(nothing->authorization, "");
    EXPECT_FALSE(make_credential_source(executor, token, now)->renew(bearer));
}

}  // namespace
