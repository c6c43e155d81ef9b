#include "kube/exec_source.hpp"

#include "kube/exec_credential.hpp"

#include <kuberay/base/text.hpp>

#include <boost/system/errc.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace kuberay::kube {

struct exec_source::state {
    state(asio::any_io_executor executor, exec_plugin plugin, wall_clock now, child_runner run)
        : plugin(std::move(plugin))
        , now(std::move(now))
        , run(std::move(run))
        , changed(std::move(executor))
    {
    }

    bool is_usable() const { return current && (!stale_at || now() < *stale_at); }

    exec_plugin plugin;
    wall_clock now;
    child_runner run;
    condition changed;  // a run has ended
    bool running = false;
    std::uint64_t runs_ended = 0;
    error last_error;  // of the last run that ended by itself
    credential_ptr current;
    std::optional<timestamp> stale_at;
};

namespace {

constexpr std::chrono::seconds longest_leeway(10);

// Early enough that a request sent now still arrives in time; a short-lived credential is used for most of its life.
timestamp stale_time(timestamp now, timestamp expires)
{
    auto const leeway = std::min<timestamp::duration>(longest_leeway, (expires - now) / 10);
    return expires - std::max(leeway, timestamp::duration::zero());
}

std::string title(exec_plugin const& plugin)
{
    return "the credential plugin \"" + printable_line(plugin.command) + "\"";
}

error cannot_start(exec_plugin const& plugin, error const& why)
{
    if (why.code() == boost::system::errc::no_such_file_or_directory) {
        std::string const where =
            plugin.command.find('/') == std::string::npos ? " was not found in PATH" : " does not exist";
        error const missing(errc::credentials, title(plugin) + where);
        return missing.with_hint(
            plugin.install_hint.empty() ? "Install it, or choose another user in the kubeconfig." : plugin.install_hint
        );
    }
    return error(errc::credentials, title(plugin) + " could not be run: " + why.message());
}

std::string ending(child_result const& ended)
{
    if (ended.signal != 0) return " was ended by signal " + std::to_string(ended.signal);
    return " failed with exit code " + std::to_string(ended.exit_code);
}

task<exec_answer> run_plugin(exec_plugin plugin, exec_source::child_runner run)
{
    bool const interactive = is_interactive(plugin, ::isatty(STDIN_FILENO) == 1).value();
    child_command command;
    command.program = plugin.command;
    command.args = plugin.args;
    command.env = plugin.env;
    command.env.emplace_back("KUBERNETES_EXEC_INFO", exec_info(plugin, interactive));
    command.inherits_stdin = interactive;
    task<child_result> started = run(std::move(command));
    result<child_result> ended = co_await as_result(std::move(started));
    if (!ended) {
        if (is_cancellation(ended.error())) throw failure(ended.error());
        throw failure(cannot_start(plugin, ended.error()));
    }
    if (ended->signal != 0 || ended->exit_code != 0) {
        error const failed(errc::credentials, title(plugin) + ending(*ended));
        throw failure(failed.with_hint("What it said is above."));
    }
    co_return parse_exec_answer(ended->output, plugin).value();
}

}  // namespace

exec_source::exec_source(asio::any_io_executor executor, exec_plugin plugin, wall_clock now, child_runner run)
    : state_(std::make_shared<state>(
          std::move(executor), std::move(plugin), std::move(now), run ? std::move(run) : child_runner(&run_child)
      ))
{
}

exec_source::~exec_source() = default;

bool exec_source::renew(credential_ptr const& refused)
{
    if (refused == state_->current) state_->current = nullptr;
    return true;
}

namespace {

template <class State>
void end_run(State& on, error why)
{
    on.running = false;
    ++on.runs_ended;
    on.last_error = std::move(why);
    on.changed.notify_all();
}

template <class State>
task<void> run_once(std::shared_ptr<State> on)
{
    on->running = true;
    try {
        task<exec_answer> started = run_plugin(on->plugin, on->run);
        result<exec_answer> answer = co_await as_result(std::move(started));
        if (answer) {
            on->current = answer->made;
            on->stale_at.reset();
            if (answer->expires) on->stale_at = stale_time(on->now(), *answer->expires);
        }
        end_run(*on, answer ? error() : answer.error());
        if (!answer) throw failure(answer.error());
    } catch (failure const&) {
        throw;
    } catch (...) {
        end_run(*on, error());
        throw;
    }
}

template <class State>
task<credential_ptr> get_from(std::shared_ptr<State> on)
{
    while (!on->is_usable()) {
        if (!on->running) {
            co_await run_once(on);
            // What the plugin gives is used once, even when it is expired by our clock.
            if (on->current) co_return on->current;
            continue;
        }
        std::uint64_t const seen = on->runs_ended;
        while (on->running && on->runs_ended == seen)
            co_await on->changed.wait();
        if (on->runs_ended == seen) continue;
        if (on->last_error && !is_cancellation(on->last_error)) throw failure(on->last_error);
        if (!on->last_error && on->current) co_return on->current;
    }
    co_return on->current;
}

}  // namespace

task<credential_ptr> exec_source::get() { return get_from(state_); }

}  // namespace kuberay::kube
