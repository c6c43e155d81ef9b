#include "cli/blocking.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/job_outcome.hpp"
#include "commands/submit_plan.hpp"
#include "commands/submit_view.hpp"

#include <kuberay/base/time.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/create_cluster.hpp>
#include <kuberay/ray/cron_job.hpp>

#include <boost/asio/error.hpp>

#include <optional>

namespace cli::commands {
namespace {

constexpr std::chrono::seconds stop_limit(10), settle_limit(5);

task<json::value>
create_object(context on, kube::resource_type type, std::string ns, json::object object, kube::write_params params)
{
    kube::api_core const core(on.client(), std::move(type), std::move(ns));
    params.field_manager = std::string(ray::field_manager);
    json::value created = co_await core.create(std::move(object), params);
    if (json::object* const metadata = created.at("metadata").if_object()) metadata->stable_erase("managedFields");
    co_return created;
}

class submit final : public command {
public:
    explicit submit(submit_form form)
        : how_(form)
    {
    }

    void declare(flags& on) override { how_.declare(on); }
    void complete(flags const& given, global_flags& globals) override { how_.complete(given, globals); }
    void validate() const override { how_.validate(); }

    task<exit_code> run(context on) override
    {
        if (!how_.stray.empty()) on.warn("ignored, as it stands before --: " + ray::shell_words(how_.stray));
        if (how_.ignores_image) on.warn("--image is ignored: the image is that of the cluster " + how_.place.cluster);
        how_.place.tell(on);
        plan_ = plan_submission(on, how_);
        if (how_.dry_run.client()) {
            json::object const shown = how_.schedule.empty() ? plan_.request.rayjob : plan_cron_job(how_, plan_);
            on.out().write(kuberay::to_yaml(shown) + "\n");
            co_return exit_code::done;
        }
        co_await how_.place.settle(on);
        task<exit_code> work = how_.schedule.empty() && !how_.dry_run.server() ? bounded(on) : create_only(on);
        co_return co_await std::move(work);
    }

    task<exit_code> interrupted(context on) override
    {
        if (view_) view_->end_output();
        if (!run_) co_return exit_code::interrupted;
        bool const accepted = run_->traces().accepted;
        bool stopped = false;
        if (accepted && how_.stop_on_interrupt) {
            on.note("Interrupted: asking Ray to stop the job. Ctrl-C again leaves at once.");
            task<ray::submitted_job> stopping = run_->stop(stop_limit);
            result<ray::submitted_job> const ended = co_await kuberay::as_result(std::move(stopping));
            stopped = ended.has_value();
            on.note(stopped ? outcome_text(*ended, true) + "." : "It has not stopped: " + ended.error().message());
        } else {
            on.note(accepted ? "Interrupted; the job goes on." : "Interrupted.");
        }
        if (stopped && how_.form == submit_form::run)
            co_await remove_rayjob(on, true);
        else if (!stopped || how_.cleanup_on_failure)
            co_await clean_up(on);
        co_return exit_code::interrupted;
    }

private:
    // What is only created, and runs later or never.
    task<exit_code> create_only(context on)
    {
        bool const scheduled = !how_.schedule.empty(), checked = how_.dry_run.server();
        json::object object = scheduled ? plan_cron_job(how_, plan_) : plan_.request.rayjob;
        kube::resource_type const& type = scheduled ? ray::cron_job::type() : ray::job::type();
        kube::write_params params;
        params.dry_run = checked;
        // A KubeRay that does not know time zones would drop it, and the job would start at other times.
        if (!how_.time_zone.empty()) params.field_validation = kube::field_validation::strict;
        task<json::value> creating = create_object(on, type, plan_.ns, std::move(object), params);
        result<json::value> const created = co_await kuberay::as_result(std::move(creating));
        if (created.has_error() && created.error().message().find("timeZone") != std::string::npos)
            throw failure(created.error().with_hint("this KubeRay is too old for --time-zone"));
        if (created.has_error()) throw failure(created.error());
        if (checked) {
            on.out().write(kuberay::to_yaml(*created) + "\n");
            co_return exit_code::done;
        }
        on.out().write("Created RayCronJob " + plan_.rayjob + ".\n");
        on.warn("the KubeRay operator runs RayCronJobs only with its feature gate RayCronJob "
                "(--feature-gates=RayCronJob=true)");
        co_return exit_code::done;
    }

    // All of it within --timeout; what is left behind is cleaned up or named.
    task<exit_code> bounded(context on)
    {
        view_ = std::make_shared<submit_view>(on, how_);
        task<exit_code> limited = kuberay::with_timeout(how_.timeout, recorded(on));
        result<exit_code> const ended = co_await kuberay::as_result(std::move(limited));
        view_->end_output();
        if (ended.has_value()) co_return *ended;
        if (kuberay::is_cancellation(ended.error())) throw failure(ended.error());  // `interrupted` goes on
        error const why = own_error_ ? own_error_ : error(errc::timed_out, time_is_over());
        if (run_) co_await clean_up(on);
        throw failure(why);
    }

    task<exit_code> recorded(context on)
    {
        task<exit_code> work = submit_and_follow(on);
        result<exit_code> const ended = co_await kuberay::as_result(std::move(work));
        if (ended.has_value()) co_return *ended;
        if (!kuberay::is_cancellation(ended.error())) own_error_ = ended.error();
        throw failure(ended.error());
    }

    std::string time_is_over() const
    {
        std::string const limit = "within " + kuberay::format_duration(how_.timeout);
        bool const accepted = run_ && run_->traces().accepted;
        return accepted ? "the job did not end " + limit : "the job was not submitted " + limit;
    }

    task<exit_code> submit_and_follow(context on)
    {
        co_await resolve_environment(on);
        require_name_in_path(ray::cluster::type(), how_.place.cluster);
        announce();
        plan_.request.on_event = [view = view_](ray::submit_event const& event) { view->show(event); };
        plan_.request.settle_timeout = settle_limit;
        shuts_down_ = shuts_down(plan_.request.rayjob);
        run_.emplace(client_for(on), plan_.ns, std::move(plan_.request));
        co_await run_->start();
        if (how_.no_wait) co_return exit_code::done;
        std::function<task<void>(std::string)> const output = submit_view::output(view_);
        ray::submitted_job const job = co_await run_->follow(output);
        view_->end_output();
        if (how_.wait_rayjob && run_->traces().rayjob_created) {
            view_->pass("Waiting for the status of RayJob " + plan_.rayjob);
            std::chrono::steady_clock::duration const no_limit{};
            ray::job const rayjob = co_await run_->wait_rayjob(no_limit);
            view_->note("RayJob " + plan_.rayjob + ": " + rayjob.status.deployment_status + ".");
        }
        co_return co_await finish(on, job);
    }

    task<exit_code> finish(context on, ray::submitted_job job)
    {
        outcome_style style;
        style.stopped_ok = how_.stopped_ok;
        style.showed_output = view_->showed_output();
        style.coloured = how_.log_color == "true" || (how_.log_color == "auto" && colours_errors(on));
        exit_code const code = report_outcome(on, job, style);
        bool const created = run_->traces().rayjob_created;
        bool const removes = how_.form == submit_form::run || (code != exit_code::done && how_.cleanup_on_failure);
        if (created && removes)
            co_await remove_rayjob(on, true);
        else if (created && !shuts_down_ && how_.place.cluster.empty())
            on.note(
                "RayJob " + plan_.rayjob
                + " and its Ray cluster are still there; to delete them: " + named().command(on, "delete")
            );
        co_return code;
    }

    static bool colours_errors(context const& on) { return on.err_is_terminal() && on.colour_allowed(); }

    kube::client client_for(context const& on) const
    {
        bool const needs_kubernetes = how_.makes_rayjob() || how_.place.address.empty();
        return needs_kubernetes ? on.client() : kube::client(on.executor(), kube::config());
    }

    task<void> resolve_environment(context on)
    {
        if (!plan_.request.submits) co_return;
        ray::runtime_env_options options;
        options.working_dir = how_.working_dir;
        options.working_dir_source = "--working-dir";
        options.where = plan_.where;
        options.override_default_excludes = on.environment("RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES");
        options.ignore_gitignore = on.environment("RAY_RUNTIME_ENV_IGNORE_GITIGNORE");
        std::function<ray::resolved_runtime_env(stop_request)> const work = [env = plan_.runtime_env,
                                                                             options](stop_request const& stop) {
            ray::runtime_env_options watched = options;
            watched.on_progress = [stop](std::string const&, std::uint64_t) { throw_if_stopped(stop); };
            return ray::resolve_runtime_env(env, watched);
        };
        bool const packs = how_.working_dir || plan_.runtime_env.contains("working_dir");
        if (packs && on.err_is_terminal()) view_->pass("Packing the working directory");
        plan_.request.runtime_env = co_await run_blocking<ray::resolved_runtime_env>(on.executor(), work);
        for (std::string const& each : plan_.request.runtime_env.notes)
            view_->note(each);
    }

    void announce() const
    {
        if (plan_.generated_name) view_->say("Generated name for the RayJob: " + plan_.rayjob);
        if (plan_.generated_id) view_->say("Generated submission ID for Ray job: " + plan_.request.job.submission_id);
    }

    job_name named() const
    {
        ray::submit_traces const traces = run_->traces();
        job_name name;
        bool const by_rayjob = how_.makes_rayjob();
        name.ns = plan_.ns;
        name.id = traces.submission_id;
        if (by_rayjob) name.rayjob = plan_.rayjob;
        name.cluster = how_.place.cluster;
        name.address = how_.place.address;
        return name;
    }

    // After a failure or an interruption: what this run created goes, or is named.
    task<void> clean_up(context on)
    {
        ray::submit_traces const traces = run_->traces();
        bool const may_have_rayjob = how_.makes_rayjob();
        if (!traces.accepted && may_have_rayjob && !how_.keep_on_failure) co_return co_await remove_rayjob(on, false);
        if (!traces.accepted && may_have_rayjob) {
            if (traces.rayjob_created)
                on.note("RayJob " + plan_.rayjob + " is kept; to delete it: " + named().command(on, "delete"));
            co_return;
        }
        if (traces.accepted && traces.rayjob_created && how_.cleanup_on_failure)
            co_return co_await remove_rayjob(on, true);
        if (traces.accepted) co_return tell_job(on);
        co_await settle_submission(on);
    }

    // There is nothing to delete, but what was under way may have got through.
    task<void> settle_submission(context on)
    {
        task<void> settling = run_->abandon();
        result<void> const settled = co_await kuberay::as_result(std::move(settling));
        if (settled.has_error()) on.note("Trouble: " + settled.error().message() + ".");
        if (settled.has_error() || run_->traces().accepted) tell_job(on);
    }

    void tell_job(context const& on) const
    {
        std::string const id = run_->traces().submission_id;
        bool const by_rayjob = how_.makes_rayjob() && !id.empty();
        on.note("The job is " + named().str() + (by_rayjob ? ", ID " + id : "") + ".");
        tell_ways_back(on, named());
    }

    task<void> remove_rayjob(context on, bool even_accepted)
    {
        bool const was_created = run_->traces().rayjob_created;
        task<void> removing = run_->abandon(even_accepted);
        result<void> const removed = co_await kuberay::as_result(std::move(removing));
        if (removed.has_error())
            on.note(
                "RayJob " + plan_.rayjob + " was not deleted: " + removed.error().message()
                + "; to delete it: " + named().command(on, "delete")
            );
        else if (run_->traces().accepted && !even_accepted)
            tell_job(on);
        else if (was_created)
            on.note("Deleted RayJob " + plan_.rayjob + (how_.place.cluster.empty() ? " and its Ray cluster." : "."));
    }

    submit_flags how_;
    submit_plan plan_;
    std::shared_ptr<submit_view> view_;
    std::optional<ray::job_run> run_;
    error own_error_;  ///< of the work, not of its limit
    bool shuts_down_ = false;
};

}  // namespace

std::unique_ptr<command> make_submit_job() { return std::make_unique<submit>(submit_form::submit); }

std::unique_ptr<command> make_run_job() { return std::make_unique<submit>(submit_form::run); }

}  // namespace cli::commands
