#include <kuberay/ray/conditions.hpp>

#include <algorithm>
#include <array>

namespace kuberay::ray {

kube::condition const* find_condition(std::vector<kube::condition> const& all, std::string_view type) noexcept
{
    auto const found = std::ranges::find(all, type, &kube::condition::type);
    return found == all.end() ? nullptr : &*found;
}

kube::condition const* relevant_condition(cluster_status const& status) noexcept
{
    static constexpr std::array ranking{
        cluster_condition::provisioned, cluster_condition::head_pod_ready, cluster_condition::replica_failure,
        cluster_condition::suspended, cluster_condition::suspending
    };
    for (std::string_view const type : ranking)
        for (auto const& condition : status.conditions)
            if (condition.type == type && condition.is_true()) return &condition;
    return nullptr;
}

bool is_provisioned(cluster_status const& status) noexcept
{
    auto const* condition = find_condition(status.conditions, cluster_condition::provisioned);
    return (condition && condition->is_true()) || status.state == cluster_state::ready;
}

}  // namespace kuberay::ray
