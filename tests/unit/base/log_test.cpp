#include <kuberay/base/log.hpp>

#include <gtest/gtest.h>

namespace kuberay {
namespace {

TEST(log, is_silent_by_default)
{
    logger const log;
    EXPECT_FALSE(log.enabled(log_level::warning));
    log.write(log_level::warning, "nobody hears this");
}

TEST(log, passes_on_what_the_verbosity_allows)
{
    auto const sink = std::make_shared<recording_log_sink>();
    logger const log(sink, log_level::request);
    EXPECT_TRUE(log.enabled(log_level::request));
    EXPECT_FALSE(log.enabled(log_level::headers));
    log.write(log_level::request, "GET /version");
    log.write(log_level::bodies, "{}");
    auto const records = sink->records();
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].level, log_level::request);
    EXPECT_EQ(records[0].message, "GET /version");
}

TEST(log, shows_only_header_values_known_to_be_harmless)
{
    struct row {
        char const *name, *value, *expected;
    };
    row const rows[] = {
        {"Content-Type", "application/json", "Content-Type: application/json"},
        {"user-agent", "kubectl-ray/1", "user-agent: kubectl-ray/1"},
        {"Authorization", "Bearer abc", "Authorization: <masked>"},
        {"Cookie", "session=1", "Cookie: <masked>"},
        {"Proxy-Authorization", "Basic abc", "Proxy-Authorization: <masked>"},
        {"X-Ray-Authorization", "Bearer abc", "X-Ray-Authorization: <masked>"},
        {"X-Unheard-Of", "1", "X-Unheard-Of: <masked>"},
        {"Sec-WebSocket-Protocol", "v4.channel.k8s.io", "Sec-WebSocket-Protocol: v4.channel.k8s.io"},
        {"Sec-WebSocket-Protocol", "Base64URL.Bearer.authorization.k8s.io.abc", "Sec-WebSocket-Protocol: <masked>"},
        {"Server", "evil\x1b[2J", "Server: evil^[[2J"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(log_header_line(r.name, r.value), r.expected);
}

}  // namespace
}  // namespace kuberay
