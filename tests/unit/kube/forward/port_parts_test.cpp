#include "kube/port_channels.hpp"
#include "kube/tunnel_link.hpp"

#include <kuberay/kube/port_forwarder.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace kuberay::kube {
namespace {

TEST(PortMapping, reads_what_people_write_and_names_what_it_cannot_read)
{
    struct row {
        char const* text;
        int local, remote;  // below 0: refused
    };
    for (row const& r :
         {row{"8265", 8265, 8265}, row{"9000:8265", 9000, 8265}, row{":8265", 0, 8265}, row{"0:8265", 0, 8265},
          row{"65535:1", 65535, 1}, row{"", -1, -1}, row{":", -1, -1}, row{"0", -1, -1}, row{"80:0", -1, -1},
          row{"65536", -1, -1}, row{"80:65536", -1, -1}, row{"x:80", -1, -1}, row{"80:x", -1, -1},
          row{"80:80:80", -1, -1}, row{"-1:80", -1, -1}, row{"+80", -1, -1}, row{" 80", -1, -1}, row{"80 ", -1, -1},
          row{"0x50", -1, -1}}) {
        auto const read = parse_port_mapping(r.text);
        EXPECT_EQ(read.has_value(), r.local >= 0) << r.text;
        if (read.has_value()) {
            EXPECT_EQ(read->local, r.local) << r.text;
            EXPECT_EQ(read->remote, r.remote) << r.text;
        } else {
            EXPECT_EQ(read.error().code(), errc::bad_input) << r.text;
            EXPECT_NE(read.error().message().find("\"" + std::string(r.text) + "\""), std::string::npos) << r.text;
        }
    }
}

std::string message(char channel, std::string const& bytes) { return std::string(1, channel) + bytes; }

std::string const port_80("\x50\x00", 2);

TEST(PortChannels, drop_the_port_at_their_start_and_keep_bytes_and_words_apart)
{
    port_channel_decoder reader(80);
    EXPECT_FALSE(reader.read(message(0, port_80)));
    EXPECT_FALSE(reader.read(message(1, port_80)));
    auto const data = reader.read(message(0, "hello"));
    ASSERT_TRUE(data);
    EXPECT_EQ(data->what, port_message::kind::data);
    EXPECT_EQ(data->bytes, "hello");
    auto const words = reader.read(message(1, "refused"));
    ASSERT_TRUE(words);
    EXPECT_EQ(words->what, port_message::kind::failure);
    EXPECT_EQ(words->bytes, "refused");
    EXPECT_FALSE(reader.read(std::string()));
    EXPECT_FALSE(reader.read(message(0, "")));
    EXPECT_EQ(port_channel_message("abc"), message(0, "abc"));
}

TEST(PortChannels, refuse_other_channels_other_ports_and_a_missing_port)
{
    for (std::string const& wrong :
         {message(2, port_80), message(0, std::string("\x51\x00", 2)), message(0, "P"), message(1, "refused")}) {
        port_channel_decoder reader(80);
        try {
            reader.read(wrong);
            ADD_FAILURE() << "read " << wrong;
        } catch (failure const& failed) {
            EXPECT_EQ(failed.error().code(), errc::protocol_violation) << wrong;
        }
    }
}

error refusal(int code, char const* why, char const* name = "")
{
    server_status status;
    status.http_status = code;
    status.reason = why;
    status.kind = "pods";
    status.name = name;
    status.message = "no";
    return error(std::move(status));
}

TEST(PortForwardProtocol, is_chosen_by_who_refused_and_why)
{
    struct row {
        char const* name;
        error why;
        next_protocol next;
    };
    row const rows[] = {
        {"a role with only create", refusal(403, "Forbidden"), next_protocol::spdy},
        {"a kubelet that does not know the protocol", refusal(403, ""), next_protocol::channels},
        {"a kubelet that wants ports", refusal(400, ""), next_protocol::channels},
        {"a pod that cannot be reached", refusal(400, "BadRequest"), next_protocol::spdy},
        {"no such pod", refusal(404, "NotFound", "x"), next_protocol::none},
        {"a proxy's page", refusal(404, ""), next_protocol::channels},
        {"not logged in", refusal(401, "Unauthorized"), next_protocol::none},
        {"a broken node", refusal(500, "InternalError"), next_protocol::none},
        {"a method not known", refusal(501, ""), next_protocol::channels},
        {"a sub-protocol not offered", error(errc::protocol_violation, "x"), next_protocol::channels},
        {"no agreement", error(errc::upgrade_refused, "x"), next_protocol::channels},
        {"a network that failed", error(errc::connection_lost, "x"), next_protocol::none},
    };
    for (auto const& r : rows)
        EXPECT_EQ(protocol_after(r.why, "x"), r.next) << r.name;
}

}  // namespace
}  // namespace kuberay::kube
