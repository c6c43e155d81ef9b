#include "support/scratch_folder.hpp"
#include "unit/ray/package/unpacked.hpp"

#include <kuberay/ray/working_dir.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <random>

namespace kuberay::ray {
namespace {

using strings = std::vector<std::string>;

std::string noise(std::size_t size)
{
    std::mt19937_64 dice(11);
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        std::uint64_t const some = dice();
        bytes.replace(at, 8, reinterpret_cast<char const*>(&some), 8);
    }
    return bytes;
}

// Root reads everything: the test becomes somebody else meanwhile.
struct as_nobody {
    as_nobody() { EXPECT_TRUE(!was_root || ::seteuid(65534) == 0); }
    ~as_nobody() { EXPECT_TRUE(!was_root || ::seteuid(0) == 0); }
    bool const was_root = ::geteuid() == 0;
};

class package_fault : public testing::Test {
protected:
    test::scratch_folder folder_, scratch_;

    package_fault()
    {
        std::filesystem::create_directory(root());
        std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
        std::filesystem::permissions(scratch_.path(), std::filesystem::perms(0777));
    }

    std::filesystem::path root() const { return folder_.path() / "root"; }

    package pack(package_options options = package_options())
    {
        options.scratch = scratch_.path();
        return pack_folder(root(), std::move(options));
    }

    // Packing fails so, and leaves nothing.
    error fails(package_options options = package_options())
    {
        error why;
        try {
            pack(std::move(options));
            ADD_FAILURE() << "was packed";
        } catch (failure const& thrown) {
            why = thrown.error();
        }
        EXPECT_TRUE(std::filesystem::is_empty(scratch_.path()));
        return why;
    }

    // The name of a folder that holds this empty file: a name without content counts the same.
    std::string name_with_empty(std::string const& file)
    {
        test::scratch_folder other;
        test::put_content(other.path() / file, "");
        return pack_folder(other.path(), package_options()).name;
    }
};

TEST_F(package_fault, a_link_to_nowhere_counts_by_its_name)
{
    std::filesystem::create_symlink("nowhere", root() / "a");
    package const packed = pack();
    EXPECT_EQ(packed.notes.dangling, strings{"a"});
    EXPECT_EQ(packed.name, name_with_empty("a"));
    EXPECT_TRUE(test::unpacked(packed.file).empty());
}

TEST_F(package_fault, links_in_circles_end)
{
    test::put_content(root() / "sub/x", "x");
    std::filesystem::create_symlink(".", root() / "self");
    std::filesystem::create_symlink("../..", root() / "sub/up");
    std::filesystem::create_symlink("b", root() / "a");
    std::filesystem::create_symlink("a", root() / "b");
    package const packed = pack();
    EXPECT_EQ(packed.notes.loops, (strings{"self", "sub/up/root"}));
    EXPECT_EQ(packed.notes.dangling, (strings{"a", "b"}));
    EXPECT_EQ(packed.files, 1u);
}

TEST_F(package_fault, an_unreadable_file_counts_by_its_name)
{
    test::put_content(root() / "a", "secret");
    ASSERT_EQ(::chmod((root() / "a").c_str(), 0), 0);
    std::string const expected = name_with_empty("a");
    as_nobody const somebody;
    package const packed = pack();
    EXPECT_EQ(packed.notes.unreadable, strings{"a"});
    EXPECT_EQ(packed.name, expected);
    EXPECT_EQ(packed.files, 0u);
}

TEST_F(package_fault, an_unreadable_folder_or_ignore_file_is_an_error)
{
    for (std::string const name : {"folder", ".gitignore"}) {
        if (name == "folder")
            std::filesystem::create_directory(root() / name);
        else
            test::put_content(root() / name, "x");
        ASSERT_EQ(::chmod((root() / name).c_str(), 0), 0);
        {
            as_nobody const somebody;
            error const why = fails();
            EXPECT_EQ(why.code(), boost::system::errc::permission_denied) << name;
            EXPECT_THAT(why.message(), testing::HasSubstr((root() / name).string()));
        }
        ASSERT_EQ(::chmod((root() / name).c_str(), 0700), 0);
        std::filesystem::remove(root() / name);
    }
}

TEST_F(package_fault, pipes_are_not_waited_for)
{
    ASSERT_EQ(::mkfifo((root() / "pipe").c_str(), 0600), 0);
    package const packed = pack();
    EXPECT_EQ(packed.notes.unreadable, strings{"pipe"});
    EXPECT_EQ(packed.name, name_with_empty("pipe"));
}

TEST_F(package_fault, a_name_that_is_no_utf8_is_refused_unless_left_out)
{
    test::put_content(root() / "bad\xff.txt", "x");
    error const why = fails();
    EXPECT_EQ(why.code(), errc::bad_input);
    EXPECT_THAT(why.message(), testing::HasSubstr("bad\uFFFD.txt"));
    package_options options;
    options.excludes = {"bad?.txt"};
    EXPECT_TRUE(pack(options).notes.is_empty);
}

TEST_F(package_fault, bad_patterns_are_named)
{
    test::put_content(root() / "sub/.rayignore", "x\n[z-a]\n");
    error why = fails();
    EXPECT_EQ(why.code(), errc::bad_input);
    EXPECT_THAT(why.message(), testing::HasSubstr("sub/.rayignore\", line 2"));
    package_options options;
    options.excludes = {"!"};
    EXPECT_EQ(fails(options).code(), errc::bad_input);
}

TEST_F(package_fault, what_is_no_folder_is_refused)
{
    std::filesystem::remove(root());
    EXPECT_EQ(fails().code(), boost::system::errc::no_such_file_or_directory);
    test::put_content(root(), "x");
    EXPECT_EQ(fails().code(), errc::bad_input);
    EXPECT_THROW(pack_archive(root()), failure);
    EXPECT_THROW(pack_archive(folder_.path() / "gone.zip"), failure);
    std::filesystem::create_directory(folder_.path() / "folder.zip");
    EXPECT_THROW(pack_archive(folder_.path() / "folder.zip"), failure);
}

TEST_F(package_fault, too_much_is_refused_with_the_largest_files)
{
    std::string const some = noise(1 << 20);
    std::ofstream out(root() / "model.bin", std::ios::binary);
    for (int i = 0; i < 120; ++i)
        out << some;
    out.close();
    test::put_content(root() / "small", "x");
    test::put_content(root() / "z/other.bin", some);
    error const why = fails();
    EXPECT_EQ(why.code(), errc::too_large);
    EXPECT_THAT(why.message(), testing::HasSubstr("104857600 bytes"));
    EXPECT_THAT(why.message(), testing::HasSubstr("model.bin (120 MiB), z/other.bin (1 MiB), small (1 KiB)"));
    EXPECT_THAT(std::string(why.hint()), testing::HasSubstr(".rayignore"));
    std::filesystem::rename(root() / "model.bin", root() / "model.zip");
    try {
        pack_archive(root() / "model.zip");
        ADD_FAILURE();
    } catch (failure const& thrown) {
        EXPECT_EQ(thrown.error().code(), errc::too_large);
    }
}

TEST_F(package_fault, the_limit_is_exact)
{
    test::put_content(root() / "a", noise(10'000));
    test::put_content(root() / "b", "text");
    package_options options;
    options.max_bytes = pack().bytes;
    EXPECT_EQ(pack(options).bytes, options.max_bytes);
    --options.max_bytes;
    EXPECT_EQ(fails(options).code(), errc::too_large);
}

TEST_F(package_fault, a_full_disk_is_named_and_leaves_nothing)
{
    test::put_content(root() / "a", noise(4 << 20));
    auto const before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    rlimit const small{2 << 20, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    error const why = fails();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, before);
    EXPECT_EQ(why.code(), boost::system::errc::file_too_large);
    EXPECT_THAT(why.message(), testing::HasSubstr(scratch_.path().string()));
}

TEST_F(package_fault, nowhere_to_write_is_named)
{
    package_options options;
    options.scratch = folder_.path() / "gone";
    try {
        pack_folder(root(), options);
        ADD_FAILURE();
    } catch (failure const& thrown) {
        EXPECT_EQ(thrown.error().code(), boost::system::errc::no_such_file_or_directory);
        EXPECT_THAT(thrown.error().message(), testing::HasSubstr("gone"));
    }
}

TEST_F(package_fault, who_watches_can_end_it)
{
    test::put_content(root() / "a", "x");
    struct enough {};
    package_options options;
    options.scratch = scratch_.path();
    EXPECT_THROW(pack_folder(root(), options, [](std::uint64_t) { throw enough(); }), enough);
    EXPECT_TRUE(std::filesystem::is_empty(scratch_.path()));
}

}  // namespace
}  // namespace kuberay::ray
