#include "net/gzip.hpp"
#include "ray/local_tree.hpp"
#include "ray/tar_extract.hpp"
#include "ray/tar_gz_file.hpp"
#include "support/co_test.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace kuberay::ray {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using namespace kuberay::test;

using tree = std::map<std::string, std::string>;

std::string all_of(tree_archive& archive)
{
    std::string bytes;
    for (auto piece = archive.next(); piece; piece = archive.next())
        bytes += *piece;
    return bytes;
}

tree unpacked(std::string const& archive, std::vector<std::string>* skipped = nullptr)
{
    scratch_folder const scratch;
    tar_extract extract(safe_folder(scratch.path()), extract_options());
    extract.push(archive);
    EXPECT_TRUE(extract.ended());
    if (skipped) *skipped = extract.skipped();
    return tree_of(scratch.path());
}

TEST(local_tree, packs_files_folders_and_links_that_stay_inside)
{
    scratch_folder const scratch;
    auto const root = scratch.path() / "root";
    put_content(root / "a", "content of a");
    put_content(root / "sub/large", std::string(1'000'000, 'l'));
    put_content(root / "empty", "");
    std::filesystem::create_directory(root / "hollow");
    std::filesystem::create_symlink("../a", root / "sub/inside");
    std::filesystem::create_symlink("../../precious", root / "sub/outside");
    std::filesystem::create_symlink("/etc/passwd", root / "absolute");
    ASSERT_EQ(::mkfifo((root / "pipe").c_str(), 0600), 0);
    tree_archive archive(root, "top");
    std::vector<std::string> skipped;
    tree const found = unpacked(all_of(archive), &skipped);
    EXPECT_EQ(
        found, (tree{
                   {"top/", ""},
                   {"top/a", "content of a"},
                   {"top/empty", ""},
                   {"top/hollow/", ""},
                   {"top/sub/", ""},
                   {"top/sub/large", std::string(1'000'000, 'l')}
               })
    );
    EXPECT_THAT(skipped, UnorderedElementsAre(HasSubstr("top/sub/inside: a symbolic link to \"../a\"")));
    EXPECT_THAT(
        archive.skipped(),
        UnorderedElementsAre(
            HasSubstr("outside: a link to"), HasSubstr("absolute: a link to"), HasSubstr("pipe: neither")
        )
    );
    EXPECT_EQ(archive.files(), 3U);
    EXPECT_EQ(archive.bytes(), 1'000'012U);
}

TEST(local_tree, a_file_that_shrinks_meanwhile_is_filled_and_named)
{
    scratch_folder const scratch;
    put_content(scratch.path() / "a", std::string(600'000, 'a'));
    tree_archive archive(scratch.path() / "a", "a");
    std::string bytes = archive.next().value();
    std::filesystem::resize_file(scratch.path() / "a", 1000);
    bytes += all_of(archive);
    std::string const found = unpacked(bytes)["a"];
    EXPECT_EQ(found, std::string(1000, 'a') + std::string(599'000, '\0'));
    EXPECT_THAT(archive.skipped(), UnorderedElementsAre(HasSubstr("it shrank")));
}

TEST(local_tree, a_root_that_is_not_there_is_an_error)
{
    tree_archive archive("/no/such/file", "file");
    EXPECT_THROW(archive.next(), failure);
}

KUBERAY_CO_TEST(tar_gz_file, holds_a_folder_below_its_own_name_and_appears_when_it_is_complete)
{
    scratch_folder const scratch;
    put_content(scratch.path() / "staged/pod/stdout.log", std::string(3'000'000, 'x'));
    put_content(scratch.path() / "demo.tar.gz", "older");
    co_await write_tar_gz(scratch.path() / "demo.tar.gz", scratch.path() / "staged");
    net::gzip_decoder decoder;
    decoder.put(content_of(scratch.path() / "demo.tar.gz"));
    std::string bytes;
    for (std::string part = decoder.take(1 << 20); !part.empty(); part = decoder.take(1 << 20))
        bytes += part;
    decoder.put_end();
    EXPECT_EQ(
        unpacked(bytes), (tree{{"demo/", ""}, {"demo/pod/", ""}, {"demo/pod/stdout.log", std::string(3'000'000, 'x')}})
    );
    std::filesystem::remove_all(scratch.path() / "staged");
    EXPECT_EQ(tree_of(scratch.path()).size(), 1U);
}

}  // namespace
}  // namespace kuberay::ray
