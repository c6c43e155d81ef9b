#include "support/scratch_folder.hpp"
#include "unit/ray/package/unpacked.hpp"

#include <kuberay/ray/working_dir.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace kuberay::ray {
namespace {

using strings = std::vector<std::string>;
using files = std::map<std::string, std::string>;

class working_dir : public testing::Test {
protected:
    test::scratch_folder folder_, scratch_;

    std::filesystem::path root() const { return folder_.path() / "root"; }

    // A path that ends in '/' is a folder.
    void put(files const& all)
    {
        std::filesystem::create_directories(root());
        for (auto const& [path, content] : all) {
            if (path.ends_with('/'))
                std::filesystem::create_directories(root() / path);
            else
                test::put_content(root() / path, content);
        }
    }

    package pack(package_options options = package_options())
    {
        options.scratch = scratch_.path();
        return pack_folder(root(), std::move(options));
    }

    static strings names(package const& packed)
    {
        strings found;
        for (auto const& [name, ignored] : test::unpacked(packed.file))
            found.push_back(name);
        return found;
    }
};

TEST_F(working_dir, has_the_name_that_ray_gives_it)
{
    struct row {
        files content;
        std::string name;
    };
    // Of a real client.
    for (row const& one : {
             row{{}, "_ray_pkg_0a62fe483960e4e9.zip"},
             row{{{"a", "x"}}, "_ray_pkg_204cec4e8d42cfe4.zip"},
             row{{{"a", "x"}, {"b/c", "y"}}, "_ray_pkg_c0a766230d5adfcf.zip"},
             row{{{"a.txt", "hello\n"}, {"sub/b.txt", "bbb"}, {"empty/", ""}}, "_ray_pkg_07dad33f57851c8d.zip"},
             row{{{"a", "x"}, {".gitignore", "*\n!a\n"}}, "_ray_pkg_3030303030303030.zip"},
         }) {
        std::filesystem::remove_all(root());
        put(one.content);
        package const packed = pack();
        EXPECT_EQ(packed.name, one.name);
        EXPECT_EQ(packed.uri(), "gcs://" + one.name);
    }
}

TEST_F(working_dir, holds_files_and_empty_folders_only)
{
    put({{"a.txt", "hello\n"}, {"sub/b.txt", "bbb"}, {"empty/", ""}, {"sub/\u00fc", "u"}});
    package const packed = pack();
    EXPECT_EQ(names(packed), (strings{"a.txt", "empty/", "sub/b.txt", "sub/\u00fc"}));
    EXPECT_EQ(test::unpacked(packed.file).at("a.txt").content, "hello\n");
    EXPECT_EQ(packed.files, 3u);
    EXPECT_EQ(packed.unpacked_bytes, 10u);
    EXPECT_EQ(packed.bytes, std::filesystem::file_size(packed.file));
    EXPECT_FALSE(packed.notes.is_empty);
}

TEST_F(working_dir, is_the_same_each_time_whatever_the_times_and_modes)
{
    put({{"a", "x"}, {"b/c", "y"}, {"z", std::string(600'000, 'z')}});
    package const first = pack(), again = pack();
    EXPECT_EQ(test::content_of(first.file), test::content_of(again.file));
    ASSERT_EQ(::chmod((root() / "a").c_str(), 0755), 0);
    std::filesystem::last_write_time(
        root() / "b/c", std::filesystem::file_time_type::clock::now() - std::chrono::hours(900)
    );
    package const touched = pack();
    EXPECT_EQ(touched.name, first.name);
    EXPECT_EQ(test::unpacked(touched.file).at("a").mode, 0100755u);
    put({{"b/c", "Y"}});
    EXPECT_NE(pack().name, first.name);
}

TEST_F(working_dir, can_be_below_a_folder_of_another_name)
{
    put({{"__init__.py", ""}, {"sub/x.py", "x"}});
    package_options options;
    options.parent = "mypkg";
    EXPECT_EQ(names(pack(options)), (strings{"mypkg/__init__.py", "mypkg/sub/x.py"}));
    std::filesystem::remove_all(root());
    put({});
    EXPECT_EQ(names(pack(options)), strings{"mypkg/"});
}

TEST_F(working_dir, leaves_out_what_the_ignore_files_say)
{
    put({
        {".gitignore", "*.log\n/top\n"},
        {".rayignore", "data\n"},
        {"x.log", ""},
        {"top", ""},
        {"data/x", ""},
        {"keep", ""},
        {"sub/top", ""},
        {"sub/x.log", ""},
        {"sub/.gitignore", "!x.log\n/own\n"},
        {"sub/own", ""},
        {"sub/sub/own", ""},
        {"cache/.gitignore", "*\n"},
        {"cache/x", ""},
    });
    EXPECT_EQ(names(pack()), (strings{".gitignore", ".rayignore", "keep", "sub/.gitignore", "sub/sub/own", "sub/top"}));
    package_options options;
    options.use_gitignore = false;
    strings const more = names(pack(options));
    EXPECT_THAT(more, testing::Contains("cache/x"));
    EXPECT_THAT(more, testing::Not(testing::Contains("data/x")));
}

TEST_F(working_dir, leaves_out_what_the_options_say)
{
    put({{".git/config", ""}, {"venv/x", ""}, {"sub/__pycache__/x", ""}, {"a.log", ""}, {"b", ""}});
    package_options options;
    options.excludes = {"*.log"};
    package const packed = pack(options);
    EXPECT_EQ(names(packed), strings{"b"});
    EXPECT_EQ(packed.notes.default_excluded, (strings{".git", "venv"}));
    options.default_excludes.clear();
    EXPECT_EQ(names(pack(options)), (strings{".git/config", "b", "sub/__pycache__/x", "venv/x"}));
}

TEST_F(working_dir, says_that_it_is_empty)
{
    put({{"a", "x"}});
    package_options options;
    options.excludes = {"/*", "!/a"};
    package const packed = pack(options);
    EXPECT_TRUE(packed.notes.is_empty);
    EXPECT_EQ(packed.name, "_ray_pkg_3030303030303030.zip");
    EXPECT_EQ(names(packed), strings());
}

TEST_F(working_dir, follows_links)
{
    put({{"sub/b", "bbb"}});
    test::put_content(folder_.path() / "outside/c", "ccc");
    std::filesystem::create_symlink("sub/b", root() / "file");
    std::filesystem::create_symlink("../outside", root() / "folder");
    package const packed = pack();
    EXPECT_EQ(names(packed), (strings{"file", "folder/c", "sub/b"}));
    EXPECT_EQ(test::unpacked(packed.file).at("file").content, "bbb");
    EXPECT_EQ(test::unpacked(packed.file).at("file").mode & 0170000, 0100000u);
}

TEST_F(working_dir, names_its_largest_files)
{
    for (int i = 1; i <= 12; ++i)
        put({{"f" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'x')}});
    auto const largest = pack().notes.largest;
    ASSERT_EQ(largest.size(), 10u);
    EXPECT_EQ(largest.front(), std::make_pair(std::string("f12"), std::uint64_t(12)));
    EXPECT_EQ(largest.back(), std::make_pair(std::string("f3"), std::uint64_t(3)));
}

TEST_F(working_dir, tells_how_far_it_is)
{
    put({{"a", std::string(1'000'000, 'x')}, {"b", "yy"}});
    std::vector<std::uint64_t> seen;
    pack_folder(root(), package_options(), [&](std::uint64_t bytes) { seen.push_back(bytes); });
    ASSERT_GE(seen.size(), 3u);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_EQ(seen.back(), 1'000'002u);
}

TEST_F(working_dir, is_a_private_file_that_goes_with_the_package)
{
    put({{"a", "x"}});
    package kept;
    {
        package packed = pack();
        EXPECT_EQ(std::filesystem::status(packed.file).permissions(), std::filesystem::perms(0600));
        EXPECT_TRUE(std::filesystem::is_empty(scratch_.path())) << "no name that a killed process could leave";
        kept = std::move(packed);
    }
    EXPECT_EQ(test::unpacked(kept.file).at("a").content, "x");
    auto const first = kept.file;
    package other = pack();
    kept = std::move(other);
    EXPECT_FALSE(std::filesystem::exists(first));
    EXPECT_EQ(test::unpacked(kept.file).at("a").content, "x");
}

TEST_F(working_dir, that_is_an_archive_is_named_by_its_content)
{
    struct row {
        std::string file, name;
    };
    // SHA-1 of "abc".
    std::string const hash = "_ray_pkg_a9993e364706816aba3e25717850c26c9cd0d89d";
    for (row const& one : {
             row{"x.zip", hash + ".zip"},
             row{"x.tar.gz", hash + ".tar.gz"},
             row{"x.tgz", hash + ".tar.gz"},
             row{"x.tar.xz", hash + ".tar.xz"},
             row{"my-1.0-py3-none-any.whl", "my-1.0-py3-none-any.whl"},
         }) {
        put({{one.file, "abc"}});
        {
            package const packed = pack_archive(root() / one.file);
            EXPECT_EQ(packed.name, one.name);
            EXPECT_EQ(packed.bytes, 3u);
            EXPECT_EQ(packed.file, root() / one.file);
        }
        EXPECT_TRUE(std::filesystem::exists(root() / one.file)) << one.file;
    }
}

}  // namespace
}  // namespace kuberay::ray
