#include "ray/tar_decoder.hpp"
#include "ray/tar_writer.hpp"
#include "support/tar_bytes.hpp"

#include <kuberay/base/error.hpp>

#include <gmock/gmock.h>

#include <vector>

namespace kuberay::ray {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace kuberay::test;

struct read_back {
    std::vector<tar_entry> entries;
    std::vector<std::string> contents;
    bool ended = false;
    std::string failed;
};

read_back decode(std::string_view bytes, std::size_t piece)
{
    read_back read;
    tar_decoder decoder;
    try {
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            std::string_view input = bytes.substr(at, piece);
            for (bool more = true; more;) {
                switch (decoder.next(input)) {
                case tar_event::more: more = false; break;
                case tar_event::entry:
                    read.entries.push_back(decoder.entry());
                    read.contents.emplace_back();
                    break;
                case tar_event::data: read.contents.back() += decoder.data(); break;
                case tar_event::entry_end: break;
                case tar_event::archive_end: read.ended = true; break;
                }
            }
        }
    } catch (failure const& thrown) {
        read.failed = thrown.error().message();
    }
    return read;
}

std::vector<std::string> names(read_back const& of)
{
    std::vector<std::string> all;
    for (auto const& entry : of.entries)
        all.push_back(entry.name);
    return all;
}

TEST(tar_decoder, reads_what_libarchive_writes_in_pieces_of_any_size)
{
    std::string const long_name = std::string(90, 'd') + "/" + std::string(200, 'n') + "/\xff\xfe";
    tar_writer writer;
    writer.folder("logs", 0750, 5);
    writer.begin_file("logs/a", 3, 0640, 7);
    writer.data("abc");
    writer.begin_file(long_name, 1000, 0755, 8);
    writer.data(std::string(1000, 'x'));
    writer.symbolic_link("logs/link", "a", 9);
    writer.begin_file("empty", 0, 0600, 10);
    writer.finish();
    std::string const bytes = writer.take();
    for (std::size_t const piece : std::vector<std::size_t>{1, 7, 511, 512, 513, 100'000}) {
        SCOPED_TRACE(piece);
        read_back const read = decode(bytes, piece);
        EXPECT_EQ(read.failed, "");
        EXPECT_TRUE(read.ended);
        EXPECT_THAT(names(read), ElementsAre("logs/", "logs/a", long_name, "logs/link", "empty"));
        ASSERT_EQ(read.entries.size(), 5U);
        EXPECT_EQ(read.entries[0].type, tar_type::folder);
        EXPECT_EQ(read.entries[0].mode, 0750U);
        EXPECT_EQ(read.contents[1], "abc");
        EXPECT_EQ(read.entries[1].modified, 7);
        EXPECT_EQ(read.contents[2], std::string(1000, 'x'));
        EXPECT_EQ(read.entries[3].type, tar_type::symbolic_link);
        EXPECT_EQ(read.entries[3].link, "a");
        EXPECT_EQ(read.contents[4], "");
    }
}

TEST(tar_decoder, knows_the_forms_of_names_and_sizes)
{
    tar_header prefixed("name");
    prefixed.prefix = "some/folder";
    tar_header base_256("big");
    base_256.raw_size = std::string("\x80\0\0\0\0\0\0\0\0\0\0\x03", 12);
    tar_header spaced("spaced");
    spaced.raw_size = "          3 ";
    tar_header old("old/");
    old.magic = "";
    old.flag = '\0';
    std::string const bytes =
        tar_block(prefixed) + tar_long('L', std::string(300, 'l')) + tar_file("short", "1") + tar_block(base_256)
        + tar_padded("abc") + tar_block(spaced) + tar_padded("def")
        + tar_pax(pax_record("path", "pax") + pax_record("size", "4") + pax_record("mtime", "12.5"))
        + tar_block(tar_header("other")) + tar_padded("four") + tar_block(old)
        + tar_pax(pax_record("path", "everywhere"), 'g') + tar_file("last", "x") + tar_end();
    read_back const read = decode(bytes, 100);
    EXPECT_EQ(read.failed, "");
    EXPECT_TRUE(read.ended);
    EXPECT_THAT(
        names(read), ElementsAre("some/folder/name", std::string(300, 'l'), "big", "spaced", "pax", "old/", "last")
    );
    EXPECT_THAT(read.contents, ElementsAre("", "1", "abc", "def", "four", "", "x"));
    EXPECT_EQ(read.entries[4].modified, 12);
    EXPECT_EQ(read.entries[5].type, tar_type::folder);
}

TEST(tar_decoder, steps_over_what_links_and_devices_claim_and_over_sparse_maps)
{
    tar_header link("link", '2', 5000), device("device", '3', 5000), sparse("sparse", 'S', 3);
    sparse.sparse_goes_on = true;
    std::string map(512, '\0'), last_map(512, '\0');
    map[504] = 1;
    std::string const bytes = tar_block(link) + tar_block(device) + tar_block(sparse) + map + last_map
                              + tar_padded("abc") + tar_pax(pax_record("GNU.sparse.major", "1"))
                              + tar_file("packed", "12") + tar_end();
    read_back const read = decode(bytes, 4096);
    EXPECT_EQ(read.failed, "");
    EXPECT_TRUE(read.ended);
    EXPECT_THAT(names(read), ElementsAre("link", "device", "sparse", "packed"));
    EXPECT_TRUE(read.entries[2].sparse);
    EXPECT_TRUE(read.entries[3].sparse);
    EXPECT_EQ(read.contents[3], "12");
}

TEST(tar_decoder, an_archive_has_ended_only_after_its_two_blocks_of_zeros)
{
    std::string const bytes = tar_file("a", "abc") + tar_file("b", std::string(700, 'b')) + tar_end();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        read_back const read = decode(std::string_view(bytes).substr(0, size), 1 << 20);
        ASSERT_FALSE(read.ended) << size;
        ASSERT_EQ(read.failed, "") << size;
    }
    EXPECT_TRUE(decode(bytes + "whatever follows", 1 << 20).ended);
}

TEST(tar_decoder, refuses_damage)
{
    tar_header wrong_sum("a"), negative("a"), letters("a"), huge("a"), enormous("a");
    wrong_sum.checksum_off_by = 1;
    negative.raw_size = std::string(12, '\xff');
    letters.raw_size = "12x";
    huge.raw_size = std::string("\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
    enormous.raw_size = std::string("\xbf\0\0\0\0\0\0\0\0\0\0\0", 12);
    struct row {
        char const* name;
        std::string bytes, expected;
    };
    std::vector<row> const rows = {
        {"checksum", tar_block(wrong_sum), "the checksum of a header is wrong"},
        {"negative size", tar_block(negative), "size of a header is negative"},
        {"letters", tar_block(letters), "size of a header is no number"},
        {"size beyond 63 bits", tar_block(huge), "size of a header is no number"},
        {"size beyond 64 bits", tar_block(enormous), "size of a header is no number"},
        {"no archive", std::string(600, 'x'), "is no number"},
        {"lone zeros", std::string(512, '\0') + tar_file("a", "b"), "a single block of zeros"},
        {"pax without length", tar_pax("path=x\n"), "a pax length"},
        {"pax beyond its end", tar_pax("99 path=x\n"), "a pax record"},
        {"pax without line end", tar_pax("9 path=xy"), "a pax record"},
        {"pax without value", tar_pax("7 path\n"), "a pax record without value"},
        {"pax size", tar_pax(pax_record("size", "-1")), "a pax size"},
        {"pax size beyond 63 bits", tar_pax(pax_record("size", "9223372036854775808")), "a pax size"},
        {"names without bound", tar_block(tar_header("x", 'x', 1u << 30)), "a name of 1073741824 bytes"},
    };
    for (auto const& row : rows) {
        for (std::size_t const piece : {std::size_t(13), row.bytes.size()}) {
            read_back const read = decode(row.bytes, piece);
            EXPECT_THAT(read.failed, HasSubstr(row.expected)) << row.name;
            EXPECT_FALSE(read.ended) << row.name;
        }
    }
}

}  // namespace
}  // namespace kuberay::ray
