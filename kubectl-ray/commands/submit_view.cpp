#include "commands/submit_view.hpp"

#include "cli/amounts.hpp"
#include "commands/cluster_wait.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/job.hpp>

namespace cli::commands {

submit_view::submit_view(context on, submit_flags const& how)
    : on_(on)
    , on_stdout_(how.says_on_stdout())
    , verbose_(how.verbose)
    , records_(how.log_style == "record")
    , line_(on)
    , out_(on, output_to::out)
    , cluster_(how.place.cluster)
{
}

void submit_view::say(std::string const& line)
{
    if (!on_stdout_) return note(line);
    line_.clear();
    on_.out().write(kuberay::printable_line(line) + "\n");
    on_.out().flush();
}

void submit_view::note(std::string const& line)
{
    line_.clear();
    on_.note((records_ ? kuberay::format_rfc3339(on_.now()) + " " : "") + line);
}

void submit_view::pass(std::string const& line) { line_.show(line); }

void submit_view::show(ray::submit_event const& event)
{
    using stage = ray::submit_stage;
    switch (event.stage) {
    case stage::rayjob_created: return say("Submitted RayJob " + event.name + ".");
    case stage::cluster_known:
        cluster_ = event.name;
        if (verbose_) note("Its Ray cluster is " + event.name + ".");
        return;
    case stage::cluster_progress:
        if (event.cluster.state == ray::cluster_state::ready) return;  // what there is to wait for is over
        waited_ = true;
        return line_.show(progress_text(cluster_, event.cluster));
    case stage::cluster_ready:
        if (waited_ || verbose_) note("Ray cluster " + cluster_ + " is ready.");
        return;
    case stage::dashboard_ready:
        if (verbose_) note("Its dashboard answers, Ray " + event.name + ".");
        return;
    case stage::uploading: return show_upload(event);
    case stage::upload_skipped: return note("The cluster has package " + event.name + " already; nothing is uploaded.");
    case stage::submitted: return say("Ray job submitted with ID " + event.name);
    case stage::status: return show_status(event.job);
    case stage::trouble:
        if (std::string const text = event.cause.message(); text != told_ || verbose_) {
            told_ = text;
            note("Trouble: " + text + ". Going on.");
        }
        return;
    case stage::ended: return line_.clear();
    }
}

void submit_view::show_upload(ray::submit_event const& event)
{
    auto const now = std::chrono::steady_clock::now();
    bool const is_new = uploading_ != event.name, is_over = event.done >= event.total;
    if (is_new && !on_.err_is_terminal()) note("Uploading " + event.name + ", " + bytes_text(event.total) + ".");
    uploading_ = event.name;
    if (!on_.err_is_terminal()) return;
    if (!is_new && !is_over && now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    line_.show("Uploading " + upload_bar(event.done, event.total));
}

void submit_view::show_status(ray::submitted_job const& job)
{
    told_.clear();  // it answers again
    if (last_byte_ || job.is_finished()) return;
    if (job.status == ray::job_phase::pending)
        line_.show("Ray job " + job.submission_id + " is pending: " + job.message);
    else if (verbose_)
        note("Ray job " + job.submission_id + " is " + job.status + ".");
}

std::function<task<void>(std::string bytes)> submit_view::output(std::shared_ptr<submit_view> view)
{
    return [view = std::move(view)](std::string bytes) {
        view->line_.clear();
        if (!bytes.empty()) view->last_byte_ = bytes.back();
        return view->out_.write(std::move(bytes));
    };
}

void submit_view::end_output()
{
    line_.clear();
    // The job's bytes stay as they are; only a terminal shows both streams on one screen.
    if (last_byte_ && *last_byte_ != '\n' && on_.out_is_terminal() && on_.err_is_terminal()) on_.err().write("\n");
}

std::string upload_bar(std::uint64_t done, std::uint64_t total)
{
    constexpr std::size_t width = 20;
    std::size_t const full = total == 0 ? width : static_cast<std::size_t>(std::min(done, total) * width / total);
    return "[" + std::string(full, '#') + std::string(width - full, ' ') + "] " + bytes_text(done) + " of "
           + bytes_text(total);
}

}  // namespace cli::commands
