#include <kuberay/base/file.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

namespace kuberay {
namespace {

class file : public testing::Test {
protected:
    file()
    {
        std::string made = (std::filesystem::temp_directory_path() / "kuberay-file-XXXXXX").string();
        if (!::mkdtemp(made.data())) throw std::runtime_error("no folder for the test");
        folder_ = made;
    }

    ~file() override
    {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    std::size_t entries() const
    {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator())
        );
    }

    std::filesystem::path folder_;
};

TEST_F(file, is_read_whole)
{
    std::string const content("line\n\0binary", 12);
    std::ofstream(folder_ / "a", std::ios::binary) << content;
    EXPECT_EQ(read_file(folder_ / "a").value(), content);
    EXPECT_EQ(read_file(folder_ / "a", content.size()).value(), content);
}

TEST_F(file, that_cannot_be_read_says_why)
{
    auto const missing = read_file(folder_ / "missing");
    EXPECT_EQ(missing.error().code(), boost::system::errc::no_such_file_or_directory);
    EXPECT_EQ(missing.error().message(), "read " + (folder_ / "missing").string() + ": No such file or directory");
    EXPECT_EQ(read_file(folder_).error().code(), boost::system::errc::is_a_directory);
    std::ofstream(folder_ / "a") << "12345";
    auto const large = read_file(folder_ / "a", 4);
    EXPECT_EQ(large.error().code(), errc::too_large);
    EXPECT_NE(large.error().message().find("larger than 4 bytes"), std::string::npos);
}

TEST_F(file, without_a_size_is_read_to_its_end)
{
    auto const status = read_file("/proc/self/status");
    EXPECT_NE(status.value().find("Pid:"), std::string::npos);
}

TEST_F(file, is_replaced_for_its_owner_only)
{
    auto const path = folder_ / "config";
    std::ofstream(path) << "old";
    std::filesystem::permissions(path, std::filesystem::perms(0644));
    EXPECT_TRUE(write_private_file(path, "new").has_value());
    EXPECT_EQ(read_file(path).value(), "new");
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
    EXPECT_EQ(entries(), 1u) << "something is left beside the file";
}

TEST_F(file, behind_a_link_is_replaced_and_the_link_kept)
{
    std::ofstream(folder_ / "real") << "old";
    std::filesystem::create_symlink("real", folder_ / "link");
    EXPECT_TRUE(write_private_file(folder_ / "link", "new").has_value());
    EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
    EXPECT_EQ(read_file(folder_ / "real").value(), "new");
}

TEST_F(file, that_cannot_be_written_leaves_nothing_behind)
{
    std::filesystem::create_directory(folder_ / "a");
    std::ofstream(folder_ / "a" / "inner") << "x";
    EXPECT_TRUE(write_private_file(folder_ / "a", "new").has_error());
    EXPECT_EQ(entries(), 1u);
    EXPECT_EQ(
        write_private_file(folder_ / "none" / "b", "new").error().code(), boost::system::errc::no_such_file_or_directory
    );
}

TEST(environment, tells_unset_from_empty)
{
    ::setenv("KUBERAY_TEST_VARIABLE", "", 1);
    EXPECT_EQ(environment("KUBERAY_TEST_VARIABLE"), "");
    ::unsetenv("KUBERAY_TEST_VARIABLE");
    EXPECT_EQ(environment("KUBERAY_TEST_VARIABLE"), std::nullopt);
}

TEST(environment, names_the_home_directory)
{
    auto const before = environment("HOME");
    ::setenv("HOME", "/somewhere", 1);
    EXPECT_EQ(home_directory(), "/somewhere");
    ::unsetenv("HOME");
    EXPECT_TRUE(home_directory().is_absolute());
    if (before) ::setenv("HOME", before->c_str(), 1);
}

}  // namespace
}  // namespace kuberay
