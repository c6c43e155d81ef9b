#pragma once

#include <kuberay/base/error.hpp>
#include <kuberay/kube/resource.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

enum class target_kind { cluster, job, service, cron_job };

/// "raycluster", "rayjob", "rayservice", "raycronjob": the word before the slash, and in messages.
std::string_view word_of(target_kind kind) noexcept;

kube::resource_type const& type_of(target_kind kind);

/// What a person names on the command line: NAME (a RayCluster) or TYPE/NAME. A value.
struct target {
    target() = default;
    target(target_kind of, std::string named);
    target_kind kind = target_kind::cluster;
    std::string name;
    std::string str() const;  ///< "raycluster/demo"
    bool operator==(target const&) const = default;
};

/// Reads NAME or TYPE/NAME. TYPE in any case, also plural (`rayjobs/x`).
/// Errors: `errc::bad_input` naming the argument: malformed (more than one slash, an empty part, a name that cannot be
/// one), or a type that is not among `accepted`, naming those.
result<target> parse_target(
    std::string_view argument, std::vector<target_kind> const& accepted =
                                   {target_kind::cluster, target_kind::job, target_kind::service, target_kind::cron_job}
);

}  // namespace kuberay::ray
