#include "kube/port_binding.hpp"
#include "support/co_test.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kuberay::kube {
namespace {

std::vector<std::string> const localhost(1, "localhost");

std::vector<port_mapping> mapping(std::uint16_t local, bool any_if_taken = false)
{
    std::vector<port_mapping> one(1, port_mapping(local, 80));
    one.front().any_if_taken = any_if_taken;
    return one;
}

error why_not(asio::io_context& io, std::vector<std::string> const& addresses, std::vector<port_mapping> const& ports)
{
    try {
        bind_ports(io.get_executor(), addresses, ports);
    } catch (failure const& failed) {
        return failed.error();
    }
    ADD_FAILURE() << "it is bound";
    return error();
}

std::vector<std::string> addresses_of(std::vector<bound_port> const& bound)
{
    std::vector<std::string> all;
    for (auto const& one : bound)
        all.push_back(one.where.address);
    return all;
}

TEST(PortBinding, localhost_is_both_loopback_addresses_with_one_port_where_the_machine_has_them)
{
    asio::io_context io(1);
    auto const bound = bind_ports(io.get_executor(), localhost, mapping(0));
    ASSERT_FALSE(bound.empty());
    for (auto const& one : bound) {
        EXPECT_TRUE(one.where.address == "127.0.0.1" || one.where.address == "::1") << one.where.address;
        EXPECT_EQ(one.where.port, bound.front().where.port);
        EXPECT_EQ(one.where.port, one.listener.port());
        EXPECT_EQ(one.where.wanted, 0);
        EXPECT_EQ(one.where.remote, 80);
        EXPECT_EQ(one.mapping, 0U);
    }
}

TEST(PortBinding, an_address_is_listened_on_once_and_nothing_else_is)
{
    asio::io_context io(1);
    std::vector<std::string> const twice = {"127.0.0.1", "127.0.0.2", "127.0.0.1"};
    auto const bound = bind_ports(io.get_executor(), twice, mapping(0));
    EXPECT_EQ(addresses_of(bound), (std::vector<std::string>{"127.0.0.1", "127.0.0.2"}));
    std::vector<std::string> const other(1, "127.0.0.3");
    EXPECT_NO_THROW(bind_ports(io.get_executor(), other, mapping(bound.front().where.port)));
}

TEST(PortBinding, a_taken_port_is_named_with_advice_or_another_one_is_taken)
{
    asio::io_context io(1);
    std::vector<std::string> const one_address(1, "127.0.0.1");
    auto const first = bind_ports(io.get_executor(), one_address, mapping(0));
    std::uint16_t const taken = first.front().where.port;
    error const why = why_not(io, localhost, mapping(taken));
    EXPECT_EQ(why.code(), asio::error::address_in_use);
    EXPECT_NE(why.message().find("127.0.0.1:" + std::to_string(taken)), std::string::npos) << why.message();
    EXPECT_FALSE(why.hint().empty());
    auto const moved = bind_ports(io.get_executor(), localhost, mapping(taken, true));
    ASSERT_FALSE(moved.empty());
    for (auto const& one : moved) {
        EXPECT_NE(one.where.port, taken);
        EXPECT_EQ(one.where.port, moved.front().where.port);
        EXPECT_EQ(one.where.wanted, taken);
    }
}

TEST(PortBinding, nothing_stays_bound_when_one_port_is_taken)
{
    asio::io_context io(1);
    std::vector<std::string> const one_address(1, "127.0.0.1");
    std::uint16_t free_port = 0;
    {
        auto const probe = bind_ports(io.get_executor(), one_address, mapping(0));
        free_port = probe.front().where.port;
    }
    auto const first = bind_ports(io.get_executor(), one_address, mapping(0));
    std::vector<port_mapping> both = mapping(free_port);
    both.emplace_back(first.front().where.port, std::uint16_t(81));
    EXPECT_EQ(why_not(io, one_address, both).code(), asio::error::address_in_use);
    EXPECT_NO_THROW(bind_ports(io.get_executor(), one_address, mapping(free_port)));
}

TEST(PortBinding, addresses_that_cannot_be_listened_on_are_named)
{
    asio::io_context io(1);
    struct row {
        char const* address;
        error_code code;
    };
    for (row const& r :
         {row{"example.org", errc::bad_input}, row{"", errc::bad_input}, row{"127.0.0.1:80", errc::bad_input},
          row{"192.0.2.1", error_code(boost::system::errc::address_not_available, boost::system::system_category())}}) {
        error const why = why_not(io, std::vector<std::string>(1, r.address), mapping(0));
        EXPECT_EQ(why.code(), r.code) << r.address << ": " << why.message();
        EXPECT_NE(why.message().find(r.address), std::string::npos) << why.message();
    }
    EXPECT_EQ(why_not(io, std::vector<std::string>(), mapping(0)).code(), errc::bad_input);
}

}  // namespace
}  // namespace kuberay::kube
