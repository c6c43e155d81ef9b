#include "commands/delete_targets.hpp"

#include "cli/confirm.hpp"
#include "cli/program.hpp"
#include "cli/quote.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>

namespace cli::commands {
namespace {

void report(context const& on, error const& what) { on.err().write(error_lines(what)); }

task<std::vector<requested_target>> selected(context on, delete_request how)
{
    kube::api_core const core(on.client(), ray::type_of(how.kind), on.ns());
    kube::list_params params;
    params.label_selector = how.selector;
    std::vector<requested_target> found;
    kube::api_core::item_sink const each = [&found, &how](json::value item) {
        requested_target& added = found.emplace_back();
        added.what = ray::target(how.kind, std::string(kuberay::string_at(item, "metadata.name")));
        added.typed = how.typed;
    };
    std::string const version = co_await core.list_metadata_each(params, each);
    co_return found;
}

// What may be deleted; the rest is reported and makes the command fail.
std::vector<ray::deletion> sort_out(
    context const& on, delete_request const& how, std::vector<requested_target> const& wanted,
    std::vector<result<std::optional<ray::deletion>>> const& found, bool& failed
)
{
    std::vector<ray::deletion> ready;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::string const name = wanted[i].what.str();
        if (found[i].has_error()) {
            report(on, found[i].error().with_context("deleting " + name));
        } else if (!*found[i]) {
            if (how.ignore_not_found) continue;
            report(on, not_found(name + " not found in namespace " + in_quotes(on.ns())));
        } else if (!(*found[i])->controller.empty() && !wanted[i].typed && !how.force) {
            report(
                on,
                error(errc::bad_input, name + " belongs to " + (*found[i])->controller + ", which would make it again")
                    .with_hint("delete the owner, or write " + name + " or --force to delete the cluster alone")
            );
        } else {
            ready.push_back(**found[i]);
            continue;
        }
        failed = true;
    }
    return ready;
}

std::string question(context const& on, std::vector<ray::deletion> const& what)
{
    std::string text = "To be deleted in namespace " + in_quotes(on.ns()) + ":\n";
    for (ray::deletion const& each : what) {
        text += "- " + kuberay::printable_line(each.what.str());
        if (!each.uid.empty()) text += " (uid " + kuberay::printable_line(each.uid) + ")";
        text += "\n";
    }
    return text + "Delete?";
}

task<exit_code> delete_all(context on, delete_request how, std::vector<ray::deletion> what, bool failed)
{
    ray::delete_options options;
    options.ignore_not_found = how.ignore_not_found;
    options.dry_run = how.dry_run.server();
    options.wait = how.wait && !how.dry_run.any();
    options.timeout = how.timeout;
    std::vector<result<ray::delete_end>> const ends = co_await ray::delete_targets(on.client(), on.ns(), what, options);
    exit_code code = failed ? exit_code::failed : exit_code::done;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i].has_error()) {
            report(on, ends[i].error().with_context("deleting " + what[i].what.str()));
            exit_code const worse = code_of(ends[i].error());
            if (code != exit_code::failed) code = worse;
            continue;
        }
        if (*ends[i] == ray::delete_end::absent) continue;
        std::string const suffix = options.dry_run ? " (server dry run)" : "";
        on.out().write(
            "Deleted " + std::string(ray::word_of(what[i].what.kind)) + " " + what[i].what.name + suffix + "\n"
        );
    }
    co_return code;
}

}  // namespace

task<exit_code> run_delete(context on, delete_request how)
{
    std::vector<requested_target> wanted = how.targets;
    if (wanted.empty()) wanted = co_await selected(on, how);
    if (wanted.empty()) {
        on.note("Nothing to delete in namespace " + in_quotes(on.ns()) + ".");
        co_return exit_code::done;
    }
    std::vector<ray::target> targets;
    for (requested_target const& each : wanted)
        targets.push_back(each.what);
    std::vector<result<std::optional<ray::deletion>>> const found =
        co_await ray::find_for_deletion(on.client(), on.ns(), targets);
    bool failed = false;
    std::vector<ray::deletion> const ready = sort_out(on, how, wanted, found, failed);
    if (ready.empty()) co_return failed ? exit_code::failed : exit_code::done;
    if (how.dry_run.client()) {
        for (ray::deletion const& each : ready)
            on.out().write("Would delete " + std::string(ray::word_of(each.what.kind)) + " " + each.what.name + "\n");
        co_return failed ? exit_code::failed : exit_code::done;
    }
    bool const asks = !how.yes && !how.dry_run.any();
    if (asks && !confirmed(on, question(on, ready))) co_return exit_code::done;
    co_return co_await delete_all(on, how, ready, failed);
}

}  // namespace cli::commands
