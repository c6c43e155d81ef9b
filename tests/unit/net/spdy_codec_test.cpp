#include "net/spdy_codec.hpp"

#include <kuberay/base/error.hpp>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <zlib.h>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

std::string from_hex(std::string_view hex)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

std::string to_hex(std::string_view bytes)
{
    std::string hex;
    for (char const c : bytes) {
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        hex += "0123456789abcdef"[c & 15];
    }
    return hex;
}

// Made by another implementation: zlib's deflate at level 9 with the dictionary, one block behind the other.
constexpr char const* error_block =
    "78f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45e01c606164062a84388b20d198094ade8c0600000000ffff";
constexpr char const* data_block = "c2aa19540e2512d60b000000ffff";

spdy_headers forward_headers(std::string type)
{
    spdy_headers headers;
    headers.emplace_back("streamtype", std::move(type));
    headers.emplace_back("port", "8265");
    headers.emplace_back("requestid", "0");
    return headers;
}

std::string frame_of(std::string head, std::string_view block) { return head + std::string(block); }

TEST(spdy_headers, dictionary_is_that_of_the_specification)
{
    std::string_view const dictionary = spdy_dictionary();
    auto const* const bytes = reinterpret_cast<unsigned char const*>(dictionary.data());
    EXPECT_EQ(dictionary.size(), 1423u);
    EXPECT_EQ(adler32(adler32(0, nullptr, 0), bytes, static_cast<uInt>(dictionary.size())), 0xE3C6A7C2u);
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(bytes, dictionary.size(), reinterpret_cast<unsigned char*>(digest.data()));
    EXPECT_EQ(to_hex(digest), "51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02");
}

TEST(spdy_headers, reads_the_blocks_of_another_implementation_in_order)
{
    spdy_inflater inflater;
    EXPECT_EQ(inflater.put(from_hex(error_block)), forward_headers("error"));
    EXPECT_EQ(inflater.put(from_hex(data_block)), forward_headers("data"));
}

TEST(spdy_headers, writes_what_it_reads_and_flushes_every_block)
{
    spdy_deflater deflater;
    spdy_inflater inflater;
    for (std::string const type : {"error", "data", "error"}) {
        std::string const block = deflater.put(forward_headers(type));
        EXPECT_EQ(to_hex(block.substr(block.size() - 4)), "0000ffff");
        EXPECT_EQ(inflater.put(block), forward_headers(type));
    }
    EXPECT_TRUE(inflater.put(deflater.put(spdy_headers())).empty());
}

TEST(spdy_headers, refuses_to_send_what_a_peer_would_refuse)
{
    std::vector<spdy_headers> const wrong{{{"Port", "1"}}, {{"port", "1"}, {"port", "2"}}, {{"host", "x"}}, {{"", ""}}};
    for (auto const& headers : wrong) {
        try {
            spdy_deflater().put(headers);
            ADD_FAILURE() << headers.front().first;
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().code(), errc::bad_input);
        }
    }
}

// A block with any content, compressed as a peer would.
std::string packed(std::string const& plain)
{
    z_stream zlib = z_stream();
    deflateInit(&zlib, 9);
    std::string_view const start = spdy_dictionary();
    deflateSetDictionary(&zlib, reinterpret_cast<Bytef const*>(start.data()), static_cast<uInt>(start.size()));
    std::string block(plain.size() + 1000, '\0');
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    zlib.avail_in = static_cast<uInt>(plain.size());
    zlib.next_out = reinterpret_cast<Bytef*>(block.data());
    zlib.avail_out = static_cast<uInt>(block.size());
    deflate(&zlib, Z_SYNC_FLUSH);
    block.resize(block.size() - zlib.avail_out);
    deflateEnd(&zlib);
    return block;
}

TEST(spdy_headers, refuses_wrong_blocks)
{
    struct row {
        char const* name;
        std::string block;
        errc code;
    };
    std::vector<row> const rows{
        {"upper case", packed(from_hex("000000010000000141000000016a")), errc::protocol_violation},
        {"twice", packed(from_hex("00000002000000016100000000000000016100000000")), errc::protocol_violation},
        {"no name", packed(from_hex("000000010000000000000000")), errc::protocol_violation},
        {"too many", packed(from_hex("00000009000000016100000000")), errc::protocol_violation},
        {"huge count", packed(from_hex("ffffffff")), errc::protocol_violation},
        {"length beyond the end", packed(from_hex("00000001000000ff610000000062")), errc::protocol_violation},
        {"more than it says", packed(from_hex("0000000000")), errc::protocol_violation},
        {"no zlib", "no zlib at all", errc::protocol_violation},
        {"empty", "", errc::protocol_violation},
        {"bomb", packed(std::string(10000000, '\0')), errc::too_large},
    };
    for (auto const& row : rows) {
        try {
            spdy_inflater().put(row.block);
            ADD_FAILURE() << row.name;
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().code(), row.code) << row.name;
        }
    }
}

std::string told(spdy_frame const& frame)
{
    std::string text = std::to_string(static_cast<int>(frame.type)) + " " + std::to_string(frame.id) + " "
                       + std::to_string(frame.value) + (frame.unidirectional ? " uni" : "");
    for (auto const& [name, value] : frame.headers)
        text += " " + name + "=" + value;
    return text;
}

// DATA is told byte by byte: how it was cut makes no difference then.
std::string read_in_pieces(std::string_view bytes, std::size_t piece)
{
    spdy_decoder decoder;
    std::string seen;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        std::string_view rest = bytes.substr(at, piece);
        while (auto const frame = decoder.next(rest)) {
            if (frame->type == spdy_frame_type::data)
                seen += std::string(frame->payload);
            else
                seen += "<" + told(*frame) + ">";
            if (frame->fin) seen += "!";
        }
        EXPECT_TRUE(rest.empty());
    }
    return seen;
}

TEST(spdy_decoder, reads_frames_cut_anywhere)
{
    std::array<char, 8> const head = spdy_data_head(1, 5, true);
    std::string bytes = frame_of(from_hex("800300010000003d00000001000000000000"), from_hex(error_block));
    bytes += frame_of(from_hex("800300010100001800000003000000000000"), from_hex(data_block));
    bytes += std::string(head.data(), head.size()) + "hello";
    bytes += from_hex("80030004000000040000000080030063000000020000") + spdy_ping(2) + spdy_goaway(3, 0);
    bytes += spdy_rst_stream(3, spdy_status::cancel) + from_hex("0000000301000000");
    std::string const expected = "<1 1 0 streamtype=error port=8265 requestid=0>"
                                 "<1 3 0 streamtype=data port=8265 requestid=0>!hello!<4 0 0><6 2 0><7 3 0><3 3 5>!";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
        ASSERT_EQ(read_in_pieces(bytes, piece), expected) << "in pieces of " << piece;
}

TEST(spdy_decoder, refuses_wrong_frames)
{
    std::vector<std::pair<char const*, errc>> const rows{
        {"8002000600000004"
         "00000002",
         errc::protocol_violation},
        {"8003000600000005"
         "0000000200",
         errc::protocol_violation},
        {"8003000601000004"
         "00000002",
         errc::protocol_violation},
        {"8003000600000004"
         "00000000",
         errc::protocol_violation},
        {"8003000300000007"
         "00000001000000",
         errc::protocol_violation},
        {"8003000300000008"
         "0000000100000000",
         errc::protocol_violation},
        {"8003000400000004"
         "00000001",
         errc::protocol_violation},
        {"8003000100000009"
         "000000010000000000",
         errc::protocol_violation},
        {"0000000000000001"
         "61",
         errc::protocol_violation},
        {"8003000100ffffff", errc::too_large},
    };
    for (auto const& [hex, code] : rows) {
        try {
            read_in_pieces(from_hex(hex), 100);
            ADD_FAILURE() << hex;
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().code(), code) << hex;
        }
    }
}

TEST(spdy_encoder, writes_the_bytes_of_the_draft)
{
    EXPECT_EQ(to_hex(spdy_ping(1)), "800300060000000400000001");
    EXPECT_EQ(to_hex(spdy_goaway(5, 0)), "80030007000000080000000500000000");
    EXPECT_EQ(to_hex(spdy_rst_stream(3, spdy_status::refused_stream)), "80030003000000080000000300000003");
    std::array<char, 8> const head = spdy_data_head(0x01020304, 0x8000, true);
    EXPECT_EQ(to_hex(std::string_view(head.data(), head.size())), "0102030401008000");
    spdy_encoder encoder;
    EXPECT_EQ(to_hex(encoder.syn_stream(1, spdy_headers(), true).substr(0, 7)), "80030001010000");
}

}  // namespace
}  // namespace kuberay::net
