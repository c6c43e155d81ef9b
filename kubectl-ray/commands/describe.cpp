#include "cli/contexts.hpp"
#include "cli/group_names.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/describe.hpp>

namespace cli::commands {
namespace {

// What was found, in both forms: contexts are asked for either.
struct description {
    description() = default;
    std::string text;
    json::object document;
};

template <class T>
description both_forms(context const& on, T const& found)
{
    description made;
    made.text = ray::to_text(found, on.now());
    made.document = ray::to_json(found);
    return made;
}

task<description> cluster_description(context on, std::string name)
{
    ray::cluster_description const found = co_await ray::describe_cluster(on.client(), on.ns(), name);
    co_return both_forms(on, found);
}

task<description> job_description(context on, std::string name)
{
    ray::job_description const found = co_await ray::describe_job(on.client(), on.ns(), name);
    co_return both_forms(on, found);
}

task<description> service_description(context on, std::string name)
{
    ray::service_description const found = co_await ray::describe_service(on.client(), on.ns(), name);
    co_return both_forms(on, found);
}

struct described_kind {
    char const* word;
    char const* noun;
    kube::resource_type const& (*type)();
    completer (*names)();
    task<description> (*read)(context on, std::string name);
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
        contexts_.declare(on);
        on.group(flag_group::output);
        on.choice("output", 'o', &output_, {candidate("json"), candidate("yaml")}, "Print json or yaml.");
        on.group(flag_group::command);
    }

    task<exit_code> run(context on) override
    {
        std::string const name = words_.front();
        require_name_in_path(kind_.type(), name);
        std::vector<std::string> const contexts = contexts_.names(on);
        if (contexts.empty()) {
            description const found = co_await kind_.read(on, name);
            if (output_.empty())
                on.out().write(kuberay::printable(found.text));
            else
                print(on, found.document);
            co_return exit_code::done;
        }
        std::function<task<description>(context)> const ask = [read = kind_.read, name](context one) {
            return read(std::move(one), name);
        };
        json::array items;
        std::function<void(std::string const&, description)> const show = [&](std::string const& from,
                                                                              description found) {
            if (output_.empty()) on.out().write(context_heading(from, items.empty()) + kuberay::printable(found.text));
            json::object& item = items.emplace_back(std::move(found.document)).get_object();
            item["context"] = from;
        };
        bool const all = co_await ask_contexts<description>(on, contexts, ask, show);
        json::object document;
        document["items"] = std::move(items);
        if (!output_.empty()) print(on, document);
        co_return all ? exit_code::done : exit_code::failed;
    }

private:
    void print(context const& on, json::object const& document) const
    {
        on.out().write(output_ == "json" ? kuberay::to_pretty_json(document) + "\n" : kuberay::to_yaml(document));
    }

    described_kind kind_;
    std::vector<std::string> words_;
    context_flags contexts_;
    std::string output_;
};

}  // namespace

std::unique_ptr<command> make_describe_cluster()
{
    return std::make_unique<describe>(
        described_kind{"cluster", "Ray cluster", ray::cluster::type, complete_clusters, cluster_description}
    );
}

std::unique_ptr<command> make_describe_job()
{
    return std::make_unique<describe>(described_kind{"job", "RayJob", ray::job::type, complete_jobs, job_description});
}

std::unique_ptr<command> make_describe_service()
{
    return std::make_unique<describe>(
        described_kind{"service", "RayService", ray::service::type, complete_services, service_description}
    );
}

}  // namespace cli::commands
