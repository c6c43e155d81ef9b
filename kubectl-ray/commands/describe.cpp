#include "cli/group_names.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/describe.hpp>

namespace cli::commands {
namespace {

task<std::string> cluster_text(context on, std::string name)
{
    ray::cluster_description const found = co_await ray::describe_cluster(on.client(), on.ns(), name);
    co_return ray::to_text(found, on.now());
}

task<std::string> job_text(context on, std::string name)
{
    ray::job_description const found = co_await ray::describe_job(on.client(), on.ns(), name);
    co_return ray::to_text(found, on.now());
}

task<std::string> service_text(context on, std::string name)
{
    ray::service_description const found = co_await ray::describe_service(on.client(), on.ns(), name);
    co_return ray::to_text(found, on.now());
}

struct described_kind {
    char const* word;
    char const* noun;
    kube::resource_type const& (*type)();
    completer (*names)();
    task<std::string> (*text)(context on, std::string name);
};

class describe final : public command {
public:
    explicit describe(described_kind kind)
        : kind_(kind)
    {
    }

    void declare(flags& on) override
    {
        on.about(
            std::string("Shows on one screen how a ") + kind_.noun
            + " is and why it is not ready: groups, conditions, pods "
              "with what keeps them, events."
        );
        on.example("What is wrong with it?", std::string("describe ") + kind_.word + " demo");
        on.words("NAME", 1, 1, &words_).completes = kind_.names();
    }

    task<exit_code> run(context on) override
    {
        require_name_in_path(kind_.type(), words_.front());
        std::string const text = co_await kind_.text(on, words_.front());
        on.out().write(kuberay::printable(text));
        co_return exit_code::done;
    }

private:
    described_kind kind_;
    std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<command> make_describe_cluster()
{
    return std::make_unique<describe>(
        described_kind{"cluster", "Ray cluster", ray::cluster::type, complete_clusters, cluster_text}
    );
}

std::unique_ptr<command> make_describe_job()
{
    return std::make_unique<describe>(described_kind{"job", "RayJob", ray::job::type, complete_jobs, job_text});
}

std::unique_ptr<command> make_describe_service()
{
    return std::make_unique<describe>(
        described_kind{"service", "RayService", ray::service::type, complete_services, service_text}
    );
}

}  // namespace cli::commands
