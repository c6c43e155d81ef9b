#include <kuberay/ray/session.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

TEST(session, each_kind_has_its_ports)
{
    struct row {
        target_kind kind;
        char const* expected;
    };
    for (row const& each : {
             row{target_kind::cluster, "Ray Dashboard http 8265:8265, Ray Interactive Client ray 10001:10001, "},
             row{target_kind::job, "Ray Dashboard http 8265:8265, "},
             row{target_kind::service, "Ray Dashboard http 8265:8265, Ray Serve http 8000:8000, "},
         }) {
        std::string text;
        for (session_port const& port : session_ports(each.kind))
            text += port.label + " " + port.scheme + " " + std::to_string(port.mapping.local) + ":"
                    + std::to_string(port.mapping.remote) + ", ";
        EXPECT_EQ(text, each.expected) << word_of(each.kind);
    }
}

}  // namespace
}  // namespace kuberay::ray
