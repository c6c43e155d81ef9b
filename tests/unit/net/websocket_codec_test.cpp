#include "net/websocket_codec.hpp"

#include <kuberay/base/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

using namespace std::string_literals;

std::vector<websocket_event> decode(websocket_role reader, std::string const& wire, std::size_t split)
{
    websocket_decoder decoder(reader, 100000);
    std::vector<websocket_event> events;
    for (auto const& piece : {wire.substr(0, split), wire.substr(split)}) {
        decoder.put(piece);
        while (auto event = decoder.next())
            events.push_back(std::move(*event));
    }
    return events;
}

std::string describe(std::vector<websocket_event> const& events)
{
    std::string text;
    for (auto const& event : events) {
        text += std::to_string(static_cast<int>(event.kind)) + ":" + event.payload;
        if (event.close_code != 0) text += "(" + std::to_string(event.close_code) + ")";
        text += ";";
    }
    return text;
}

struct frames_row {
    char const* name;
    std::string wire;
    char const* events;
};

// RFC 6455 section 5.7 has the first ones.
std::vector<frames_row> frames_for_a_client()
{
    return {
        {"one text frame", "\x81\x05Hello"s, "1:Hello;"},
        {"fragments", "\x01\x03Hel\x80\x02lo"s, "1:Hello;"},
        {"ping between fragments", "\x02\x03Hel\x89\x01!\x80\x02lo"s, "9:!;2:Hello;"},
        {"empty fragments", "\x02\x00\x00\x00\x80\x02ok"s, "2:ok;"},
        {"empty message", "\x82\x00"s, "2:;"},
        {"pong", "\x8a\x00"s, "10:;"},
        {"close without code", "\x88\x00"s, "8:(1005);"},
        {"close with code and reason",
         "\x88\x05\x03\xe8"
         "bye"s,
         "8:bye(1000);"},
        {"bytes behind a close", "\x88\x02\x03\xe8\xff\xff\xff"s, "8:(1000);"},
    };
}

TEST(websocket_decoder, reads_every_row_split_at_every_position)
{
    for (auto const& row : frames_for_a_client())
        for (std::size_t split = 0; split <= row.wire.size(); ++split)
            EXPECT_EQ(describe(decode(websocket_role::client, row.wire, split)), row.events)
                << row.name << " at " << split;
}

TEST(websocket_decoder, unmasks_what_a_client_sends_split_at_every_position)
{
    std::string const wire = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s;  // RFC 6455 section 5.7
    for (std::size_t split = 0; split <= wire.size(); ++split)
        EXPECT_EQ(describe(decode(websocket_role::server, wire, split)), "1:Hello;") << split;
}

TEST(websocket_decoder, reads_back_every_size_of_length_field)
{
    for (std::size_t const size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 99999u}) {
        std::string const payload(size, 'p');
        websocket_mask const mask{'a', '\x80', '\xff', '\0'};
        std::string masked = payload;
        apply_mask(masked.data(), masked.size(), mask);
        for (bool const from_client : {false, true}) {
            std::optional<websocket_mask> const used = from_client ? std::optional(mask) : std::nullopt;
            std::string const wire =
                websocket_frame_head(websocket_opcode::binary, size, used) + (from_client ? masked : payload);
            auto const reader = from_client ? websocket_role::server : websocket_role::client;
            auto const events = decode(reader, wire, wire.size() / 2);
            ASSERT_EQ(events.size(), 1u) << size;
            EXPECT_EQ(events[0].payload, payload) << size;
        }
    }
}

TEST(websocket_decoder, refuses_frames_that_break_the_protocol)
{
    struct row {
        char const* name;
        std::string wire;
        errc expected;
    };
    std::vector<row> const rows{
        {"reserved bit", "\xc2\x00"s, errc::protocol_violation},
        {"unknown data opcode", "\x83\x00"s, errc::protocol_violation},
        {"unknown control opcode", "\x8b\x00"s, errc::protocol_violation},
        {"masked by a server", "\x82\x80\x01\x02\x03\x04"s, errc::protocol_violation},
        {"fragmented ping", "\x09\x00"s, errc::protocol_violation},
        {"long ping", "\x89\x7e\x00\x7e"s, errc::protocol_violation},
        {"continuation of nothing", "\x80\x00"s, errc::protocol_violation},
        {"message inside a message", "\x02\x00\x82\x00"s, errc::protocol_violation},
        {"length not in shortest form", "\x82\x7e\x00\x05"s, errc::protocol_violation},
        {"long length not in shortest form", "\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff"s, errc::protocol_violation},
        {"negative length", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s, errc::protocol_violation},
        {"half a close code", "\x88\x01\x03"s, errc::protocol_violation},
        {"forbidden close code", "\x88\x02\x03\xed"s, errc::protocol_violation},
        {"too large", "\x82\x7f\x00\x00\x00\x00\xff\xff\xff\xff"s, errc::too_large},
        {"too large in fragments",
         "\x02\x7f\x00\x00\x00\x00\x00\x01\x11\x70"s + std::string(70000, 'x')
             + "\x80\x7f\x00\x00\x00\x00\x00\x01\x11\x70"s,
         errc::too_large},
    };
    for (auto const& row : rows) {
        try {
            decode(websocket_role::client, row.wire, row.wire.size() / 2);
            ADD_FAILURE() << "accepted: " << row.name;
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), row.expected) << row.name;
        }
    }
    EXPECT_THROW(decode(websocket_role::server, "\x82\x01x"s, 1), failure) << "not masked by a client";
}

TEST(websocket_mask, is_its_own_inverse_at_every_offset)
{
    websocket_mask const mask{'\x12', '\x34', '\x56', '\x78'};
    for (std::size_t size = 0; size < 40; ++size) {
        std::string whole(size, '\0');
        apply_mask(whole.data(), size, mask);
        for (std::size_t i = 0; i < size; ++i)
            ASSERT_EQ(whole[i], mask[i % 4]);
        for (std::size_t split = 0; split <= size; ++split) {
            std::string parts(size, '\0');
            apply_mask(parts.data(), split, mask);
            apply_mask(parts.data() + split, size - split, mask, split);
            ASSERT_EQ(parts, whole);
        }
    }
}

TEST(websocket_accept_key, is_the_one_of_the_specification)
{
    EXPECT_EQ(websocket_accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace kuberay::net
