#include "cli/amounts.hpp"
#include "cli/node_names.hpp"
#include "cli/progress.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/copy.hpp>
#include <kuberay/ray/find_node.hpp>
#include <kuberay/ray/nodes.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace cli::commands {
namespace {

/// One word of the command line: a local path, or NODE:PATH.
struct copy_word {
    copy_word() = default;
    std::string node, path;  ///< `node` empty: here

    bool is_remote() const noexcept { return !node.empty(); }
};

copy_word parse_copy_word(std::string const& text)
{
    copy_word word;
    std::size_t const colon = text.find(':');
    std::size_t const slash = text.find('/');
    if (colon == std::string::npos || colon > slash || text.starts_with('.')) {
        word.path = text;
        if (text.empty()) throw usage_error("an empty path cannot be copied");
        return word;
    }
    word.node = text.substr(0, colon);
    word.path = text.substr(colon + 1);
    if (!kuberay::is_dns1123_subdomain(word.node))
        throw usage_error(
            in_quotes(text) + " is not NODE:PATH: " + in_quotes(word.node) + " cannot be a pod or a Ray cluster",
            "write ./" + kuberay::printable_line(text) + " for a file here"
        );
    if (word.path.empty()) throw usage_error(in_quotes(text) + " has no path after the colon");
    return word;
}

struct copy_request {
    copy_request() = default;
    std::vector<copy_word> from;
    copy_word to;
    std::string container;
};

struct copy_place {
    copy_place() = default;
    std::string pod, container;
};

// NODE is a pod of a Ray cluster, or a Ray cluster, which means its head.
task<copy_place> find_place(context on, std::string node, std::string container)
{
    ray::node_query query;
    query.ns = on.ns();
    query.node = node;
    task<std::vector<kube::pod>> listing = ray::list_nodes(on.client(), query);
    result<std::vector<kube::pod>> const named = co_await kuberay::as_result(std::move(listing));
    kube::pod pod;
    if (named.has_value()) {
        pod = named->front();
    } else {
        if (named.error().code() != kuberay::reason::not_found) throw failure(named.error());
        task<kube::pod> finding = ray::find_node(on.client(), on.ns(), node, std::string());
        result<kube::pod> const head = co_await kuberay::as_result(std::move(finding));
        if (head.has_error() && head.error().code() == kuberay::reason::not_found)
            throw failure(not_found(
                in_quotes(node) + " is neither a Ray node nor a Ray cluster in namespace " + in_quotes(on.ns())
            ));
        if (head.has_error()) throw failure(head.error());
        pod = *head;
        on.note(node + " is a Ray cluster; its head is the pod " + pod.metadata.name + ".");
    }
    copy_place place;
    place.pod = pod.metadata.name;
    place.container = container;
    if (place.container.empty() && !pod.containers.empty()) place.container = pod.containers.front().name;
    co_return place;
}

/// The bytes so far, on a terminal; at most ten times a second.
class copy_progress {
public:
    explicit copy_progress(context on)
        : shows_(on.err_is_terminal())
        , line_(std::move(on))
    {
    }

    void show(std::string const& what, std::uint64_t bytes)
    {
        auto const now = std::chrono::steady_clock::now();
        if (!shows_ || now - last_ < std::chrono::milliseconds(100)) return;
        last_ = now;
        line_.show(what + ": " + bytes_text(bytes));
    }

    void clear() { line_.clear(); }

private:
    bool shows_;
    progress_line line_;
    std::chrono::steady_clock::time_point last_;
};

exit_code report(context const& on, ray::copy_result const& all, std::string const& where)
{
    for (std::string const& each : all.skipped)
        on.warn("not copied: " + each);
    on.note("Copied " + counted(all.files, "file") + ", " + bytes_text(all.bytes) + ", to " + where);
    return all.skipped.empty() ? exit_code::done : exit_code::failed;
}

task<exit_code> upload(context on, copy_request what)
{
    std::vector<std::filesystem::path> from;
    for (copy_word const& each : what.from)
        from.emplace_back(each.path);
    copy_place const place = co_await find_place(on, what.to.node, what.container);
    auto const progress = std::make_shared<copy_progress>(on);
    std::function<void(std::uint64_t)> const on_progress = [progress, pod = place.pod](std::uint64_t bytes) {
        progress->show("to " + pod, bytes);
    };
    ray::copy_result const done =
        co_await ray::copy_to_pod(on.client(), on.ns(), place.pod, place.container, from, what.to.path, on_progress);
    progress->clear();
    co_return report(on, done, place.pod + ":" + what.to.path);
}

task<exit_code> download(context on, copy_request what)
{
    std::filesystem::path const to = what.to.path;
    std::error_code ignored;
    if (what.from.size() > 1 && !std::filesystem::is_directory(to, ignored))
        throw failure(
            errc::bad_input, in_quotes(what.to.path) + " is no directory, and more than one thing is to be copied there"
        );
    auto const progress = std::make_shared<copy_progress>(on);
    ray::copy_result all;
    for (copy_word const& each : what.from) {
        copy_place const place = co_await find_place(on, each.node, what.container);
        std::function<void(std::uint64_t)> const on_progress = [progress, before = all.bytes,
                                                                pod = place.pod](std::uint64_t bytes) {
            progress->show("from " + pod, before + bytes);
        };
        ray::copy_result const done =
            co_await ray::copy_from_pod(on.client(), on.ns(), place.pod, place.container, each.path, to, on_progress);
        all.files += done.files;
        all.bytes += done.bytes;
        all.skipped.insert(all.skipped.end(), done.skipped.begin(), done.skipped.end());
    }
    progress->clear();
    co_return report(on, all, what.to.path);
}

class copy final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Copies files and folders into a pod of a Ray cluster, or out of it. NODE is a pod, or a Ray cluster, "
                 "which means its head. Needs tar in the container.");
        on.about("A copy is complete or it is an error: the container confirms size and digest of an upload, and a "
                 "file that was fetched has its name only when all of it is there.");
        on.example("A program to the head", "cp train.py demo:/tmp/");
        on.example("A folder from a worker", "cp demo-pool-worker-9dq4t:/tmp/results ./results");
        on.words("(FILE... NODE:PATH | NODE:PATH... FILE)", 2, any_number, &words_).completes = complete_copy_words();
        on.value("container", 'c', &what_.container, "Container of the pod; else the one Ray runs in.");
    }

    void complete(flags const&, global_flags&) override
    {
        for (std::string const& word : words_)
            what_.from.push_back(parse_copy_word(word));
        what_.to = what_.from.back();
        what_.from.pop_back();
    }

    void validate() const override
    {
        auto const remote = static_cast<std::size_t>(std::ranges::count_if(what_.from, &copy_word::is_remote));
        if (what_.to.is_remote() && remote > 0)
            throw usage_error("a copy from pod to pod is not possible", "copy to a file here first");
        if (!what_.to.is_remote() && remote == 0)
            throw usage_error(
                "one side of the copy must be NODE:PATH", "for example demo:/tmp/, the head of the Ray cluster demo"
            );
        if (!what_.to.is_remote() && remote < what_.from.size())
            throw usage_error("what is copied must be files here or NODE:PATH, not both");
    }

    task<exit_code> run(context on) override
    {
        return what_.to.is_remote() ? upload(std::move(on), what_) : download(std::move(on), what_);
    }

private:
    std::vector<std::string> words_;
    copy_request what_;
};

}  // namespace

std::unique_ptr<command> make_copy() { return std::make_unique<copy>(); }

}  // namespace cli::commands
