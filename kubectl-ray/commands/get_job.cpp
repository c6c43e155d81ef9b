#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "commands/get_command.hpp"
#include "commands/job_place.hpp"
#include "commands/submission_view.hpp"

namespace cli::commands {
namespace {

class get_job final : public get_command {
public:
    void complete(flags const& given, global_flags& globals) override
    {
        get_command::complete(given, globals);
        place_.complete(globals);
        if (!place_.is_given()) return;
        for (char const* const of_objects :
             {"all-namespaces", "selector", "field-selector", "all-contexts", "watch", "chunk-size"})
            if (given.given(of_objects))
                throw usage_error(
                    "flag " + given.find(of_objects)->spelling() + " is for RayJobs, not for the jobs of one cluster"
                );
    }

    void validate() const override
    {
        get_command::validate();
        place_.validate();
    }

    task<exit_code> run(context on) override
    {
        place_.tell(on);
        co_await place_.settle(on);
        if (place_.is_given()) co_return co_await show_jobs(on);
        co_return co_await get_command::run(on);
    }

protected:
    void describe(flags& on) override
    {
        on.about("Lists the RayJobs of the namespace, or shows the one that is named.");
        on.about("With -c or --address it is the jobs that a cluster knows, whoever submitted them; NAME is then a "
                 "submission id. Their JSON and YAML have the shape of a Kubernetes object, with the status of a "
                 "RayJob.");
        on.example("The RayJobs of every namespace", "get job -A");
        on.example("One of them as YAML", "get job demo -o yaml");
        on.example("What the cluster demo was asked to run", "job list -c demo");
        place_.declare(on, "The jobs of this Ray cluster instead of RayJobs.", "The jobs behind this dashboard's URL.");
    }

    completer names() override { return complete_job_names(&place_); }

    object_view view() const override { return rayjob_view(list_.all_namespaces); }

private:
    task<exit_code> show_jobs(context on)
    {
        task<ray::job_client> connecting = connect_jobs(on, place_);
        ray::job_client const jobs = co_await std::move(connecting);
        if (!name_.empty()) {
            ray::submitted_job const job = co_await jobs.get(name_);
            printer to(on, output_, submission_view());
            to.show(submission_document(job));
            co_return exit_code::done;
        }
        std::vector<ray::submitted_job> all = co_await jobs.list();
        std::string const where =
            place_.cluster.empty() ? "behind " + place_.address : "on Ray cluster " + place_.cluster;
        show_submissions(on, output_, std::move(all), "No jobs found " + where + ".");
        co_return exit_code::done;
    }

    job_place place_;
};

}  // namespace

std::unique_ptr<command> make_get_job() { return std::make_unique<get_job>(); }

}  // namespace cli::commands
