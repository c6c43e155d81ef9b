#include "net/gzip.hpp"

#include <kuberay/base/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace kuberay::net {
namespace {

std::string lines(int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "line " + std::to_string(i * 7919 % 10007) + "\n";
    return text;
}

std::string drain(gzip_decoder& decoder, std::size_t limit = 4096)
{
    std::string all;
    for (std::string piece = decoder.take(limit); !piece.empty(); piece = decoder.take(limit)) {
        EXPECT_LE(piece.size(), limit);
        all += piece;
    }
    return all;
}

TEST(gzip_decoder, decodes_split_at_every_position)
{
    std::string const plain = lines(300);
    std::string const packed = gzip_encode(plain);
    for (std::size_t split = 0; split <= packed.size(); ++split) {
        gzip_decoder decoder;
        decoder.put(packed.substr(0, split));
        std::string decoded = drain(decoder);
        decoder.put(packed.substr(split));
        decoded += drain(decoder);
        decoder.put_end();
        ASSERT_EQ(decoded, plain) << "split at " << split;
    }
}

TEST(gzip_decoder, decodes_byte_by_byte_and_in_pieces_of_one_byte)
{
    std::string const plain = lines(200);
    gzip_decoder decoder;
    std::string decoded;
    for (char const byte : gzip_encode(plain)) {
        decoder.put(std::string(1, byte));
        decoded += drain(decoder, 1);
    }
    decoder.put_end();
    EXPECT_EQ(decoded, plain);
}

TEST(gzip_decoder, keeps_input_that_was_not_taken)
{
    std::string const plain = lines(5000);
    std::string const packed = gzip_encode(plain);
    gzip_decoder decoder;
    std::string decoded;
    for (std::size_t at = 0; at < packed.size(); at += 100) {
        decoder.put(packed.substr(at, 100));
        decoded += decoder.take(10);
    }
    decoded += drain(decoder);
    decoder.put_end();
    EXPECT_EQ(decoded, plain);
}

TEST(gzip_decoder, reads_several_members)
{
    gzip_decoder decoder;
    decoder.put(gzip_encode("first ") + gzip_encode("") + gzip_encode("second"));
    EXPECT_EQ(drain(decoder), "first second");
    decoder.put_end();
}

TEST(gzip_decoder, a_stream_cut_anywhere_is_a_lost_connection)
{
    std::string const packed = gzip_encode(lines(20));
    for (std::size_t size = 1; size < packed.size(); ++size) {
        gzip_decoder decoder;
        decoder.put(packed.substr(0, size));
        drain(decoder);
        try {
            decoder.put_end();
            ADD_FAILURE() << "taken for complete at " << size;
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), errc::connection_lost) << size;
        }
    }
}

TEST(gzip_decoder, an_empty_input_is_an_empty_body)
{
    gzip_decoder decoder;
    EXPECT_EQ(decoder.take(), "");
    EXPECT_NO_THROW(decoder.put_end());
}

TEST(gzip_decoder, refuses_what_is_no_gzip)
{
    std::string wrong_sum = gzip_encode("hello");
    wrong_sum[wrong_sum.size() - 6] = static_cast<char>(wrong_sum[wrong_sum.size() - 6] ^ 1);
    for (auto const& bytes : {std::string("{\"kind\":\"Status\"}"), wrong_sum, gzip_encode("x") + "garbage behind"}) {
        gzip_decoder decoder;
        decoder.put(bytes);
        try {
            drain(decoder);
            ADD_FAILURE() << "taken for gzip: " << bytes;
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), errc::protocol_violation);
        }
    }
}

TEST(gzip_decoder, unpacks_a_bomb_in_bounded_pieces)
{
    gzip_decoder decoder;
    decoder.put(gzip_encode(std::string(50u << 20, 'x'), 9));
    std::size_t size = 0;
    for (std::string piece = decoder.take(); !piece.empty(); piece = decoder.take()) {
        ASSERT_LE(piece.size(), 128u * 1024);
        size += piece.size();
    }
    EXPECT_EQ(size, 50u << 20);
}

}  // namespace
}  // namespace kuberay::net
