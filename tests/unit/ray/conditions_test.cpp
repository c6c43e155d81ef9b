#include <kuberay/ray/conditions.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace kuberay::ray {
namespace {

kube::condition condition_of(std::string_view type, std::string_view status)
{
    kube::condition made;
    made.type = type;
    made.status = status;
    return made;
}

struct ranking_row {
    std::vector<kube::condition> conditions;
    std::string_view expected;
};

TEST(conditions, the_top_condition_is_the_first_true_one_of_the_ranking_in_any_order)
{
    std::vector<ranking_row> const rows{
        {{}, ""},
        {{condition_of("RayClusterProvisioned", "False")}, ""},
        {{condition_of("Other", "True")}, ""},
        {{condition_of("HeadPodReady", "True"), condition_of("RayClusterProvisioned", "True")}, "RayClusterProvisioned"
        },
        {{condition_of("RayClusterProvisioned", "False"), condition_of("HeadPodReady", "True"),
          condition_of("ReplicaFailure", "True")},
         "HeadPodReady"},
        {{condition_of("RayClusterSuspended", "True"), condition_of("ReplicaFailure", "True")}, "ReplicaFailure"},
        {{condition_of("RayClusterSuspending", "True"), condition_of("RayClusterSuspended", "True")},
         "RayClusterSuspended"},
        {{condition_of("RayClusterSuspending", "True"), condition_of("HeadPodReady", "Unknown")}, "RayClusterSuspending"
        },
    };
    std::mt19937 random(7);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        cluster_status status;
        status.conditions = rows[i].conditions;
        for (int shuffles = 0; shuffles < 6; ++shuffles) {
            kube::condition const* top = relevant_condition(status);
            EXPECT_EQ(top ? std::string_view(top->type) : std::string_view(), rows[i].expected) << "row " << i;
            std::ranges::shuffle(status.conditions, random);
        }
    }
}

TEST(conditions, provisioned_is_the_condition_or_the_old_state)
{
    cluster_status status;
    EXPECT_FALSE(is_provisioned(status));
    status.state = "ready";
    EXPECT_TRUE(is_provisioned(status));
    status.state = "failed";
    EXPECT_FALSE(is_provisioned(status));
    status.conditions.push_back(condition_of("RayClusterProvisioned", "True"));
    EXPECT_TRUE(is_provisioned(status));
}

}  // namespace
}  // namespace kuberay::ray
