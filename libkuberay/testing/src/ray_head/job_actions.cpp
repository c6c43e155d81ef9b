// What requests do to jobs.

#include "ray_head/head_core.hpp"
#include "ray_head/log_file.hpp"
#include "ray_head/submit_request.hpp"

#include <kuberay/base/async_run.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

/// A name that leads out of the folder of logs: the job is recorded, never runs and cannot be deleted.
head_answer refuse_path(head_core& core, std::shared_ptr<head_job> const& job)
{
    core.jobs[job->submission_id] = job;
    job->waits = true;
    std::string const line =
        "FileNotFoundError: [Errno 2] No such file or directory: '" + core.log_of(*job).string() + "'";
    return text_answer(500, nested_traceback(500, line));
}

}  // namespace

head_answer head_core::submit(json::value const& request)
{
    if (!request.is_object()) return bare_500();
    json::object const& asked = request.get_object();
    if (auto const fault = submit_fault(asked)) return text_answer(400, traceback(*fault));
    if (auto const fault = label_fault(asked)) return text_answer(500, nested_traceback(400, *fault));
    auto const job = std::make_shared<head_job>();
    fill_job(*job, asked);
    if (job->submission_id.empty()) job->submission_id = new_submission_id();
    if (find(job->submission_id))
        return text_answer(
            500, nested_traceback(
                     400, "ValueError: Job with submission_id " + job->submission_id
                              + " already exists. Please use a different submission_id."
                 )
        );
    job->start_time = unix_ms();
    if (job->submission_id.find('/') != std::string::npos) return refuse_path(*this, job);
    append_to(log_of(*job), log_time() + "\tINFO job_manager.py:581 -- Runtime env is setting up.\n");
    jobs[job->submission_id] = job;
    async_run(
        executor, run_job(shared_from_this(), job),
        asio::bind_cancellation_slot(job->cancel.slot(), [job](result<void> const&) {})
    );
    note_change();
    return json_answer_of({{"job_id", job->submission_id}, {"submission_id", job->submission_id}});
}

head_answer head_core::stop_job(std::shared_ptr<head_job> const& job)
{
    if (job->is_driver) return text_answer(400, "Can only stop submission type jobs");
    bool const supervised = !job->is_finished();
    // One that waits for resources hears nothing of it.
    if (supervised && !job->waits && !job->stop_asked) {
        job->stop_asked = true;
        changed.notify_all();
        async_run(executor, end_job(shared_from_this(), job), [](result<void> const&) {});
    }
    return json_answer_of({{"stopped", supervised}});
}

head_answer head_core::remove_job(std::shared_ptr<head_job> const& job)
{
    if (job->is_driver) return text_answer(400, "Can only delete submission type jobs");
    if (!job->is_finished())
        return text_answer(
            500, nested_traceback(
                     500, "RuntimeError: Attempted to delete job '" + job->submission_id
                              + "', but it is in a non-terminal state " + job->status + "."
                 )
        );
    jobs.erase(job->submission_id);
    note_change();
    return json_answer_of({{"deleted", true}});
}

}  // namespace kuberay::testing
