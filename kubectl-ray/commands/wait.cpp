#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/wait_for.hpp"

namespace cli::commands {
namespace {

class wait_command final : public command {
public:
    wait_command(ray::target_kind kind, std::string word, completer names)
        : kind_(kind)
        , word_(std::move(word))
        , names_(std::move(names))
    {
    }

    void declare(flags& on) override
    {
        bool const is_job = kind_ == ray::target_kind::job;
        on.about("Waits until the object is so; exits with 124 when the time is over, with 1 when it can never be.");
        on.example("Until it is ready", "wait " + word_ + " demo");
        on.example("Until it is gone", "wait " + word_ + " demo --for=delete --timeout=10m");
        if (is_job) on.example("Until it has ended well", "wait job nightly --for=complete --timeout=1h");
        on.words("NAME", 1, 1, &words_).completes = names_;
        flag& state = on.value(
            "for", 0, &text_,
            std::string("What to wait for: ready, suspended, delete, ") + (is_job ? "running, complete, " : "")
                + "condition=TYPE[=STATUS] or jsonpath={PATH}=VALUE."
        );
        std::vector<candidate> states{candidate("ready"), candidate("suspended"), candidate("delete")};
        if (is_job) states.insert(states.end(), {candidate("running"), candidate("complete")});
        for (char const* open : {"condition=", "jsonpath="})
            states.emplace_back(open);
        state.completes = complete_choices(std::move(states));
        on.value("timeout", 0, &timeout_, "Longest wait; 0 means no limit.");
    }

    void complete(flags const&, global_flags&) override
    {
        result<wanted_state> parsed = parse_wanted_state(text_);
        if (parsed.has_error())
            throw usage_error("bad value " + in_quotes(text_) + " for flag --for: " + parsed.error().message());
        wanted_ = std::move(*parsed);
    }

    void validate() const override
    {
        refuse_negative("timeout", timeout_);
        bool const for_jobs =
            wanted_.what == wanted_state::kind::running || wanted_.what == wanted_state::kind::complete;
        if (for_jobs && kind_ != ray::target_kind::job)
            throw usage_error("--for=" + wanted_.text + " is for jobs only");
    }

    task<exit_code> run(context on) override
    {
        ray::target const what(kind_, words_.front());
        require_name_in_path(ray::type_of(kind_), what.name);
        co_await wait_for(on, on.ns(), what, wanted_, timeout_);
        on.out().write(what.str() + ": " + kuberay::printable_line(wanted_.text) + "\n");
        co_return exit_code::done;
    }

private:
    ray::target_kind kind_;
    std::string word_;
    completer names_;
    std::vector<std::string> words_;
    std::string text_ = "ready";
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
    wanted_state wanted_;
};

}  // namespace

std::unique_ptr<command> make_wait_cluster()
{
    return std::make_unique<wait_command>(ray::target_kind::cluster, "cluster", complete_clusters());
}

std::unique_ptr<command> make_wait_job()
{
    return std::make_unique<wait_command>(ray::target_kind::job, "job", complete_jobs());
}

std::unique_ptr<command> make_wait_service()
{
    return std::make_unique<wait_command>(ray::target_kind::service, "service", complete_services());
}

}  // namespace cli::commands
