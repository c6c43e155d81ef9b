#include "base/quote.hpp"
#include "ray/submission.hpp"

namespace kuberay::ray {
namespace {

failure id_is_taken(submission const& s)
{
    std::string const& id = s.what.job.submission_id;
    server_status status;
    status.http_status = 409;
    status.reason = "AlreadyExists";
    status.message = "the RayCluster " + s.ns + "/" + s.traces.cluster + " already has a job with the submission id "
                     + kuberay::quoted(id) + "; nothing was changed";
    return failure(error(std::move(status)).with_hint("choose another submission id, or leave it to be made up"));
}

task<void> upload_one(shared_submission s, job_client client, package const* from)
{
    std::string const name = from->name;
    bool const is_there = co_await client.has_package(name);
    if (is_there) {
        s->emit(submit_stage::upload_skipped, name);
        co_return;
    }
    submit_event event;
    event.stage = submit_stage::uploading;
    event.name = name;
    event.total = from->bytes;
    s->emit(event);
    std::function<void(std::uint64_t)> const on_progress = [s, event](std::uint64_t sent) {
        submit_event now = event;
        now.done = sent;
        s->emit(now);
    };
    co_await client.upload_package(name, from->file, on_progress);
}

// The packages live in the submission, which every step keeps.
task<void> upload_all(shared_submission s)
{
    job_client const client = *s->client;
    for (package const& one : s->what.runtime_env.packages)
        co_await upload_one(s, client, &one);
}

task<void> posted(shared_submission s)
{
    co_await s->posting->done();
    std::string const id = s->posting->outcome().value();
    s->traces.submission_id = id;
    s->traces.accepted = true;
}

}  // namespace

task<void> refuse_taken_id(shared_submission s)
{
    job_client const client = *s->client;
    task<submitted_job> reading = client.get(s->what.job.submission_id);
    result<submitted_job> const found = co_await as_result(std::move(reading));
    if (found.has_value()) throw id_is_taken(*s);
    if (found.error().code() != reason::not_found) throw failure(found.error());
}

task<void> upload_packages(shared_submission s)
{
    if (s->what.runtime_env.packages.empty()) co_return;
    task<step_end> uploading = run_under_watch(s, upload_all(s));
    step_end const end = co_await std::move(uploading);
    (void)end;  // only a RayJob that the operator submits can be over
}

task<void> post_job(shared_submission s)
{
    job_client const client = *s->client;
    s->posting = std::make_unique<own_task<std::string>>(s->on.get_executor(), s->changed, client.submit(s->what.job));
    std::function<error()> const late = [s] {
        return error(
            errc::timed_out, "submitting the job " + s->what.job.submission_id + ": no answer within "
                                 + format_duration(s->what.dashboard_timeout)
        );
    };
    std::optional<submission::time_point> const until = s->after(s->what.dashboard_timeout);
    task<step_end> judged = run_under_watch(s, posted(s), until, late);
    step_end const end = co_await std::move(judged);
    (void)end;  // as above
    s->emit(submit_stage::submitted, s->traces.submission_id);
}

}  // namespace kuberay::ray
