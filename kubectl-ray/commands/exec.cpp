#include "cli/node_names.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/exec_session.hpp"

#include <kuberay/ray/find_node.hpp>
#include <kuberay/ray/session.hpp>

namespace cli::commands {
namespace {

/// Where in a cluster a program is to run.
struct place_flags {
    place_flags() = default;
    ray::target what;
    std::string node, container;

    void declare(flags& on)
    {
        on.value("node", 0, &node, "Pod of the cluster to run in; else its head.").completes =
            complete_nodes_of_first();
        on.value("container", 'c', &container, "Container of the pod; else the one Ray runs in.").completes =
            complete_containers(&node);
    }

    void read_target(std::string const& word)
    {
        result<ray::target> const parsed = ray::parse_target(word);
        if (parsed.has_error()) throw usage_error(parsed.error().message(), std::string(parsed.error().hint()));
        what = *parsed;
    }
};

task<exit_code> run_in_cluster(context on, place_flags where, exec_request what)
{
    require_name_in_path(kube::pod::type(), where.node);
    task<std::string> naming = ray::find_cluster_name(on.client(), on.ns(), where.what);
    std::string const cluster = co_await std::move(naming);
    kube::pod const pod = co_await ray::find_node(on.client(), on.ns(), cluster, where.node);
    what.pod = pod.metadata.name;
    what.container = where.container;
    if (what.container.empty() && !pod.containers.empty()) what.container = pod.containers.front().name;
    co_return co_await run_exec(on, what);
}

class exec final : public command {
public:
    void declare(flags& on) override
    {
        on.about(
            "Runs a program in a pod of a Ray cluster: in its head, or in the pod that --node names. Its output comes "
            "byte for byte, and its exit code becomes that of this command."
        );
        on.about("Without -i the program gets no input. The words after -- are handed on as they are, without a shell."
        );
        on.example("What does Ray say?", "exec demo -- ray status");
        on.example("A pipe through a worker", "exec -i demo --node demo-pool-worker-9dq4t -- wc -l < numbers.txt");
        on.example("Something that draws on the terminal", "exec -it demo -- htop");
        on.words("(CLUSTER | TYPE/NAME) -- COMMAND [ARGUMENT...]", 2, any_number, &words_).completes =
            complete_first_target();
        on.toggle("stdin", 'i', &input_, "Pass standard input on.");
        on.toggle("tty", 't', &terminal_, "Give the program a terminal; needs -i.");
        where_.declare(on);
    }

    void complete(flags const&, global_flags& globals) override
    {
        where_.read_target(words_.front());
        globals.load.stdin_is_free = !input_;
    }

    task<exit_code> run(context on) override
    {
        exec_request what;
        what.command.assign(words_.begin() + 1, words_.end());
        what.input = input_;
        what.terminal = terminal_ && input_ && on.in_is_terminal();
        if (terminal_ && !input_)
            on.warn("-t needs -i; the program gets no terminal");
        else if (terminal_ && !what.terminal)
            on.warn("standard input is not a terminal; the program gets none either");
        return run_in_cluster(std::move(on), where_, std::move(what));
    }

private:
    std::vector<std::string> words_;
    bool input_ = false, terminal_ = false;
    place_flags where_;
};

class shell final : public command {
public:
    void declare(flags& on) override
    {
        on.about(
            "Opens a shell in a pod of a Ray cluster: in its head, or in the pod that --node names. It is bash, or sh "
            "where there is none."
        );
        on.example("On the head", "shell demo");
        on.example("On a worker", "shell demo --node demo-pool-worker-9dq4t");
        on.words("(CLUSTER | TYPE/NAME)", 1, 1, &words_).completes = complete_first_target();
        where_.declare(on);
    }

    void complete(flags const&, global_flags& globals) override
    {
        where_.read_target(words_.front());
        globals.load.stdin_is_free = false;
    }

    task<exit_code> run(context on) override
    {
        exec_request what;
        what.command = {"sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi"};
        what.input = true;
        what.terminal = on.in_is_terminal();
        if (!what.terminal) on.warn("standard input is not a terminal; the shell gets none either");
        return run_in_cluster(std::move(on), where_, std::move(what));
    }

private:
    std::vector<std::string> words_;
    place_flags where_;
};

}  // namespace

std::unique_ptr<command> make_exec() { return std::make_unique<exec>(); }

std::unique_ptr<command> make_shell() { return std::make_unique<shell>(); }

}  // namespace cli::commands
