#include "cli/dry_run.hpp"
#include "cli/program.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "commands/commands.hpp"
#include "commands/manifest.hpp"
#include "commands/wait_for.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/create_cluster.hpp>

#include <algorithm>

namespace cli::commands {
namespace {

// The fields that others own, one per line, as the server names them.
error with_conflicts(error const& what)
{
    kuberay::server_status const* const status = what.status();
    if (what.code() != kuberay::reason::conflict || !status || status->causes.empty()) return what;
    std::string hint = "fields that others manage:";
    for (kuberay::status_cause const& cause : status->causes)
        hint += "\n  " + cause.field + ": " + cause.message;
    return what.with_hint(hint + "\nto take them over: --force-conflicts");
}

class apply final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Creates or changes the objects of files by server-side apply: fields that the files do not name stay "
                 "as they are, and a field that another manager owns is a conflict, not overwritten.");
        on.example("All objects of a directory, and wait until they are ready", "apply -f manifests/ --wait");
        on.example("From a pipe", "apply -f -");
        flag& files =
            on.value("filename", 'f', &files_, "File, directory, or - for standard input; may be given several times.");
        files.required = true;
        files.completes = complete_files({"yaml", "yml", "json"});
        on.toggle("force-conflicts", 0, &force_, "Take over fields that other managers own.");
        dry_run_.declare(on);
        on.toggle("wait", 0, &wait_, "Wait until Ray clusters, jobs and services are ready.");
        on.value("timeout", 0, &timeout_, "Longest wait for each object; 0 means no limit.");
    }

    void complete(flags const&, global_flags& globals) override
    {
        // A credential plugin must not read what is meant for us.
        if (std::find(files_.begin(), files_.end(), "-") != files_.end()) globals.load.stdin_is_free = false;
    }

    void validate() const override { refuse_negative("timeout", timeout_); }

    task<exit_code> run(context on) override
    {
        std::vector<manifest> const all = read_manifests(on, files_);
        bool failed = false;
        std::vector<manifest> applied;
        for (manifest const& each : all) {
            task<void> applying = apply_one(on, each);
            result<void> const done = co_await kuberay::as_result(std::move(applying));
            if (done.has_value()) {
                applied.push_back(each);
                continue;
            }
            if (kuberay::is_cancellation(done.error())) throw failure(done.error());
            on.err().write(error_lines(with_conflicts(done.error())));
            failed = true;
        }
        if (wait_ && !dry_run_.any()) {
            for (manifest const& each : applied)
                co_await wait_for_manifest(on, each, timeout_);
        }
        co_return failed ? exit_code::failed : exit_code::done;
    }

private:
    task<void> apply_one(context on, manifest each)
    {
        if (dry_run_.client()) {
            on.out().write(each.str() + " would be applied (client dry run)\n");
            co_return;
        }
        kube::api_core const core = co_await place_of(on, each);
        kube::apply_params params;
        params.field_manager = std::string(ray::field_manager);
        params.force = force_;
        params.dry_run = dry_run_.server();
        params.field_validation = kube::field_validation::strict;
        json::value const stored = co_await core.apply(each.object, params);
        on.out().write(each.str() + (dry_run_.server() ? " applied (server dry run)\n" : " applied\n"));
        on.out().flush();
    }

    std::vector<std::string> files_;
    bool force_ = false, wait_ = false;
    dry_run_flag dry_run_;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
};

// `create job -f FILE`: what must not exist yet.
class create_from_file final : public command {
public:
    create_from_file(std::string kind, std::string word)
        : kind_(std::move(kind))
        , word_(std::move(word))
    {
    }

    void declare(flags& on) override
    {
        on.about("Creates a " + kind_ + " from a file. One that exists is never changed.");
        on.example("From a file", "create " + word_ + " -f " + word_ + ".yaml");
        flag& files =
            on.value("filename", 'f', &files_, "File, directory, or - for standard input; may be given several times.");
        files.required = true;
        files.completes = complete_files({"yaml", "yml", "json"});
        dry_run_.declare(on);
        on.toggle("wait", 0, &wait_, "Wait until it is ready.");
        on.value("timeout", 0, &timeout_, "Longest wait for each object; 0 means no limit.");
    }

    void complete(flags const&, global_flags& globals) override
    {
        // A credential plugin must not read what is meant for us.
        if (std::find(files_.begin(), files_.end(), "-") != files_.end()) globals.load.stdin_is_free = false;
    }

    void validate() const override { refuse_negative("timeout", timeout_); }

    task<exit_code> run(context on) override
    {
        std::vector<manifest> const all = read_manifests(on, files_);
        for (manifest const& each : all)
            if (each.kind() != kind_)
                throw failure(
                    errc::bad_input,
                    each.where + ": this is a " + each.kind() + ", but a " + kind_ + " is to be created"
                );
        for (manifest const& each : all)
            co_await create_one(on, each);
        if (!wait_ || dry_run_.any()) co_return exit_code::done;
        for (manifest const& each : all)
            co_await wait_for_manifest(on, each, timeout_);
        co_return exit_code::done;
    }

private:
    task<void> create_one(context on, manifest each)
    {
        if (dry_run_.client()) {
            on.out().write(kuberay::to_yaml(each.object) + "\n");
            co_return;
        }
        kube::api_core const core = co_await place_of(on, each);
        kube::write_params params;
        params.field_manager = std::string(ray::field_manager);
        params.dry_run = dry_run_.server();
        params.field_validation = kube::field_validation::strict;
        json::value const stored = co_await core.create(each.object, params);
        on.out().write(
            "Created " + kuberay::to_lower(kind_) + " " + each.name()
            + (dry_run_.server() ? " (server dry run)\n" : "\n")
        );
        on.out().flush();
    }

    std::string kind_, word_;
    std::vector<std::string> files_;
    bool wait_ = false;
    dry_run_flag dry_run_;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
};

}  // namespace

std::unique_ptr<command> make_apply() { return std::make_unique<apply>(); }

std::unique_ptr<command> make_create_job() { return std::make_unique<create_from_file>("RayJob", "job"); }

std::unique_ptr<command> make_create_service() { return std::make_unique<create_from_file>("RayService", "service"); }

std::unique_ptr<command> make_create_cron_job() { return std::make_unique<create_from_file>("RayCronJob", "cronjob"); }

}  // namespace cli::commands
