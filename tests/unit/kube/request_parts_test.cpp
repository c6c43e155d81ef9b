#include "kube/permission.hpp"
#include "kube/request_log.hpp"
#include "kube/retry.hpp"
#include "kube/server_warning.hpp"

#include <gtest/gtest.h>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using std::chrono::seconds;

TEST(retry, the_decision_follows_the_answer)
{
    struct row {
        char const* name;
        int status;
        int retries;
        bool replayable;
        std::optional<seconds> asked;
        std::optional<std::chrono::milliseconds> remaining;
        std::optional<seconds> expected;
    };
    std::vector<row> const rows{
        {"429", 429, 0, true, seconds(2), std::nullopt, seconds(2)},
        {"503", 503, 0, true, seconds(2), std::nullopt, seconds(2)},
        {"500 at once", 500, 0, true, seconds(0), std::nullopt, seconds(0)},
        {"404", 404, 0, true, seconds(2), std::nullopt, std::nullopt},
        {"not asked", 503, 0, true, std::nullopt, std::nullopt, std::nullopt},
        {"body gone", 503, 0, false, seconds(2), std::nullopt, std::nullopt},
        {"ninth retry", 503, 9, true, seconds(2), std::nullopt, seconds(2)},
        {"tenth retry done", 503, 10, true, seconds(2), std::nullopt, std::nullopt},
        {"the longest", 503, 0, true, seconds(30), std::nullopt, seconds(30)},
        {"too long", 503, 0, true, seconds(31), std::nullopt, std::nullopt},
        {"within the deadline", 503, 0, true, seconds(2), seconds(3), seconds(2)},
        {"past the deadline", 503, 0, true, seconds(3), seconds(3), std::nullopt},
    };
    for (auto const& row : rows) {
        retry_question about;
        about.status = row.status;
        about.retries = row.retries;
        about.can_be_sent_again = row.replayable;
        about.asked = row.asked;
        about.remaining = row.remaining;
        EXPECT_EQ(wait_before_retry(about), row.expected) << row.name;
    }
}

TEST(retry, the_time_to_wait_is_seconds_or_a_date)
{
    net::http_fields fields;
    auto const now = parse_http_date("Sun, 06 Nov 1994 08:49:30 GMT");
    EXPECT_FALSE(retry_after(fields, now).has_value());
    for (char const* nonsense : {"", "-1", "1.5", "soon", "Sun, 06 Nov 1994 25:49:37 GMT", "99999999999999999999"}) {
        fields.set("Retry-After", nonsense);
        EXPECT_FALSE(retry_after(fields, now).has_value()) << nonsense;
    }
    fields.set("Retry-After", " 12 ");
    EXPECT_EQ(retry_after(fields, now), seconds(12));
    fields.set("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(retry_after(fields, now), seconds(7));
    fields.set("Date", "Sun, 06 Nov 1994 08:49:36 GMT");
    EXPECT_EQ(retry_after(fields, now), seconds(1));
    fields.set("Date", "Sun, 06 Nov 1994 08:50:36 GMT");
    EXPECT_EQ(retry_after(fields, now), seconds(0));
}

TEST(server_warning, texts_of_code_299_are_taken)
{
    struct row {
        char const* field;
        std::vector<std::string> expected;
    };
    std::vector<row> const rows{
        {R"(299 - "plain")", {"plain"}},
        {R"(299 - "a, \"b\" \\ c" "Sat, 25 Aug 2012 23:34:45 GMT", 299 agent "second")", {R"(a, "b" \ c)", "second"}},
        {R"(199 - "other")", {}},
        {R"(299 - "unfinished)", {}},
        {R"(299)", {}},
        {"299 - \"esc \x1b[0m\"", {"esc ^[[0m"}},
    };
    for (auto const& row : rows) {
        net::http_fields fields;
        fields.add("Warning", row.field);
        EXPECT_EQ(server_warnings(fields), row.expected) << row.field;
    }
}

TEST(permission, is_read_off_the_request)
{
    struct row {
        char const* method;
        char const* target;
        char const* expected;  // verb group resource ns name
    };
    std::vector<row> const rows{
        {"GET", "/api/v1/namespaces/a/pods?limit=5", "list||pods|a|"},
        {"GET", "/api/v1/pods?watch=true&x=y", "watch||pods||"},
        {"GET", "/api/v1/namespaces/a/pods/p/exec?command=ls", "get||pods/exec|a|p"},
        {"POST", "/api/v1/namespaces/a/pods/p/portforward", "create||pods/portforward|a|p"},
        {"GET", "/api/v1/namespaces/a", "get||namespaces||a"},
        {"PATCH", "/apis/ray.io/v1/namespaces/a/rayclusters/c", "patch|ray.io|rayclusters|a|c"},
        {"PUT", "/apis/ray.io/v1/namespaces/a/rayclusters/c/status", "update|ray.io|rayclusters/status|a|c"},
        {"DELETE", "/apis/ray.io/v1/namespaces/a/rayclusters", "deletecollection|ray.io|rayclusters|a|"},
        {"DELETE", "/apis/ray.io/v1/namespaces/a/rayclusters/c", "delete|ray.io|rayclusters|a|c"},
        {"GET", "/version", "||||"},
        {"GET", "/apis/ray.io/v1", "||||"},
    };
    for (auto const& row : rows) {
        permission const p = permission_of(row.method, row.target);
        EXPECT_EQ(p.verb + "|" + p.group + "|" + p.resource + "|" + p.ns + "|" + p.name, row.expected) << row.target;
    }
    EXPECT_EQ(
        hint_of_permission(permission_of("GET", "/api/v1/pods/p/exec")),
        "A role must allow \"get\" on \"pods/exec\" in all namespaces; check with: kubectl auth can-i get pods "
        "--subresource=exec"
    );
    EXPECT_EQ(hint_of_permission(permission()), "");
}

TEST(request_log, knows_which_bodies_to_hide)
{
    EXPECT_TRUE(may_hold_secrets("/api/v1/namespaces/a/secrets/b?x=y"));
    EXPECT_TRUE(may_hold_secrets("/api/v1/namespaces/a/serviceaccounts/b/token"));
    EXPECT_FALSE(may_hold_secrets("/api/v1/namespaces/a/pods/b?note=secrets"));
}

}  // namespace
