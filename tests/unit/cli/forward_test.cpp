#include "commands/forward.hpp"

#include <kuberay/base/text.hpp>

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(forward, lines_are_those_that_scripts_read)
{
    std::vector<ray::session_port> ports(2);
    ports[0].label = "Ray Interactive Client";
    ports[0].scheme = "ray";
    ports[0].mapping.local = ports[0].mapping.remote = 10001;
    ports[1].mapping.remote = 6379;
    std::vector<kube::local_port> bound(2);
    bound[0].port = 40001;
    bound[0].wanted = bound[0].remote = 10001;
    bound[1].port = 40002;
    bound[1].remote = 6379;
    EXPECT_EQ(
        commands::port_lines(ports, bound, "localhost"),
        "Ray Interactive Client: ray://localhost:40001\nPort 6379: localhost:40002\n"
    );
}

TEST(forward, the_host_is_one_that_reaches_the_address)
{
    using list = std::vector<std::string>;
    for (list const& local : {list{}, list{"localhost"}, list{"0.0.0.0"}, list{"10.1.1.1", "127.0.0.1"}, list{"::"}})
        EXPECT_EQ(commands::reachable_host(local), "localhost") << kuberay::join(local, ",");
    EXPECT_EQ(commands::reachable_host({"10.1.1.1"}), "10.1.1.1");
    EXPECT_EQ(commands::reachable_host({"fd00::1"}), "[fd00::1]");
}

}  // namespace
}  // namespace cli
