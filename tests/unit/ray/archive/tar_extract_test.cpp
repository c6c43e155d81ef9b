#include "ray/tar_extract.hpp"
#include "support/scratch_folder.hpp"
#include "support/tar_bytes.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

namespace kuberay::ray {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace kuberay::test;

using tree = std::map<std::string, std::string>;

struct unpacked {
    tree found, outside;
    std::vector<std::string> skipped;
    std::string failed;
    bool ended = false;
    std::uint64_t files = 0, bytes = 0;
};

/// Unpacks into the folder "pod" of a new folder, where also "precious" and its content stand.
unpacked unpack(std::string const& archive, extract_options options = extract_options(), std::size_t piece = 1000)
{
    scratch_folder const scratch;
    put_content(scratch.path() / "precious", "kept");
    unpacked done;
    {
        tar_extract extract(safe_folder(scratch.path() / "pod"), options);
        try {
            for (std::size_t at = 0; at < archive.size(); at += piece)
                extract.push(std::string_view(archive).substr(at, piece));
        } catch (failure const& thrown) {
            done.failed = thrown.error().message();
        }
        done.ended = extract.ended();
        done.skipped = extract.skipped();
        done.files = extract.files();
        done.bytes = extract.bytes();
    }
    done.found = tree_of(scratch.path() / "pod");
    std::filesystem::remove_all(scratch.path() / "pod");
    done.outside = tree_of(scratch.path());
    return done;
}

TEST(tar_extract, writes_files_and_folders_as_they_come)
{
    tar_header program("./old/run.sh");
    program.mode = 04755;
    std::string const archive = tar_block(tar_header("./", '5')) + tar_file("./raylet.out", "hello")
                                + tar_block(tar_header("./old/", '5')) + tar_member(program, "#!") + tar_end();
    for (std::size_t const piece : std::vector<std::size_t>{1, 512, 10'000}) {
        unpacked const done = unpack(archive, extract_options(), piece);
        EXPECT_EQ(done.found, (tree{{"raylet.out", "hello"}, {"old/", ""}, {"old/run.sh", "#!"}}));
        EXPECT_TRUE(done.ended);
        EXPECT_EQ(done.files, 2U);
        EXPECT_EQ(done.bytes, 7U);
        EXPECT_THAT(done.skipped, IsEmpty());
    }
}

struct hostile_row {
    std::string name, archive;
    tree found;
    std::string skipped;  ///< part of the one name that was skipped; empty: none
};

std::vector<hostile_row> hostile_archives()
{
    std::string const good = tar_file("good", "g");
    tree const only_good = {{"good", "g"}};
    std::string const name_of_4096 = std::string(4096, 'n');
    std::string deep;
    for (int i = 0; i < 16; ++i)
        deep += std::string(250, 'd') + "/";
    tree deep_tree = only_good;
    for (std::size_t i = 251; i <= deep.size(); i += 251)
        deep_tree[deep.substr(0, i)] = "";
    deep_tree[deep + "f"] = "x";
    return {
        {"traversal", tar_file("../precious", "evil") + good, only_good, "../precious: it leaves the folder"},
        {"traversal inside", tar_file("a/../../precious", "evil") + good, only_good, "it leaves the folder"},
        {"absolute", tar_file("/tmp/precious", "evil") + good, only_good, "an absolute path"},
        {"symbolic link", tar_link("link", '2', "../precious") + good, only_good, "a symbolic link to \"../precious\""},
        {"a link, then through it",
         tar_link("link", '2', "..") + tar_file("link/precious", "evil") + good,
         {{"good", "g"}, {"link/", ""}, {"link/precious", "evil"}},
         "a symbolic link"},
        {"hard link", tar_link("hard", '1', "../precious") + good, only_good, "a hard link"},
        {"character device", tar_block(tar_header("null", '3')) + good, only_good, "a character device"},
        {"block device", tar_block(tar_header("disk", '4')) + good, only_good, "a block device"},
        {"named pipe", tar_block(tar_header("pipe", '6')) + good, only_good, "a named pipe"},
        {"unknown type", tar_member(tar_header("odd", 'Z'), "data") + good, only_good, "of an unknown type"},
        {"sparse", tar_member(tar_header("sparse", 'S'), "packed") + good, only_good, "a sparse file"},
        {"pax path", tar_pax(pax_record("path", "../precious")) + tar_file("innocent", "evil") + good, only_good,
         "it leaves the folder"},
        {"pax path, absolute", tar_pax(pax_record("path", "/precious")) + tar_file("innocent", "evil") + good,
         only_good, "an absolute path"},
        {"GNU long name", tar_long('L', "x/../../precious") + tar_file("innocent", "evil") + good, only_good,
         "it leaves the folder"},
        {"GNU long link", tar_long('K', "../precious") + tar_link("innocent", '2', "inside") + good, only_good,
         "a symbolic link to \"../precious\""},
        {"a name of 4096 bytes", tar_long('L', name_of_4096) + tar_file("n", "x") + good, only_good,
         "its name is too long"},
        {"a component of 300 bytes", tar_long('L', std::string(300, 'n')) + tar_file("n", "x") + good, only_good,
         "its name is too long"},
        {"a path of 4000 bytes", tar_long('L', deep + "f") + tar_file("n", "x") + good, deep_tree, ""},
        {"no name", tar_file("", "x") + good, only_good, "a file without a name"},
        {"control characters", tar_file("a\x1b[2J\r\nb", "x") + good, {{"good", "g"}, {"a%1B[2J%0D%0Ab", "x"}}, ""},
        {"not UTF-8", tar_file("caf\xe9", "x") + good, {{"good", "g"}, {"caf%E9", "x"}}, ""},
        {"turned text", tar_file("a\u202etxt.exe", "x") + good, {{"good", "g"}, {"a%E2%80%AEtxt.exe", "x"}}, ""},
        {"a NUL in a name",
         tar_pax(pax_record("path", std::string("a\0b", 3))) + tar_file("n", "x") + good,
         {{"good", "g"}, {"a%00b", "x"}},
         ""},
        {"the same name twice",
         tar_file("twice", "long before") + tar_file("twice", "2") + good,
         {{"good", "g"}, {"twice", "2"}},
         ""},
        {"a file as folder",
         tar_file("a", "file") + tar_file("a/b", "x") + good,
         {{"good", "g"}, {"a", "file"}},
         "a/b: a link, a file or a folder stands in its way"},
        {"a folder as file",
         tar_file("a/b", "x") + tar_file("a", "file") + good,
         {{"good", "g"}, {"a/", ""}, {"a/b", "x"}},
         "a: a link, a file or a folder stands in its way"},
        {"our temporary names",
         tar_file(".kuberay-1-1.partial", "x") + good,
         {{"good", "g"}, {".kuberay-1-1.partial", "x"}},
         ""},
    };
}

TEST(tar_extract, nothing_leaves_the_folder)
{
    for (auto const& row : hostile_archives()) {
        unpacked const done = unpack(row.archive + tar_end());
        EXPECT_EQ(done.found, row.found) << row.name;
        EXPECT_THAT(done.outside, ElementsAre(Pair("precious", "kept"))) << row.name;
        EXPECT_EQ(done.failed, "") << row.name;
        EXPECT_TRUE(done.ended) << row.name;
        if (row.skipped.empty())
            EXPECT_THAT(done.skipped, IsEmpty()) << row.name;
        else
            EXPECT_THAT(done.skipped, ElementsAre(HasSubstr(row.skipped))) << row.name;
    }
}

TEST(tar_extract, links_that_stand_in_the_folder_already_are_not_followed)
{
    scratch_folder const scratch;
    put_content(scratch.path() / "precious", "kept");
    put_content(scratch.path() / "outside/file", "kept");
    std::filesystem::create_directory(scratch.path() / "pod");
    std::filesystem::create_directory_symlink("../outside", scratch.path() / "pod/folder");
    std::filesystem::create_symlink("../precious", scratch.path() / "pod/file");
    tar_extract extract(safe_folder(scratch.path() / "pod"), extract_options());
    extract.push(
        tar_file("folder/file", "evil") + tar_block(tar_header("folder", '5')) + tar_file("file", "new") + tar_end()
    );
    EXPECT_EQ(content_of(scratch.path() / "outside/file"), "kept");
    EXPECT_EQ(content_of(scratch.path() / "precious"), "kept");
    EXPECT_FALSE(std::filesystem::is_symlink(scratch.path() / "pod/file"));
    EXPECT_EQ(content_of(scratch.path() / "pod/file"), "new");
    EXPECT_THAT(extract.skipped(), ElementsAre(HasSubstr("folder/file"), HasSubstr("folder: a link or a file")));
}

TEST(tar_extract, an_older_and_longer_file_is_replaced_whole_and_not_before_its_end)
{
    scratch_folder const scratch;
    put_content(scratch.path() / "pod/a", "the older content");
    tar_extract extract(safe_folder(scratch.path() / "pod"), extract_options());
    std::string const archive = tar_file("a", "newer") + tar_end();
    extract.push(std::string_view(archive).substr(0, 515));
    EXPECT_EQ(content_of(scratch.path() / "pod/a"), "the older content");
    extract.push(std::string_view(archive).substr(515));
    EXPECT_EQ(tree_of(scratch.path() / "pod"), (tree{{"a", "newer"}}));
}

TEST(tar_extract, a_cut_archive_has_not_ended_and_leaves_complete_files_only)
{
    std::string const archive = tar_file("a", "abc") + tar_file("b", std::string(700, 'b')) + tar_end();
    for (std::size_t const cut :
         std::vector<std::size_t>{0, 1, 511, 512, 513, 515, 1023, 1024, 1536, 1537, 2236, 2560, 3071, 3583}) {
        unpacked const done = unpack(archive.substr(0, cut));
        EXPECT_FALSE(done.ended) << cut;
        EXPECT_EQ(done.found.count("a"), cut >= 515 ? 1U : 0U) << cut;
        EXPECT_EQ(done.found.count("b"), cut >= 2236 ? 1U : 0U) << cut;
        EXPECT_EQ(done.found.size(), done.files) << cut;
    }
}

TEST(tar_extract, bombs_are_stopped_before_they_are_written)
{
    extract_options few;
    few.max_files = 10;
    few.max_bytes = 1000;
    std::string many, links, folders;
    for (int i = 0; i < 20; ++i) {
        many += tar_file("f" + std::to_string(i), "");
        links += tar_link("l" + std::to_string(i), '2', "x");
        folders += tar_file(std::to_string(i) + "/a/b/c/d/e/f", "");
    }
    tar_header large("large");
    large.raw_size = std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
    struct row {
        char const* name;
        std::string archive, expected;
    };
    std::vector<row> const rows = {
        {"by count", many, "more than 10 entries"},
        {"by skipped entries", links, "more than 10 entries"},
        {"by folders on the way", folders, "more than 10 entries"},
        {"by size", tar_block(large), "more than 1000 bytes"},
        {"by sum", tar_file("a", std::string(600, 'a')) + tar_file("b", std::string(600, 'b')), "more than 1000 bytes"},
        {"by skipped content", tar_member(tar_header("odd", 'Z'), std::string(1001, 'x')), "more than 1000 bytes"},
    };
    for (auto const& row : rows) {
        unpacked const done = unpack(row.archive + tar_end(), few);
        EXPECT_THAT(done.failed, HasSubstr(row.expected)) << row.name;
        EXPECT_FALSE(done.ended) << row.name;
        EXPECT_LE(done.found.size(), 17U) << row.name;
    }
    unpacked const endless = unpack(tar_end() + std::string(17u << 20, 'x'), few, 1u << 20);
    EXPECT_THAT(endless.failed, HasSubstr("does not stop after its end"));
}

TEST(tar_extract, permissions_are_plain_unless_they_are_to_be_kept)
{
    struct row {
        unsigned in;
        bool keep;
        unsigned out;
    };
    for (auto const& row :
         {row{04777, false, 0755}, row{0600, false, 0644}, row{0, false, 0644}, row{0100, false, 0755},
          row{06750, true, 0750}, row{0400, true, 0400}}) {
        scratch_folder const scratch;
        extract_options options;
        options.keep_permissions = row.keep;
        tar_extract extract(safe_folder(scratch.path()), options);
        tar_header header("a");
        header.mode = row.in;
        extract.push(tar_member(header, "x") + tar_end());
        struct stat seen{};
        ASSERT_EQ(::stat((scratch.path() / "a").c_str(), &seen), 0);
        EXPECT_EQ(seen.st_mode & 07777, row.out) << row.in;
        EXPECT_EQ(seen.st_mtime, 1'700'000'000);
    }
}

TEST(tar_extract, names_that_are_taken_and_names_that_change)
{
    extract_options options;
    options.taken = {"stdout.log"};
    unpacked const kept =
        unpack(tar_file("./stdout.log", "ray's") + tar_file("a/stdout.log", "x") + tar_end(), options);
    EXPECT_EQ(kept.found, (tree{{"stdout.log.ray", "ray's"}, {"a/", ""}, {"a/stdout.log", "x"}}));
    extract_options renames;
    renames.top = "remote";
    renames.top_becomes = "local";
    unpacked const moved = unpack(tar_file("./remote/a", "x") + tar_file("./else", "y") + tar_end(), renames);
    EXPECT_EQ(moved.found, (tree{{"local/", ""}, {"local/a", "x"}}));
    EXPECT_THAT(moved.skipped, ElementsAre(HasSubstr("not what was asked for")));
}

TEST(tar_extract, ten_thousand_files)
{
    std::string archive;
    for (int i = 0; i < 10'000; ++i)
        archive += tar_file("./folder-" + std::to_string(i % 7) + "/file-" + std::to_string(i), std::to_string(i));
    unpacked const done = unpack(archive + tar_end(), extract_options(), 32'768);
    EXPECT_EQ(done.failed, "");
    EXPECT_EQ(done.files, 10'000U);
    EXPECT_EQ(done.found.size(), 10'007U);
    EXPECT_EQ(done.found.at("folder-3/file-9999"), "9999");
}

TEST(tar_extract, of_many_skipped_entries_the_first_are_named)
{
    std::string archive;
    for (int i = 0; i < 1500; ++i)
        archive += tar_link("l", '2', "x");
    unpacked const done = unpack(archive + tar_end());
    ASSERT_EQ(done.skipped.size(), 1001U);
    EXPECT_EQ(done.skipped.back(), "and 500 more");
}

}  // namespace
}  // namespace kuberay::ray
