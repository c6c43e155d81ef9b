#pragma once

#include "object_store.hpp"

#include <kuberay/base/time.hpp>
#include <kuberay/testing/api_server.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::testing {

/// The state of the simulated cluster, without its connections. Everything that answers requests works on it.
class cluster {
public:
    explicit cluster(api_server_options options);

    timestamp now() const;
    std::string now_text() const;

    /// A new uid; the n-th of every cluster is the same.
    std::string make_uid();
    /// Five characters for generated names.
    std::string make_suffix();
    std::string make_service_ip();

    /// Who the bearer token stands for. nullopt: nobody.
    std::optional<std::string> user_of_token(std::string_view token) const;
    /// True when requests must say who sends them.
    bool wants_credentials() const noexcept;
    bool denies(
        std::string_view user, std::string_view verb, std::string_view group, std::string_view resource,
        std::string_view ns
    ) const;

    /// What continued lists go on with: the rest, as it was.
    struct list_rest {
        list_rest() = default;
        std::vector<object_ptr> objects;
        std::size_t next = 0;
        std::uint64_t version = 0;
    };

    /// Keeps the rest under a token; only the newest few are kept.
    std::string keep_rest(list_rest rest);
    list_rest const* find_rest(std::string const& token) const;
    void forget_rests() { rests_.clear(); }

    api_server_options options;
    object_store store;
    std::optional<timestamp> fixed_time;
    std::vector<std::pair<std::string, std::string>> tokens;
    std::vector<deny_rule> denials;
    std::set<std::string, std::less<>> gone_uids;  ///< of deleted objects whose dependents are still to be looked at

private:
    std::map<std::uint64_t, list_rest> rests_;
    std::uint64_t next_rest_ = 1;
    std::uint64_t next_uid_ = 1;
    std::uint64_t random_ = 0x2545f4914f6cdd1d;
    unsigned next_ip_ = 10;
};

}  // namespace kuberay::testing
