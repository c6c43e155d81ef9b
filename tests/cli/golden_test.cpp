#include "cli/program.hpp"
#include "commands/commands.hpp"
#include "golden_file.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/file.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>
#include <kuberay/testing/ray_head.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <optional>
#include <regex>
#include <stdexcept>

namespace cli::golden {
namespace {

namespace fs = std::filesystem;
namespace testing_server = kuberay::testing;

kuberay::timestamp const fixed_now = *kuberay::parse_rfc3339("2026-01-31T12:00:00Z");

std::string slurp(fs::path const& path) { return kuberay::read_file(path).value(); }

void spill(fs::path const& path, std::string const& text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// What differs from run to run: times that Ray's own lines begin with, generated ids.
std::string without_chance(std::string text)
{
    static std::regex const time("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}\t");
    static std::regex const id("raysubmit_[1-9A-Za-z]{16}");
    text = std::regex_replace(text, time, "$$TIME\t");
    return std::regex_replace(text, id, "$$ID");
}

/// Names that the operator's stand-in makes depend on how often it was called; with jobs, that is chance too.
std::string without_suffixes(std::string const& text)
{
    static std::regex const suffix("-[bcdfghjklmnpqrstvwxz2456789]{5}\\b");
    return std::regex_replace(text, suffix, "-$$SUFFIX");
}

/// How often somebody had to wait for a cluster is chance.
std::string without_waits(std::string const& text)
{
    static std::regex const waits("(Ray cluster [^\n]* is ready\\.|Waiting for Ray cluster [^\n]*"
                                  "|Trouble: no pod of the service [^\n]*)\n");
    return std::regex_replace(text, waits, "");
}

/// A word of a `setup` line with the form key=value; empty when there is none.
std::string value_of(std::vector<std::string> const& words, std::string const& key)
{
    for (std::string const& word : words)
        if (word.starts_with(key + "=")) return word.substr(key.size() + 1);
    return std::string();
}

void set_up(testing_server::api_server& server, std::vector<std::string> const& words)
{
    std::string const& verb = words.at(0);
    if (verb == "deny") {
        testing_server::deny_rule rule;
        rule.verb = value_of(words, "verb");
        rule.resource = value_of(words, "resource");
        rule.ns = value_of(words, "namespace");
        return server.deny(rule);
    }
    if (verb == "remove") return void(server.remove(words.at(1), words.at(2), words.at(3)));
    using testing_server::fault;
    std::string const method = value_of(words, "method");
    if (verb == "answer")
        server.inject(fault::answer(std::stoi(words.at(1)), words.at(2), words.at(3)).on(method, "/apis/ray.io"));
    else if (verb == "status")
        server.inject(fault::status(std::stoi(words.at(1)), words.at(2), words.at(3)).on(method, "/apis/ray.io"));
    else if (verb == "truncate")
        server.inject(fault::truncate_after(std::stoul(words.at(1))).on(method, "/apis/ray.io"));
    else if (verb == "wrong-json")
        server.inject(fault::wrong_json().on(method, "/apis/ray.io"));
    else if (verb == "drop")
        server.inject(fault::drop_after(std::stoul(words.at(1))).on(method, "/apis/ray.io").times(-1));
    else if (verb == "hang")
        server.inject(fault::hang().on(method, "/apis/ray.io").times(-1));
    else
        throw std::runtime_error("unknown setup: " + verb);
}

/// One golden file being replayed against a server of its own.
class replay {
public:
    explicit replay(std::string const& name)
        : directory_(fs::path(::testing::TempDir()) / ("golden-" + name))
    {
        fs::remove_all(directory_);
        fs::create_directories(directory_);
        server_.run([this](testing_server::api_server& server) {
            server.set_time(fixed_now);
            streams_.emplace(server);
        });
        spill(directory_ / "kubeconfig", server_.kubeconfig());
        ::setenv("KUBECONFIG", (directory_ / "kubeconfig").c_str(), 1);
        values_ = {{"$DIR", directory_.string()}, {"$URL", server_.url()}};
        shown_ = {
            {directory_.string(), "$DIR"},
            {server_.url(), "$URL"},
            {server_.url().substr(server_.url().find("://") + 3), "$HOST"}
        };
    }

    ~replay()
    {
        server_.run([this](testing_server::api_server&) {
            operator_.reset();
            if (head_) head_->stop();
            head_.reset();
            streams_.reset();
        });
        fs::remove_all(directory_);
        ::unsetenv("KUBECONFIG");
    }

    /// Runs every command of the file and returns it with what they gave.
    file run(file given)
    {
        for (std::size_t i = 0; i < given.sections.size(); ++i) {
            section& each = given.sections[i];
            if (each.name == "objects")
                server_.run([&](testing_server::api_server& server) { server.put_yaml(each.text); });
            else if (each.name == "setup")
                each_line(each.text, [this](std::vector<std::string> const& words) {
                    if (words.front() == "variable") return void(variables_[words.at(1)] = words.at(2));
                    if (words.front() == "until") return await_job(words.at(1), words.at(2));
                    if (words.front() == "gone") return await_absence(words.at(1), words.at(2));
                    server_.run([&](testing_server::api_server& server) {
                        if (words.front() == "log")
                            streams_->append_log(words.at(1), words.at(2), words.at(3) + "\n");
                        else if (words.front() == "end-log")
                            streams_->end_log(words.at(1), words.at(2));
                        else if (words.front() == "operator")
                            operator_ = std::make_unique<testing_server::ray_operator>(server);
                        else if (words.front() == "head")
                            start_head(server, value_of(words, "token"));
                        else if (words.front() == "submitters")
                            start_submitters();
                        else if (words.front() == "hold-pods")
                            operator_->hold_pods(words.at(1) == "true");
                        else if (words.front() == "hold-jobs")
                            head_->hold_jobs(words.at(1) == "true");
                        else
                            set_up(server, words);
                    });
                });
            else if (each.name == "file")
                spill(directory_ / each.argument, replaced(each.text, values_));
            else if (each.name == "environment")
                ::setenv("KUBECONFIG", replaced(each.argument, values_).c_str(), 1);
            else if (each.name == "run")
                run_command(given, i);
            else if (each.name == "objects-after")
                check_objects(each);
        }
        return given;
    }

private:
    template <class Use>
    void each_line(std::string const& text, Use use)
    {
        std::size_t at = 0;
        while (at < text.size()) {
            std::size_t const end = std::min(text.find('\n', at), text.size());
            std::vector<std::string> const words = split_words(std::string_view(text).substr(at, end - at), values_);
            if (!words.empty()) use(words);
            at = end + 1;
        }
    }

    // Runs jobs in all pods, and at $HEAD.
    void start_head(testing_server::api_server& server, std::string const& token)
    {
        testing_server::ray_head_options options;
        options.token = token;
        head_.emplace(server.get_executor(), options);
        head_->attach_to(*streams_);
        values_.emplace_back("$HEAD", "http://127.0.0.1:" + std::to_string(head_->listen()));
        shown_.insert(shown_.begin(), {values_.back().second, "$HEAD"});
    }

    // The operator submits, and follows what it has submitted.
    void start_submitters()
    {
        operator_->use_head(*head_);
        operator_->write_logs_to(*streams_);
    }

    template <class Condition>
    void await(Condition start)
    {
        std::promise<void> reached;
        server_.run([&](testing_server::api_server& server) {
            kuberay::async_run(server.get_executor(), start(server), [&reached](kuberay::result<void>) {
                reached.set_value();
            });
        });
        reached.get_future().wait();
    }

    void await_job(std::string const& id, std::string const& status)
    {
        await([&](testing_server::api_server&) {
            return head_->until([this, id, status] { return head_->status_of(id) == status; });
        });
    }

    void await_absence(std::string const& resource, std::string const& ns)
    {
        await([&](testing_server::api_server& server) {
            return server.until([server, resource, ns] { return server.all(resource, ns).empty(); });
        });
    }

    // `objects-after RESOURCE NAMESPACE`: the names that are left.
    void check_objects(section& into)
    {
        std::vector<std::string> const words = split_words(into.argument, values_);
        into.text.clear();
        server_.run([&](testing_server::api_server& server) {
            for (kuberay::json::object const& left : server.all(words.at(0), words.size() > 1 ? words[1] : ""))
                into.text += std::string(left.at("metadata").at("name").get_string()) + "\n";
        });
    }

    // The outcome stands in the sections behind `run`, each of them optional in a new file.
    void run_command(file& given, std::size_t at)
    {
        auto const out = std::make_shared<string_sink>(), err = std::make_shared<string_sink>();
        std::string input;
        std::size_t next = at + 1;
        auto const named = [&](char const* name) {
            return next < given.sections.size() && given.sections[next].name == name;
        };
        if (named("stdin")) input = given.sections[next++].text;
        process from;
        from.out = out;
        from.err = err;
        from.in = std::make_shared<string_source>(input);
        from.environment = [this](std::string const& name) -> std::optional<std::string> {
            auto const found = variables_.find(name);
            return found == variables_.end() ? std::optional<std::string>() : found->second;
        };
        from.now = [] { return fixed_now; };
        int const code = run_program(from, commands::root(), split_words(given.sections[at].text, values_));
        section results[3];
        results[0].name = "stdout";
        results[0].text = without_chance(replaced(out->text(), shown_));
        results[1].name = "stderr";
        if (given.sections[at].argument != "stdout-only")
            results[1].text = without_chance(replaced(err->text(), shown_));
        if (given.sections[at].argument == "settled") results[1].text = without_waits(results[1].text);
        if (head_)
            for (section& each : results)
                each.text = without_suffixes(each.text);
        results[2].name = "exit";
        results[2].argument = std::to_string(code);
        for (section& each : results) {
            if (!each.text.empty() && each.text.back() != '\n') each.text += "\\ no newline at the end\n";
            bool const present = named(each.name.c_str());
            if (present) given.sections.erase(given.sections.begin() + static_cast<std::ptrdiff_t>(next));
            if (each.text.empty() && each.argument.empty()) continue;
            if (each.name == "exit") each.text = "\n";
            given.sections.insert(given.sections.begin() + static_cast<std::ptrdiff_t>(next++), each);
        }
    }

    fs::path directory_;
    testing_server::api_server_thread server_;
    std::unique_ptr<testing_server::ray_operator> operator_;
    std::optional<testing_server::pod_streams> streams_;
    std::optional<testing_server::ray_head> head_;
    std::map<std::string, std::string> variables_;
    std::vector<std::pair<std::string, std::string>> values_, shown_;
};

fs::path folder() { return fs::path(KUBERAY_SOURCE_DIR) / "tests" / "cli" / "golden"; }

std::vector<std::string> names()
{
    std::vector<std::string> all;
    for (fs::directory_entry const& entry : fs::directory_iterator(folder()))
        if (entry.path().extension() == ".txt") all.push_back(entry.path().stem().string());
    std::sort(all.begin(), all.end());
    return all;
}

class golden : public ::testing::TestWithParam<std::string> {};

TEST_P(golden, command_lines_give_the_bytes_written_down)
{
    fs::path const path = folder() / (GetParam() + ".txt");
    std::string const expected = slurp(path);
    replay server(GetParam());
    std::string const actual = to_text(server.run(parse(expected)));
    if (std::getenv("KUBERAY_UPDATE_GOLDENS")) {
        spill(path, actual);
        return;
    }
    EXPECT_EQ(actual, expected) << "to accept: KUBERAY_UPDATE_GOLDENS=1 cli_golden --gtest_filter='*" << GetParam()
                                << "'";
}

INSTANTIATE_TEST_SUITE_P(files, golden, ::testing::ValuesIn(names()), [](auto const& info) {
    std::string name = info.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
}  // namespace cli::golden
