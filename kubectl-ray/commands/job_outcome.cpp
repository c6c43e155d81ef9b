#include "commands/job_outcome.hpp"

#include "cli/program.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/job.hpp>

namespace cli::commands {
namespace {

std::string id_of(ray::submitted_job const& job) { return job.submission_id.empty() ? job.job_id : job.submission_id; }

// Ray repeats the last lines of the output in the message.
std::string without_output(std::string const& message)
{
    static constexpr std::string_view repeated = ", last available logs";
    std::size_t const at = message.find(repeated);
    return at == std::string::npos ? message : message.substr(0, at);
}

}  // namespace

std::string job_name::str() const { return rayjob.empty() ? "Ray job " + id : "RayJob " + rayjob; }

std::string job_name::command(context const& on, std::string const& verb) const
{
    std::vector<std::string> words{rayjob.empty() ? id : rayjob};
    if (rayjob.empty() && !cluster.empty()) words.insert(words.end(), {"-c", cluster});
    if (rayjob.empty() && !address.empty()) words.insert(words.end(), {"--address", address});
    if (!ns.empty()) words.insert(words.end(), {"-n", ns});
    if (!on.globals().load.context.empty()) words.insert(words.end(), {"--context", on.globals().load.context});
    return on.program() + " job " + verb + " " + ray::shell_words(words);
}

void tell_ways_back(context const& on, job_name const& job)
{
    on.note("To show its output:  " + job.command(on, "attach"));
    on.note("To stop it:          " + job.command(on, "stop"));
    on.note("To delete it:        " + job.command(on, "delete"));
}

std::string outcome_text(ray::submitted_job const& job, bool showed_output)
{
    std::string const who = "Ray job " + id_of(job);
    if (job.status == ray::job_phase::succeeded) return who + " succeeded";
    if (job.status == ray::job_phase::stopped) return who + " was stopped";
    std::string message = showed_output ? without_output(job.message) : job.message;
    if (job.status != ray::job_phase::failed) return who + " is " + job.status;
    return who + " failed" + (message.empty() ? "" : ": " + message);
}

exit_code report_outcome(context const& on, ray::submitted_job const& job, outcome_style how)
{
    std::string const text = outcome_text(job, how.showed_output);
    bool const fine =
        job.status == ray::job_phase::succeeded || (how.stopped_ok && job.status == ray::job_phase::stopped);
    error what(errc::unexpected, text);
    if (job.status == ray::job_phase::stopped) what = what.with_hint("--stopped-ok takes that for a success");
    std::string const lines = fine ? kuberay::printable_line(text) + ".\n" : error_lines(what);
    on.err().write(how.coloured ? (fine ? "\x1b[32m" : "\x1b[31m") + lines + "\x1b[0m" : lines);
    return fine ? exit_code::done : exit_code::failed;
}

}  // namespace cli::commands
