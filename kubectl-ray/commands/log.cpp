#include "cli/line_filter.hpp"
#include "cli/node_names.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/log_request.hpp"

#include <kuberay/kube/core.hpp>

namespace cli::commands {
namespace {

// Each container that is followed holds a connection, and none is opened before it is needed.
constexpr std::size_t most_followed = 100'000;
constexpr char const* screen_flags[] = {"container", "since", "tail", "grep", "timestamps", "no-prefix"};
constexpr char const* file_flags[] = {"out-dir", "archive", "all-containers", "previous", "parallel"};

// `noun_first`: only clusters, by name.
class log final : public command {
public:
    explicit log(bool noun_first)
        : noun_first_(noun_first)
    {
    }

    void declare(flags& on) override
    {
        std::string const start = noun_first_ ? "cluster logs" : "log";
        on.about(
            "Fetches the logs of all nodes of a Ray cluster into a folder: POD/stdout.log is what Ray's container "
            "wrote, beside it are Ray's own files of /tmp/ray/session_latest/logs. A pod that fails is reported, and "
            "the others are fetched; the exit code is then 1."
        );
        on.about(
            "With -f it shows what the containers write instead, each line with its pod and container, and follows "
            "nodes that come later. --file does that with one of Ray's own files."
        );
        on.example("Into ./demo", start + " demo");
        if (!noun_first_)
            on.example(
                "The workers of a job, as one file", "log rayjob/nightly --node-type worker --archive nightly.tar.gz"
            );
        on.example("What goes wrong right now?", start + " demo -f --tail 100 --grep 'ERROR|Traceback'");
        on.example("Ray's log of its node agent, on the head", start + " demo --file raylet.out --node-type head");
        on.words(noun_first_ ? "NAME" : "(NAME | TYPE/NAME)", 1, 1, &words_).completes =
            noun_first_ ? complete_clusters() : complete_first_target();
        on.choice(
            "node-type", 0, &how_.node_type, {{"all", "every node"}, {"head", "the head"}, {"worker", "the workers"}},
            "Which nodes: all, head or worker."
        );
        on.value("node", 0, &how_.node, "One node, by the name of its pod.").completes = complete_nodes_of_first();
        on.value("out-dir", 0, &how_.out_dir, "Folder that exists; else ./NAME is made.").completes =
            complete_directories();
        on.value("archive", 0, &how_.archive, "One .tar.gz file instead of a folder.").completes = complete_files();
        on.toggle("all-containers", 0, &how_.all_containers, "Side-car and init containers too.");
        on.toggle("previous", 0, &how_.previous, "Also what containers wrote before their last restart.");
        on.value("parallel", 0, &how_.parallel, "Pods at the same time.");
        declare_following(on);
        on.choice(
            "link", 0, &how_.link, {{"gke", "Google Cloud Logging"}},
            "Fetch nothing, print the URL of a logging service: gke."
        );
    }

    void complete(flags const& given, global_flags& globals) override
    {
        std::vector<ray::target_kind> accepted{ray::target_kind::cluster};
        if (!noun_first_) accepted.insert(accepted.end(), {ray::target_kind::job, ray::target_kind::service});
        result<ray::target> const parsed = ray::parse_target(words_.front(), accepted);
        if (parsed.has_error()) throw usage_error(parsed.error().message(), std::string(parsed.error().hint()));
        how_.what = *parsed;
        if (how_.node_type == "head") how_.nodes = ray::node_kinds::head;
        if (how_.node_type == "worker") how_.nodes = ray::node_kinds::worker;
        how_.follow = how_.follow || !how_.file.empty();
        if (how_.follow) globals.max_connections = most_followed;
        if (how_.follow)
            refuse(given, file_flags, "cannot be combined with -f or --file");
        else
            refuse(given, screen_flags, "needs -f, --follow");
        if (given.given("link") && given.given("out-dir")) throw usage_error("--link and --out-dir exclude each other");
        if (given.given("link") && how_.follow) throw usage_error("--link and --follow exclude each other");
    }

    void validate() const override
    {
        if (!how_.out_dir.empty() && !how_.archive.empty())
            throw usage_error("--out-dir and --archive exclude each other");
        if (!how_.archive.empty() && !how_.archive.ends_with(".tar.gz") && !how_.archive.ends_with(".tgz"))
            throw usage_error("flag --archive " + in_quotes(how_.archive) + " must end in .tar.gz");
        if (how_.parallel < 1 || how_.parallel > 256) throw usage_error("flag --parallel must lie between 1 and 256");
        if (how_.since && how_.since->count() <= 0) throw usage_error("flag --since must be longer than 0");
        if (how_.tail && *how_.tail < -1) throw usage_error("flag --tail must be 0 or more, or -1 for all lines");
        if (!how_.file.empty() && !how_.container.empty())
            throw usage_error("--file is read in the container Ray runs in; --container cannot be given");
        if (how_.grep.empty()) return;
        try {
            line_filter const checked(how_.grep);
        } catch (failure const& wrong) {
            throw usage_error(wrong.error().message());
        }
    }

    task<exit_code> run(context on) override
    {
        require_name_in_path(kube::pod::type(), how_.node);
        if (!how_.link.empty()) return link_logs(std::move(on), how_);
        return how_.follow ? follow_logs(std::move(on), how_) : download_logs(std::move(on), how_);
    }

private:
    void declare_following(flags& on)
    {
        on.toggle("follow", 'f', &how_.follow, "Show lines as they are written, until Ctrl-C.");
        on.value("container", 'c', &how_.container, "With -f: this container of each pod; * is every one.").completes =
            complete_containers(&how_.node);
        on.value("since", 0, &how_.since, "With -f: begin with lines of this age (10m, 2h).");
        on.value("tail", 0, &how_.tail, "With -f: begin with this many lines of each container; -1 is all.");
        on.value("grep", 0, &how_.grep, "With -f: only lines that match this extended regular expression.");
        on.toggle("timestamps", 0, &how_.timestamps, "With -f: when each line was written.");
        on.toggle("no-prefix", 0, &how_.no_prefix, "With -f: lines without pod and container.");
        on.value("file", 0, &how_.file, "Follow this file of Ray's log folder instead (raylet.out).");
    }

    template <std::size_t N>
    static void refuse(flags const& given, char const* const (&names)[N], std::string const& why)
    {
        for (char const* const name : names)
            if (given.given(name)) throw usage_error("flag " + given.find(name)->spelling() + " " + why);
    }

    bool noun_first_;
    std::vector<std::string> words_;
    log_request how_;
};

}  // namespace

std::unique_ptr<command> make_log() { return std::make_unique<log>(false); }

std::unique_ptr<command> make_cluster_logs() { return std::make_unique<log>(true); }

}  // namespace cli::commands
