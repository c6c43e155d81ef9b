#include "ray/zip_writer.hpp"
#include "support/scratch_folder.hpp"
#include "unit/ray/package/unpacked.hpp"

#include <gmock/gmock.h>

#include <random>

namespace kuberay::ray {
namespace {

constexpr std::uint32_t file_mode = 0100640;

std::string noise(std::size_t size, unsigned seed)
{
    std::mt19937_64 dice(seed);
    std::string bytes;
    while (bytes.size() < size) {
        std::uint64_t const some = dice();
        bytes.append(reinterpret_cast<char const*>(&some), sizeof some);
    }
    bytes.resize(size);
    return bytes;
}

std::string words(std::size_t size)
{
    std::string text;
    while (text.size() < size)
        text += "line " + std::to_string(text.size()) + " of a text\n";
    text.resize(size);
    return text;
}

struct written {
    test::scratch_folder folder;
    scratch_file file{folder.path()};
    zip_writer zip{file};

    std::map<std::string, test::unpacked_entry> finish()
    {
        std::uint64_t const expected = zip.size();
        zip.finish();
        EXPECT_EQ(file.size(), expected);
        kept = file.finish();
        EXPECT_EQ(std::filesystem::file_size(kept.path), expected);
        return test::unpacked(kept.path);
    }

    kept_file kept;
};

TEST(zip_writer, keeps_names_modes_times_and_content)
{
    written on;
    std::string const text = words(5000), bytes = noise(5000, 1);
    on.zip.file("text", file_mode, 1'600'000'000, text);
    on.zip.file("\u00fcmlaut/bytes", 0100755, 1'600'000'001, bytes);
    on.zip.file("none", file_mode, 1'600'000'000, "");
    on.zip.folder("hollow", 040750, 1'600'000'000);
    auto const found = on.finish();
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found.at("text").content, text);
    EXPECT_EQ(found.at("text").mode, file_mode);
    EXPECT_EQ(found.at("\u00fcmlaut/bytes").content, bytes);
    EXPECT_EQ(found.at("\u00fcmlaut/bytes").mode, 0100755u);
    EXPECT_EQ(found.at("none").content, "");
    EXPECT_EQ(found.at("hollow/").mode, 040750u);
    EXPECT_LT(on.file.size(), 5000u + 2500u);  // the text is deflated, the noise is stored
}

TEST(zip_writer, streams_what_is_partly_text_and_partly_noise)
{
    written on;
    std::string all;
    on.zip.begin_file("mixed", file_mode, 1'600'000'000, 1);
    for (unsigned i = 0; i < 24; ++i) {
        std::string const piece = i % 3 == 0 ? noise(100'000 + i, i) : words(200'000 + i);
        on.zip.data(piece);
        all += piece;
    }
    on.zip.end_file();
    on.zip.file("after", file_mode, 1'600'000'000, "x");
    auto const found = on.finish();
    EXPECT_TRUE(found.at("mixed").content == all);
    EXPECT_EQ(found.at("after").content, "x");
    EXPECT_LT(on.file.size(), all.size() / 2);
}

TEST(zip_writer, stores_noise_almost_as_it_is)
{
    written on;
    std::string const bytes = noise(3'000'000, 7);
    on.zip.begin_file("noise", file_mode, 0, bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += 300'000)
        on.zip.data(std::string_view(bytes).substr(at, 300'000));
    on.zip.end_file();
    EXPECT_TRUE(on.finish().at("noise").content == bytes);
    EXPECT_LT(on.file.size(), bytes.size() + bytes.size() / 1000);
}

TEST(zip_writer, gives_long_files_room_for_long_sizes)
{
    written on;
    on.zip.begin_file("long", file_mode, 1'600'000'000, std::uint64_t(5) << 30);
    on.zip.data("only this came");
    on.zip.end_file();
    on.zip.file("short", file_mode, 1'600'000'000, "x");
    auto const found = on.finish();
    EXPECT_EQ(found.at("long").content, "only this came");
    EXPECT_EQ(found.at("short").content, "x");
}

TEST(zip_writer, takes_more_entries_than_a_plain_directory_counts)
{
    written on;
    for (int i = 0; i < 66'000; ++i)
        on.zip.file("f" + std::to_string(i), file_mode, 1'600'000'000, "");
    EXPECT_EQ(on.finish().size(), 66'000u);
    // libarchive does not count: the long record of the end, where it is, and the short one that sends there.
    std::string const end = test::content_of(on.kept.path).substr(on.file.size() - 22 - 20 - 56);
    EXPECT_EQ(end.substr(0, 4), std::string_view("PK\6\6"));
    EXPECT_EQ(end.substr(32, 8), std::string_view("\xd0\x01\x01\0\0\0\0\0", 8));  // 66,000
    EXPECT_EQ(end.substr(56, 4), std::string_view("PK\6\7"));
    EXPECT_EQ(end.substr(76, 4), std::string_view("PK\5\6"));
    EXPECT_EQ(end.substr(86, 2), std::string_view("\xff\xff"));
}

TEST(zip_writer, moves_times_into_the_range_of_the_format)
{
    struct row {
        std::int64_t given;
        int year;
    };
    for (auto const& [given, year] :
         {row{0, 1980}, row{-5, 1980}, row{315'532'800, 1980}, row{1'600'000'000, 2020}, row{9'000'000'000, 2107},
          row{std::int64_t(1) << 60, 2107}}) {
        written on;
        on.zip.file("f", file_mode, given, "");
        std::string const bytes = [&] {
            on.finish();
            return test::content_of(on.kept.path);
        }();
        EXPECT_EQ(1980 + (static_cast<unsigned char>(bytes[13]) >> 1), year) << given;
    }
}

TEST(scratch_file, has_no_name_and_goes_with_its_last_user)
{
    test::scratch_folder folder;
    kept_file kept;
    {
        scratch_file file(folder.path());
        EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
        file.write("abc");
        kept = file.finish();
    }
    EXPECT_EQ(test::content_of(kept.path), "abc");
    kept.open.reset();
    EXPECT_FALSE(std::filesystem::exists(kept.path));
}

TEST(scratch_file, replaces_bytes_before_and_after_they_went_to_disk)
{
    test::scratch_folder folder;
    scratch_file file(folder.path());
    std::string expected = noise(3'000'000, 3);
    for (std::size_t at = 0; at < expected.size(); at += 7'001)
        file.write(std::string_view(expected).substr(at, 7'001));
    for (std::size_t const at : {std::size_t(0), std::size_t(1'048'570), std::size_t(2'999'990)}) {
        file.rewrite(at, "0123456789");
        expected.replace(at, 10, "0123456789");
    }
    EXPECT_EQ(file.size(), expected.size());
    EXPECT_TRUE(test::content_of(file.finish().path) == expected);
}

}  // namespace
}  // namespace kuberay::ray
