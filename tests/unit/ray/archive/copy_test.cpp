// Copies, with processes of this machine in the place of the container's.
#include "ray/pod_copy.hpp"
#include "support/co_test.hpp"
#include "support/local_program.hpp"
#include "support/scratch_folder.hpp"
#include "support/tar_bytes.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace kuberay::ray {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace kuberay::test;

using tree = std::map<std::string, std::string>;

pod_place place(std::filesystem::path const& path)
{
    pod_place at;
    at.pod = "p";
    at.path = path.string();
    return at;
}

task<copy_result> put(std::vector<std::filesystem::path> from, std::filesystem::path const& to)
{
    return upload(start_local, std::move(from), place(to), copy_progress());
}

task<copy_result> fetch(std::filesystem::path const& from, std::filesystem::path const& to)
{
    return download(start_local, place(from), to, copy_progress());
}

std::vector<std::filesystem::path> paths(std::filesystem::path const& a, std::filesystem::path const& b = {})
{
    std::vector<std::filesystem::path> all{a};
    if (!b.empty()) all.push_back(b);
    return all;
}

KUBERAY_CO_TEST(copy_to_pod, unpacks_into_a_folder_or_under_a_new_name)
{
    scratch_folder const here, there;
    put_content(here.path() / "data/sub/file", std::string(300'000, 'x'));
    put_content(here.path() / "a b'$(x).txt", "text");
    ::chmod((here.path() / "a b'$(x).txt").c_str(), 0750);
    std::filesystem::create_symlink("sub/file", here.path() / "data/link");
    std::filesystem::create_directory(there.path() / "in to;");
    auto const text = here.path() / "a b'$(x).txt";
    auto const both = paths(text, here.path() / "data");
    copy_result const many = co_await put(both, there.path() / "in to;");
    EXPECT_EQ(many.files, 2U);
    EXPECT_EQ(many.bytes, 300'004U);
    auto const one = paths(text);
    co_await put(one, there.path() / "new name.txt");
    co_await put(one, there.path() / "new name.txt");
    auto const folder = paths(here.path() / "data/");
    co_await put(folder, there.path() / "copied");
    EXPECT_EQ(
        tree_of(there.path()), (tree{
                                   {"in to;/", ""},
                                   {"in to;/a b'$(x).txt", "text"},
                                   {"in to;/data/", ""},
                                   {"in to;/data/link", "-> sub/file"},
                                   {"in to;/data/sub/", ""},
                                   {"in to;/data/sub/file", std::string(300'000, 'x')},
                                   {"new name.txt", "text"},
                                   {"copied/", ""},
                                   {"copied/link", "-> sub/file"},
                                   {"copied/sub/", ""},
                                   {"copied/sub/file", std::string(300'000, 'x')}
                               })
    );
    struct stat seen{};
    ::stat((there.path() / "new name.txt").c_str(), &seen);
    EXPECT_EQ(seen.st_mode & 07777, 0750U);
}

KUBERAY_CO_TEST(copy_to_pod, what_cannot_be_unpacked_or_read_is_told)
{
    scratch_folder const here, there;
    put_content(here.path() / "a", std::string(2'000'000, 'a'));
    put_content(here.path() / "b", "b");
    put_content(there.path() / "a/in/the/way", "kept");
    auto const both = paths(here.path() / "a", here.path() / "b");
    result<copy_result> const no_folder = co_await as_result(put(both, there.path() / "nothing"));
    EXPECT_TRUE(no_folder.has_error());
    EXPECT_THAT(no_folder.error().message(), HasSubstr("there is no folder"));
    auto const one = paths(here.path() / "a");
    result<copy_result> const no_parent = co_await as_result(put(one, there.path() / "no/parent"));
    EXPECT_TRUE(no_parent.has_error());
    result<copy_result> const blocked = co_await as_result(put(one, there.path()));
    EXPECT_TRUE(blocked.has_error());
    EXPECT_EQ(blocked.error().code(), errc::unexpected);
    EXPECT_THAT(blocked.error().message(), HasSubstr("exit code"));
    auto const missing = paths(here.path() / "missing");
    result<copy_result> const not_here = co_await as_result(put(missing, there.path()));
    EXPECT_TRUE(not_here.has_error());
    EXPECT_EQ(not_here.error().code(), error_code(ENOENT, boost::system::system_category()));
    EXPECT_EQ(tree_of(there.path()).size(), 4U) << "nothing is left beside";
}

task<pod_program> start_lossy(std::string, kube::exec_options options)
{
    auto const program = std::make_shared<local_program>(options.command, options.input);
    pod_program handle = handle_of(program);
    auto const first = std::make_shared<bool>(true);
    handle.write = [program, first](std::string bytes) {
        if (std::exchange(*first, false)) bytes[600] = static_cast<char>(bytes[600] ^ 1);
        return write_local(program, std::move(bytes));
    };
    co_return handle;
}

task<pod_program> start_silent(std::string, kube::exec_options options)
{
    co_return handle_of(std::make_shared<local_program>(std::vector<std::string>{"cat"}, options.input));
}

KUBERAY_CO_TEST(copy_to_pod, without_a_true_report_nothing_counts_as_copied)
{
    scratch_folder const here, there;
    put_content(here.path() / "a", std::string(1000, 'a'));
    auto const one = paths(here.path() / "a");
    auto const to = place(there.path());
    result<copy_result> const changed = co_await as_result(upload(start_lossy, one, to, copy_progress()));
    EXPECT_TRUE(changed.has_error());
    EXPECT_EQ(changed.error().code(), errc::connection_lost);
    EXPECT_THAT(changed.error().message(), HasSubstr("or not the same ones"));
    result<copy_result> const silent = co_await as_result(upload(start_silent, one, to, copy_progress()));
    EXPECT_TRUE(silent.has_error());
    EXPECT_EQ(silent.error().code(), errc::connection_lost);
    EXPECT_THAT(silent.error().message(), HasSubstr("did not confirm"));
}

TEST(copy_to_pod, reads_reports)
{
    EXPECT_FALSE(find_report(""));
    EXPECT_FALSE(find_report("kuberay-copy 12"));
    EXPECT_FALSE(find_report("kuberay-copy x abc\nkuberay-copy 1 a b\n"));
    std::optional<upload_report> const report = find_report("motd\nkuberay-copy 12 abc\n");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->bytes, 12U);
    EXPECT_EQ(report->digest, "abc");
}

KUBERAY_CO_TEST(copy_from_pod, takes_files_and_folders_into_a_folder_or_under_a_new_name)
{
    scratch_folder const here, there;
    put_content(there.path() / "data/sub/-file", std::string(300'000, 'x'));
    put_content(there.path() / "-odd name", "text");
    std::filesystem::create_directory_symlink("data", there.path() / "latest");
    co_await fetch(there.path() / "data", here.path());
    co_await fetch(there.path() / "data", here.path() / "renamed");
    co_await fetch(there.path() / "-odd name", here.path() / "new");
    copy_result const linked = co_await fetch(there.path() / "latest/", here.path());
    EXPECT_EQ(linked.files, 1U);
    EXPECT_EQ(linked.bytes, 300'000U);
    copy_result const link = co_await fetch(there.path() / "latest", here.path());
    EXPECT_THAT(link.skipped, ElementsAre(HasSubstr("a symbolic link to \"data\"")));
    std::string const large(300'000, 'x');
    EXPECT_EQ(
        tree_of(here.path()), (tree{
                                  {"data/", ""},
                                  {"data/sub/", ""},
                                  {"data/sub/-file", large},
                                  {"renamed/", ""},
                                  {"renamed/sub/", ""},
                                  {"renamed/sub/-file", large},
                                  {"new", "text"},
                                  {"latest/", ""},
                                  {"latest/sub/", ""},
                                  {"latest/sub/-file", large}
                              })
    );
}

task<pod_program> start_hostile(std::string, kube::exec_options options)
{
    // A tar that answers with the file named by the last argument, whatever it was asked for.
    std::vector<std::string> const command{"cat", options.command.at(4) + "/" + options.command.back()};
    co_return handle_of(std::make_shared<local_program>(command, options.input));
}

KUBERAY_CO_TEST(copy_from_pod, what_is_not_there_cut_or_not_asked_for_is_told)
{
    scratch_folder const here, there;
    result<copy_result> const missing = co_await as_result(fetch(there.path() / "missing", here.path()));
    EXPECT_TRUE(missing.has_error());
    EXPECT_EQ(missing.error().code(), reason::not_found);
    put_content(there.path() / "cut", tar_file("./cut/a", "x") + tar_file("./cut/b", "y"));
    auto const cut_place = place(there.path() / "cut");
    result<copy_result> const cut =
        co_await as_result(download(start_hostile, cut_place, here.path(), copy_progress()));
    EXPECT_TRUE(cut.has_error());
    EXPECT_EQ(cut.error().code(), errc::connection_lost);
    put_content(there.path() / "evil", tar_file("./.bashrc", "x") + tar_file("./evil/../../.bashrc", "y") + tar_end());
    auto const evil_place = place(there.path() / "evil");
    copy_result const evil = co_await download(start_hostile, evil_place, here.path(), copy_progress());
    EXPECT_EQ(evil.files, 0U);
    EXPECT_EQ(evil.skipped.size(), 2U);
    EXPECT_EQ(tree_of(here.path()), (tree{{"cut/", ""}, {"cut/a", "x"}, {"cut/b", "y"}}));
}

}  // namespace
}  // namespace kuberay::ray
