#include "cluster.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace kuberay::testing {

namespace {

constexpr std::size_t kept_rests = 16;

bool fits(std::string const& rule, std::string_view value) { return rule.empty() || rule == value; }

}  // namespace

cluster::cluster(api_server_options options)
    : options(std::move(options))
    , tokens(this->options.tokens)
{
    for (char const* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
        json::object ns;
        ns["apiVersion"] = "v1";
        ns["kind"] = "Namespace";
        json::object& meta = meta_of(ns);
        meta["name"] = name;
        meta["uid"] = make_uid();
        meta["creationTimestamp"] = now_text();
        meta["labels"] = json::object({{"kubernetes.io/metadata.name", name}});
        ns["spec"] = json::object({{"finalizers", json::array({"kubernetes"})}});
        ns["status"] = json::object({{"phase", "Active"}});
        store.write(*find_resource("namespaces"), std::move(ns));
    }
}

timestamp cluster::now() const
{
    return fixed_time ? *fixed_time
                      : std::chrono::time_point_cast<timestamp::duration>(std::chrono::system_clock::now());
}

std::string cluster::now_text() const { return format_rfc3339(now()); }

std::string cluster::make_uid()
{
    std::array<char, 40> text;
    std::snprintf(
        text.data(), text.size(), "00000000-0000-4000-8000-%012llx", static_cast<unsigned long long>(next_uid_++)
    );
    return text.data();
}

std::string cluster::make_suffix()
{
    static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    std::string suffix;
    for (int i = 0; i < 5; ++i) {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        suffix += letters[random_ % letters.size()];
    }
    return suffix;
}

std::string cluster::make_service_ip()
{
    unsigned const ip = next_ip_++;
    return "10.96." + std::to_string(ip / 250) + "." + std::to_string(ip % 250 + 1);
}

std::optional<std::string> cluster::user_of_token(std::string_view token) const
{
    for (auto const& [accepted, user] : tokens)
        if (accepted == token) return user;
    return std::nullopt;
}

bool cluster::wants_credentials() const noexcept
{
    return !options.tokens.empty() || !tokens.empty() || !options.client_certificate_user.empty();
}

bool cluster::denies(
    std::string_view user, std::string_view verb, std::string_view group, std::string_view resource, std::string_view ns
) const
{
    return std::ranges::any_of(denials, [&](deny_rule const& rule) {
        return fits(rule.user, user) && fits(rule.verb, verb) && fits(rule.group, group)
               && fits(rule.resource, resource) && fits(rule.ns, ns);
    });
}

std::string cluster::keep_rest(list_rest rest)
{
    std::uint64_t const number = next_rest_++;
    rests_[number] = std::move(rest);
    if (rests_.size() > kept_rests) rests_.erase(rests_.begin());
    return "page-" + std::to_string(number);
}

cluster::list_rest const* cluster::find_rest(std::string const& token) const
{
    std::uint64_t number = 0;
    if (!token.starts_with("page-")) return nullptr;
    std::from_chars(token.data() + 5, token.data() + token.size(), number);
    auto const found = rests_.find(number);
    return found == rests_.end() ? nullptr : &found->second;
}

}  // namespace kuberay::testing
