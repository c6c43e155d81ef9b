#include "support/scratch_folder.hpp"

#include <kuberay/ray/job_client.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>

namespace kuberay::ray {
namespace {

TEST(submission_id, made_ones_look_like_rays_and_differ)
{
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        std::string const id = make_submission_id();
        EXPECT_EQ(id.size(), std::string("raysubmit_").size() + 16) << id;
        EXPECT_TRUE(id.starts_with("raysubmit_")) << id;
        EXPECT_EQ(id.find_first_of("IloO0", 10), std::string::npos) << id;
        EXPECT_EQ(submission_id_fault(id), "");
        seen.insert(id);
    }
    EXPECT_EQ(seen.size(), 1000u);
}

TEST(submission_id, what_would_leave_a_job_behind_is_refused)
{
    struct row {
        std::string id;
        bool is_good;
    };
    row const rows[] = {
        {"a", true},     {"my-job_1.2", true},
        {"ü", true},     {"", false},
        {"a/b", false},  {"a b", false},
        {"a\n", false},  {std::string("a\0b", 3), false},
        {"\x7f", false}, {".", false},
        {"..", false},   {std::string(200, 'x'), true},
        {"a\tb", false}, {std::string(201, 'x'), false},
    };
    for (row const& r : rows)
        EXPECT_EQ(submission_id_fault(r.id).empty(), r.is_good) << r.id;
}

std::string words_that_a_shell_reads(std::string const& line)
{
    std::string const command = "for word in " + line + "; do printf '[%s]' \"$word\"; done";
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string read;
    std::array<char, 1024> buffer{};
    while (std::size_t const got = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
        read.append(buffer.data(), got);
    return read;
}

TEST(shell_words, give_a_shell_back_exactly_the_words)
{
    struct row {
        std::vector<std::string> words;
        std::string line;
    };
    row const rows[] = {
        {{"python", "main.py", "--arg=a b"}, "python main.py '--arg=a b'"},
        {{"echo", "$HOME", "`id`", "$(id)"}, "echo '$HOME' '`id`' '$(id)'"},
        {{"it's", "a\"b", "c\\d"}, "'it'\"'\"'s' 'a\"b' 'c\\d'"},
        {{"", "*", "~", "a;b", "x&", "a\nb", "#c", "!x", "{a,b}"}, "'' '*' '~' 'a;b' 'x&' 'a\nb' '#c' '!x' '{a,b}'"},
        {{"A-z_0.9/@%+=:,"}, "A-z_0.9/@%+=:,"},
        {{"\xc3\xbc"}, "'\xc3\xbc'"},
    };
    for (row const& r : rows) {
        EXPECT_EQ(shell_words(r.words), r.line);
        std::string expected;
        for (std::string const& word : r.words)
            expected += "[" + word + "]";
        EXPECT_EQ(words_that_a_shell_reads(shell_words(r.words)), expected);
    }
}

TEST(dashboard_address, http_and_https_are_taken)
{
    struct row {
        char const *text, *url;
    };
    row const rows[] = {
        {"http://head:8265", "http://head:8265"},       {"http://head:8265/", "http://head:8265"},
        {"https://ray.example", "https://ray.example"}, {" HTTP://head/ray/a/ ", "http://head/ray/a"},
        {"http://[::1]:8265", "http://[::1]:8265"},
    };
    for (row const& r : rows) {
        result<dashboard_address> const address = parse_dashboard_address(r.text);
        ASSERT_TRUE(address.has_value()) << r.text << ": " << address.error().message();
        EXPECT_EQ(address->url.str(), r.url) << r.text;
    }
}

TEST(dashboard_address, what_needs_ray_itself_is_refused_with_what_to_give_instead)
{
    for (char const* text :
         {"", "head:6379", "head", "ray://head:10001", "auto", "ftp://head", "socks5://head", "http://", "unix:///x",
          "my_module://x"}) {
        result<dashboard_address> const address = parse_dashboard_address(text);
        ASSERT_TRUE(address.has_error()) << text;
        EXPECT_EQ(address.error().code(), errc::bad_input) << text;
    }
    result<dashboard_address> const gcs = parse_dashboard_address("head:6379");
    EXPECT_NE(gcs.error().message().find("GCS"), std::string::npos) << gcs.error().message();
    EXPECT_NE(gcs.error().hint().find("http://"), std::string_view::npos);
}

TEST(verify, words_and_certificates_mean_what_they_mean_to_ray)
{
    test::scratch_folder const folder;
    std::filesystem::path const root = folder.path();
    std::ofstream(root / "b.pem") << "second\n";
    std::ofstream(root / "a.crt") << "first\n";
    std::ofstream(root / "readme.txt") << "no certificate\n";
    for (char const* word : {"true", "True", "1"}) {
        net::tls_options tls;
        tls.verify = false;
        ASSERT_TRUE(apply_verify(word, tls).has_value()) << word;
        EXPECT_TRUE(tls.verify) << word;
    }
    for (char const* word : {"false", "False", "0"}) {
        net::tls_options tls;
        ASSERT_TRUE(apply_verify(word, tls).has_value()) << word;
        EXPECT_FALSE(tls.verify) << word;
    }
    net::tls_options of_file, of_folder, of_nothing;
    ASSERT_TRUE(apply_verify((root / "b.pem").string(), of_file).has_value());
    EXPECT_EQ(of_file.ca_pem, "second\n");
    ASSERT_TRUE(apply_verify(root.string(), of_folder).has_value());
    EXPECT_EQ(of_folder.ca_pem, "first\n\nsecond\n\n");
    result<void> const absent = apply_verify((root / "absent").string(), of_nothing);
    ASSERT_TRUE(absent.has_error());
    EXPECT_EQ(absent.error().code(), errc::bad_input);
    EXPECT_NE(absent.error().message().find("absent"), std::string::npos);
}

}  // namespace
}  // namespace kuberay::ray
