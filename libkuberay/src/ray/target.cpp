#include "base/quote.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/cron_job.hpp>
#include <kuberay/ray/service.hpp>
#include <kuberay/ray/target.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

std::string words_of(std::vector<target_kind> const& kinds)
{
    std::vector<std::string> words;
    for (target_kind const kind : kinds)
        words.emplace_back(word_of(kind));
    return join(words, ", ");
}

error malformed(std::string_view argument, std::string why)
{
    return error(errc::bad_input, kuberay::quoted(argument) + " is not NAME or TYPE/NAME: " + std::move(why));
}

}  // namespace

std::string_view word_of(target_kind kind) noexcept
{
    switch (kind) {
    case target_kind::job: return "rayjob";
    case target_kind::service: return "rayservice";
    case target_kind::cron_job: return "raycronjob";
    case target_kind::cluster: break;
    }
    return "raycluster";
}

kube::resource_type const& type_of(target_kind kind)
{
    switch (kind) {
    case target_kind::job: return job::type();
    case target_kind::service: return service::type();
    case target_kind::cron_job: return cron_job::type();
    case target_kind::cluster: break;
    }
    return cluster::type();
}

target::target(target_kind of, std::string named)
    : kind(of)
    , name(std::move(named))
{
}

std::string target::str() const { return std::string(word_of(kind)) + "/" + name; }

result<target> parse_target(std::string_view argument, std::vector<target_kind> const& accepted)
{
    std::vector<std::string> const parts = split(argument, '/');
    if (parts.size() > 2) return malformed(argument, "it has more than one slash");
    std::string const& name = parts.back();
    if (name.empty()) return malformed(argument, "the name is empty");
    if (!is_dns1123_subdomain(name)) return malformed(argument, kuberay::quoted(name) + " cannot be a name");
    if (parts.size() == 1) return target(target_kind::cluster, name);
    std::string const word = to_lower(parts.front());
    if (word.empty()) return malformed(argument, "the type is empty");
    auto const found = std::ranges::find_if(accepted, [&](target_kind kind) {
        return word == word_of(kind) || word == std::string(word_of(kind)) + "s";
    });
    if (found != accepted.end()) return target(*found, name);
    return error(
        errc::bad_input, "unsupported type " + kuberay::quoted(parts.front()) + " in " + kuberay::quoted(argument)
                             + "; use one of " + words_of(accepted)
    );
}

}  // namespace kuberay::ray
