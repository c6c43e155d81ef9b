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

constexpr char const* page = R"(<!doctype html>
<html lang="en">
<head><title>Stand-in for the Ray dashboard</title></head>
<body>
<h1>This is the playground</h1>
<p>Here a real cluster would show the Ray dashboard. The pod is simulated; the connection to it is not.</p>
</body>
</html>
)";

struct sample_file {
    std::string name, text;
};

std::vector<sample_file> files_of(exec_call const& call)
{
    return {
        {"raylet.out", "[raylet] Raylet of " + call.pod + " started.\n[raylet] Connected to the GCS.\n"},
        {"raylet.err", ""},
        {"gcs_server.out", "[gcs_server] Nodes alive: 3\n"},
        {"dashboard.log", "INFO dashboard: listening on 0.0.0.0:8265\n"},
    };
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

std::string archive_of(exec_call const& call)
{
    std::string archive;
    for (sample_file const& file : files_of(call))
        archive += tar_member("./" + file.name, file.text);
    archive.append(2 * tar_block, '\0');
    return archive;
}

std::string listing_of(exec_call const& call)
{
    std::string names;
    for (sample_file const& file : files_of(call))
        names += file.name + "\n";
    return names;
}

/// The text of the file that the last word names; null when there is none.
std::unique_ptr<std::string> text_of(exec_call const& call)
{
    std::string_view const path = call.command.back();
    for (sample_file const& file : files_of(call))
        if (path == std::string(log_folder) + file.name) return std::make_unique<std::string>(file.text);
    return nullptr;
}

task<int> run(exec_call call)
{
    std::string const program = call.command.empty() ? std::string() : call.command.front();
    std::string output;
    if (program == "tar") {
        output = archive_of(call);
    } else if (program == "ls") {
        output = listing_of(call);
    } else if (program == "hostname") {
        output = call.pod + "\n";
    } else if ((program == "cat" || program == "tail") && call.command.size() > 1) {
        std::unique_ptr<std::string> const text = text_of(call);
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

task<void> show_page(std::string, kuberay::net::byte_stream connection)
{
    std::string const asked = co_await kuberay::net::read_some(&connection);
    if (asked.empty()) co_return;
    std::string const body = page;
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
    answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    co_await kuberay::net::write_all(&connection, answer);
    co_await connection.finish_writing();
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

void fill_pods(kuberay::testing::api_server server, pod_streams streams)
{
    streams.on_exec(&run);
    streams.on_port(8265, &show_page);
    auto const keeper = std::make_shared<log_keeper>(std::move(streams));
    server.on_change([keeper](std::string_view change, json::object const& object) { keeper->note(change, object); });
}

}  // namespace playground
