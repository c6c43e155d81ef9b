#include "support/scratch_folder.hpp"
#include "unit/ray/package/unpacked.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/runtime_env.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using strings = std::vector<std::string>;
using testing::HasSubstr;

class runtime_env_resolve : public testing::Test {
protected:
    test::scratch_folder folder_;

    std::string path(std::string const& name) const { return (folder_.path() / name).string(); }

    std::string put(std::string const& name, std::string const& content)
    {
        test::put_content(folder_.path() / name, content);
        return path(name);
    }

    static resolved_runtime_env resolve(std::string const& text, runtime_env_options options = runtime_env_options())
    {
        return resolve_runtime_env(parse_json(text)->as_object(), std::move(options));
    }

    static error refusal(std::string const& text)
    {
        try {
            resolve(text);
        } catch (failure const& thrown) {
            return thrown.error();
        }
        ADD_FAILURE() << "was taken: " << text;
        return error();
    }
};

TEST_F(runtime_env_resolve, sends_what_rays_client_sends)
{
    struct row {
        std::string given, sent;
    };
    std::string const requirements = put("req.txt", "\n\nb\r\n\n# words\na\nb\n\n");
    std::string const conda = put("env.yaml", "name: x\ndependencies: [pip, {pip: [a]}]\n");
    for (row const& one : {
             row{R"({"pip":["a","a","b"]})", R"({"pip":{"packages":["a","b"],"pip_check":false}})"},
             row{R"({"pip":")" + requirements + "\"}",
                 R"({"pip":{"packages":["b","","# words","a"],"pip_check":false}})"},
             row{R"({"pip":{"packages":")" + requirements + R"(","pip_check":true}})",
                 R"({"pip":{"packages":["b","","# words","a"],"pip_check":true}})"},
             row{R"({"pip":{"packages":["a"],"pip_version":"==1","pip_install_options":["-q"]}})",
                 R"({"pip":{"packages":["a"],"pip_version":"==1","pip_install_options":["-q"],"pip_check":false}})"},
             row{R"({"conda":")" + conda + "\"}", R"({"conda":{"name":"x","dependencies":["pip",{"pip":["a"]}]}})"},
             row{R"({"conda":"base"})", R"({"conda":"base"})"},
             row{R"({"uv":["a","a"]})",
                 R"({"uv":{"packages":["a"],"uv_check":false,"uv_pip_install_options":["--no-cache"]}})"},
             row{R"({"config":{"setup_timeout_seconds":30}})",
                 R"({"config":{"setup_timeout_seconds":30,"eager_install":true,"log_files":[]}})"},
             row{R"({"config":{}})", R"({"config":{"setup_timeout_seconds":600,"eager_install":true,"log_files":[]}})"},
             row{R"({"env_vars":{},"excludes":[],"pip":[],"uv":null,"conda":null})", "{}"},
             row{R"({"pip":{"packages":[]}})", "{}"},
             row{R"({"env_vars":{"A":"b"},"custom":[],"working_dir":"s3://b/x.zip","excludes":["x"]})",
                 R"({"env_vars":{"A":"b"},"custom":[],"working_dir":"s3://b/x.zip","excludes":["x"]})"},
         })
        EXPECT_EQ(*parse_json(to_json(resolve(one.given).env)), *parse_json(one.sent)) << one.given;
}

TEST_F(runtime_env_resolve, packs_folders_and_uploads_each_once)
{
    put("job/main.py", "x");
    put("job/data.csv", "1");
    put("lib/mod/__init__.py", "y");
    auto const made = resolve(
        R"({"excludes":["*.csv"],"working_dir":")" + path("job") + R"(","py_modules":[")" + path("lib/mod") + R"(",")"
        + path("lib/mod/") + R"(","https://h/x.whl"]})"
    );
    ASSERT_EQ(made.packages.size(), 2u);
    EXPECT_EQ(made.env.at("working_dir").as_string(), made.packages[0].uri());
    json::array const& modules = made.env.at("py_modules").as_array();
    EXPECT_EQ(modules[0].as_string(), made.packages[1].uri());
    EXPECT_EQ(modules[1], modules[0]);
    EXPECT_EQ(modules[2], "https://h/x.whl");
    EXPECT_EQ(to_json(made.env.at("excludes")), R"(["*.csv"])");
    EXPECT_EQ(test::unpacked(made.packages[0].file).size(), 1u);
    EXPECT_TRUE(test::unpacked(made.packages[1].file).contains("mod/__init__.py"));
    EXPECT_EQ(made.notes, strings());
}

// Ray's client gives both the same name, and would upload only the first of them.
TEST_F(runtime_env_resolve, tells_packages_of_the_same_files_apart)
{
    put("mod/__init__.py", "y");
    std::filesystem::copy(path("mod"), path("twin"), std::filesystem::copy_options::recursive);
    auto const made = resolve(
        R"({"working_dir":")" + path("mod") + R"(","py_modules":[")" + path("mod") + R"(",")" + path("twin") + "\"]}"
    );
    ASSERT_EQ(made.packages.size(), 3u);
    EXPECT_TRUE(test::unpacked(made.packages[0].file).contains("__init__.py"));
    EXPECT_TRUE(test::unpacked(made.packages[1].file).contains("mod/__init__.py"));
    EXPECT_TRUE(test::unpacked(made.packages[2].file).contains("twin/__init__.py"));
    EXPECT_NE(made.packages[1].name, made.packages[0].name);
    EXPECT_NE(made.packages[1].name, made.packages[2].name);
    EXPECT_EQ(made.env.at("py_modules").as_array()[1].as_string(), made.packages[2].uri());
}

TEST_F(runtime_env_resolve, lets_the_flag_replace_the_working_dir)
{
    put("job/main.py", "x");
    runtime_env_options options;
    options.working_dir = path("job");
    auto made = resolve(R"({"working_dir":"gcs://other.zip"})", options);
    EXPECT_EQ(made.env.at("working_dir").as_string(), made.packages.at(0).uri());
    ASSERT_EQ(made.notes.size(), 1u);
    EXPECT_THAT(made.notes[0], HasSubstr("\"gcs://other.zip\" of the runtime environment is replaced by"));
    made = resolve("{}", options);
    EXPECT_EQ(made.notes, strings());
    EXPECT_EQ(made.packages.size(), 1u);
}

TEST_F(runtime_env_resolve, heeds_rays_variables)
{
    put("job/main.py", "x");
    put("job/.git/config", "x");
    put("job/.gitignore", "main.py\n");
    std::string const env = R"({"working_dir":")" + path("job") + "\"}";
    EXPECT_EQ(resolve(env).packages.at(0).files, 1u);
    EXPECT_THAT(resolve(env).notes.at(0), HasSubstr("\".git\" in \"" + path("job") + "\" is left out by default"));
    runtime_env_options options;
    options.ignore_gitignore = "1";
    EXPECT_EQ(resolve(env, options).packages.at(0).files, 2u);
    options.override_default_excludes = " , main.py ,";
    EXPECT_EQ(resolve(env, options).packages.at(0).files, 2u);
    EXPECT_TRUE(test::unpacked(resolve(env, options).packages.at(0).file).contains(".git/config"));
}

TEST_F(runtime_env_resolve, tells_what_is_odd)
{
    put("job/a", "x");
    std::filesystem::create_symlink("gone", path("job/link"));
    std::filesystem::create_symlink(".", path("job/self"));
    auto const made = resolve(R"({"workingdir":"x","excludes":["a"],"working_dir":")" + path("job") + "\"}");
    ASSERT_EQ(made.notes.size(), 4u);
    EXPECT_THAT(made.notes[0], HasSubstr("\"workingdir\" is unknown and sent as it is; \"working_dir\" is known"));
    EXPECT_THAT(made.notes[1], HasSubstr("leads nowhere: \"link\""));
    EXPECT_THAT(made.notes[2], HasSubstr("back to a folder above it: \"self\""));
    EXPECT_THAT(made.notes[3], HasSubstr("holds no file"));
}

TEST_F(runtime_env_resolve, takes_archives_as_they_are)
{
    put("job.zip", "abc");
    put("my-1-py3-none-any.whl", "abc");
    auto const made = resolve(
        R"({"excludes":["x"],"working_dir":")" + path("job.zip") + R"(","py_modules":[")"
        + path("my-1-py3-none-any.whl") + "\"]}"
    );
    EXPECT_EQ(made.env.at("working_dir"), "gcs://_ray_pkg_a9993e364706816aba3e25717850c26c9cd0d89d.zip");
    EXPECT_EQ(made.env.at("py_modules").as_array()[0], "gcs://my-1-py3-none-any.whl");
    EXPECT_THAT(made.notes.at(0), HasSubstr("excludes do not count"));
    EXPECT_TRUE(std::filesystem::exists(path("job.zip")));
}

TEST_F(runtime_env_resolve, passes_remote_packages)
{
    for (std::string const uri : {
             "https://h/x.zip",
             "HTTPS://h/x.zip?token=a",
             "http://h/x.tar.gz",
             "s3://b/x.tgz",
             "gs://b/x.tar.xz",
             "azure://c/x.zip",
             "abfss://c@a.host/x.zip",
             "file:///srv/x.zip",
             "gcs://_ray_pkg_1.zip",
             "local:///app",
         })
        EXPECT_EQ(resolve(R"({"working_dir":")" + uri + "\"}").env.at("working_dir").as_string(), uri);
}

TEST_F(runtime_env_resolve, refuses_what_ray_cannot_fetch)
{
    struct row {
        std::string uri, message, hint;
    };
    std::string const git = "archive/COMMIT.zip";
    for (row const& one : {
             row{"git+https://h/o/r", "\"git+https://h/o/r\" cannot be fetched by Ray", git},
             row{"git+https://user:secret@h/o/r?x=secret", "\"git+https://h/o/r\" cannot", git},
             row{"ssh://git@h/o/r", "cannot be fetched", git},
             row{"git@h:o/r.git", "is a git repository", git},
             row{"https://h/o/r.git", "must end in .zip, .tar.gz, .tgz or .tar.xz", git},
             row{"https://me:secret@h/x.tar.bz2?sig=secret", "\"https://h/x.tar.bz2\" must end in", git},
             row{"s3://b/x", "must end in", ""},
             row{"https://h/x.whl", "must end in", git},
             row{"ftp://h/x.zip", "cannot be fetched by Ray", ""},
             row{"pip://x.zip", "cannot be fetched by Ray", ""},
             row{"local://app", "by its absolute path", ""},
             row{"local:///app.zip", "by its absolute path", ""},
             row{"", "working_dir: it is empty", ""},
         }) {
        error const why = refusal(R"({"working_dir":")" + one.uri + "\"}");
        EXPECT_EQ(why.code(), errc::bad_input) << one.uri;
        EXPECT_THAT(why.message(), HasSubstr(one.message)) << one.uri;
        EXPECT_THAT(std::string(why.hint()), HasSubstr(one.hint)) << one.uri;
        EXPECT_THAT(why.message(), testing::Not(HasSubstr("secret"))) << one.uri;
    }
}

TEST_F(runtime_env_resolve, names_the_key_of_what_cannot_be_read)
{
    std::string const file = put("mod.py", "x");
    EXPECT_THAT(
        refusal(R"({"working_dir":")" + path("gone") + "\"}").message(), HasSubstr("working_dir: could not read")
    );
    EXPECT_THAT(refusal(R"({"working_dir":")" + file + "\"}").message(), HasSubstr("is neither a folder nor a .zip"));
    error const module = refusal(R"({"py_modules":[")" + file + "\"]}");
    EXPECT_THAT(module.message(), HasSubstr("py_modules[0]: \"" + file + "\" is neither a folder nor a .whl"));
    EXPECT_THAT(std::string(module.hint()), HasSubstr("put the file into a folder"));
    put("mod.zip", "x");
    EXPECT_EQ(refusal(R"({"py_modules":[")" + path("mod.zip") + "\"]}").code(), errc::bad_input);
    error const pip = refusal(R"({"pip":")" + path("gone.txt") + "\"}");
    EXPECT_EQ(pip.code(), boost::system::errc::no_such_file_or_directory);
    EXPECT_THAT(pip.message(), HasSubstr("pip: "));
    EXPECT_EQ(
        refusal(R"({"conda":")" + path("gone.yaml") + "\"}").code(), boost::system::errc::no_such_file_or_directory
    );
    EXPECT_EQ(refusal(R"({"conda":")" + path("gone") + "\"}").code(), errc::bad_input);
    EXPECT_EQ(refusal(R"({"conda":")" + put("bad.yaml", "a: [") + "\"}").code(), errc::bad_document);
    EXPECT_EQ(refusal(R"({"conda":")" + put("list.yaml", "[a]") + "\"}").code(), errc::bad_input);
    EXPECT_EQ(refusal(R"({"env_vars":{"A":5}})").code(), errc::bad_input);
}

TEST_F(runtime_env_resolve, names_where_what_is_wrong_was_written)
{
    struct row {
        std::string text, place;
    };
    for (row const& one : {
             row{"env_vars: {}\nworking_dir: /no/such", "env.yaml:2:14: working_dir: could not read"},
             row{"py_modules:\n- https://h/x.whl\n- /no/such", "env.yaml:3:3: py_modules[1]: could not read"},
             row{"pip: {packages: /no/such.txt}", "env.yaml:1:6: pip: read /no/such.txt: "},
             row{"uv: [a]\nconda: /no/such", "env.yaml:2:8: conda cannot be given together with uv"},
             row{"conda: /no/such.yaml", "env.yaml:1:8: conda: read /no/such.yaml: "},
             row{R"({"working_dir": "ftp://h/x.zip"})", "env.yaml: working_dir: \"ftp://h/x.zip\" cannot be fetched"},
         }) {
        runtime_env_options options;
        try {
            json::object const env = parse_runtime_env(one.text, "env.yaml", &options.where);
            resolve_runtime_env(env, options);
            ADD_FAILURE() << "was taken: " << one.text;
        } catch (failure const& thrown) {
            EXPECT_THAT(thrown.error().message(), testing::StartsWith(one.place)) << one.text;
        }
    }
}

TEST_F(runtime_env_resolve, names_the_flag_where_it_replaces_what_was_written)
{
    runtime_env_options options;
    options.working_dir = path("gone");
    options.working_dir_source = "--working-dir";
    json::object const env = parse_runtime_env("working_dir: " + path("also-gone"), "env.yaml", &options.where);
    try {
        resolve_runtime_env(env, options);
        ADD_FAILURE() << "was taken";
    } catch (failure const& thrown) {
        EXPECT_THAT(
            thrown.error().message(), testing::StartsWith("--working-dir: could not read \"" + path("gone") + "\"")
        );
    }
}

TEST(runtime_env_local_path, is_the_first_value_that_only_this_machine_has)
{
    struct row {
        char const *env, *pointer;
    };
    for (row const& one : {
             row{"{}", ""},
             row{R"({"working_dir": "s3://b/x.zip", "py_modules": ["gs://b/m.zip"], "conda": "base"})", ""},
             row{R"({"working_dir": "."})", "/working_dir"},
             row{R"({"py_modules": ["s3://b/m.zip", "mine"]})", "/py_modules/1"},
             row{R"({"pip": ["a"]})", ""},
             row{R"({"pip": "requirements.txt"})", "/pip"},
             row{R"({"uv": "requirements.txt"})", "/uv"},
             row{R"({"conda": "env.yml"})", "/conda"},
             row{R"({"conda": "envs/base"})", "/conda"},
         })
        EXPECT_EQ(first_local_path(parse_json(one.env)->as_object()), one.pointer) << one.env;
}

TEST_F(runtime_env_resolve, tells_which_folder_is_packed)
{
    put("job/a", "xyz");
    runtime_env_options options;
    std::vector<std::pair<std::string, std::uint64_t>> seen;
    options.on_progress = [&](std::string const& path, std::uint64_t bytes) { seen.emplace_back(path, bytes); };
    resolve(R"({"working_dir":")" + path("job") + "\"}", options);
    EXPECT_THAT(seen, testing::ElementsAre(std::make_pair(path("job"), std::uint64_t(3))));
}

}  // namespace
}  // namespace kuberay::ray
