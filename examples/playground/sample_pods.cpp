#include "sample_pods.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace playground {

namespace {

namespace json = boost::json;
using kuberay::task;
using kuberay::testing::exec_call;
using kuberay::testing::pod_streams;

constexpr std::string_view log_folder = "/tmp/ray/session_latest/logs/";
constexpr std::size_t tar_block = 512;

struct sample_file {
    std::string name, text;
};

std::vector<sample_file> files_of(exec_call const& call, dashboards& heads)
{
    std::vector<sample_file> files = {
        {"raylet.out", "[raylet] Raylet of " + call.pod + " started.\n[raylet] Connected to the GCS.\n"},
        {"raylet.err", ""},
        {"gcs_server.out", "[gcs_server] Nodes alive: 3\n"},
        {"dashboard.log", "INFO dashboard: listening on 0.0.0.0:8265\n"},
    };
    auto const head = heads.head_of(call.pod);
    if (!head) return files;
    for (std::string const& job : head->submissions())
        files.push_back({"job-driver-" + job + ".log", head->log_of(job)});
    return files;
}

void put_number(std::string& header, std::size_t at, std::size_t digits, unsigned long long value)
{
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%0*llo", static_cast<int>(digits), value);
    header.replace(at, digits, text.data(), digits);
}

/// One member of an archive in the ustar format.
std::string tar_member(std::string const& name, std::string const& text)
{
    std::string header(tar_block, '\0');
    header.replace(0, name.size(), name);
    put_number(header, 100, 7, 0644);
    put_number(header, 108, 7, 0);
    put_number(header, 116, 7, 0);
    put_number(header, 124, 11, text.size());
    put_number(header, 136, 11, 1767225600);
    header.replace(148, 8, "        ");
    header[156] = '0';
    header.replace(257, 5, "ustar");
    header.replace(263, 2, "00");
    unsigned sum = 0;
    for (char const c : header)
        sum += static_cast<unsigned char>(c);
    put_number(header, 148, 6, sum);
    header[154] = '\0';
    std::string const padding((tar_block - text.size() % tar_block) % tar_block, '\0');
    return header + text + padding;
}

std::string archive_of(exec_call const& call, dashboards& heads)
{
    std::string archive;
    for (sample_file const& file : files_of(call, heads))
        archive += tar_member("./" + file.name, file.text);
    archive.append(2 * tar_block, '\0');
    return archive;
}

std::string listing_of(exec_call const& call, dashboards& heads)
{
    std::string names;
    for (sample_file const& file : files_of(call, heads))
        names += file.name + "\n";
    return names;
}

/// The text of the file that the last word names; null when there is none.
std::unique_ptr<std::string> text_of(exec_call const& call, dashboards& heads)
{
    std::string_view const path = call.command.back();
    for (sample_file const& file : files_of(call, heads))
        if (path == std::string(log_folder) + file.name) return std::make_unique<std::string>(file.text);
    return nullptr;
}

task<int> run(exec_call call, std::shared_ptr<dashboards> heads)
{
    std::string const program = call.command.empty() ? std::string() : call.command.front();
    std::string output;
    if (program == "tar") {
        output = archive_of(call, *heads);
    } else if (program == "ls") {
        output = listing_of(call, *heads);
    } else if (program == "hostname") {
        output = call.pod + "\n";
    } else if ((program == "cat" || program == "tail") && call.command.size() > 1) {
        std::unique_ptr<std::string> const text = text_of(call, *heads);
        if (!text) {
            std::string const words = program + ": " + call.command.back() + ": No such file or directory\n";
            task<void> writing = call.write_errors(words);
            co_await std::move(writing);
            co_return 1;
        }
        output = *text;
    } else {
        task<int> other = pod_streams::run_default(call);
        int const code = co_await std::move(other);
        co_return code;
    }
    task<void> writing = call.write_output(std::move(output));
    co_await std::move(writing);
    co_return 0;
}

/// Keeps logs of pods that have begun to run.
struct log_keeper {
    explicit log_keeper(pod_streams streams)
        : streams(std::move(streams))
    {
    }

    void note(std::string_view change, json::object const& object)
    {
        json::value const* kind = object.if_contains("kind");
        json::value const* status = object.if_contains("status");
        if (!kind || *kind != "Pod" || !status || !status->is_object()) return;
        std::string const name(object.at("metadata").at("name").as_string());
        json::value const* phase = status->get_object().if_contains("phase");
        if (change == "DELETED" || !phase || *phase != "Running") {
            known.erase(name);
            return;
        }
        if (!known.insert(name).second) return;
        for (json::value const& container : object.at("spec").at("containers").as_array()) {
            std::string const of(container.at("name").as_string());
            streams.append_log(
                name, of,
                "INFO scripts.py: Local node of " + name + " is starting\nINFO scripts.py: Ray runtime started.\n"
            );
        }
    }

    pod_streams streams;
    std::set<std::string> known;
};

}  // namespace

void fill_pods(kuberay::testing::api_server server, pod_streams streams, std::shared_ptr<dashboards> heads)
{
    streams.on_exec([heads](exec_call call) { return run(std::move(call), heads); });
    auto const keeper = std::make_shared<log_keeper>(std::move(streams));
    server.on_change([keeper](std::string_view change, json::object const& object) { keeper->note(change, object); });
}

}  // namespace playground
