#include "ray/late_output.hpp"

namespace kuberay::ray {
namespace {

using output_sink = std::function<task<void>(std::string bytes)>;

constexpr std::chrono::seconds longest_try(10);

struct passed_on {
    passed_on() = default;
    std::uint64_t bytes = 0;
    bool in_sink = false;  ///< an error is the sink's
};

using shared_count = std::shared_ptr<passed_on>;

task<void> pass(output_sink sink, shared_count at, std::string bytes)
{
    at->bytes += bytes.size();
    at->in_sink = true;
    task<void> writing = sink(std::move(bytes));
    co_await std::move(writing);
    at->in_sink = false;
}

task<void> read_from_cluster(shared_submission s, output_sink sink)
{
    std::string const id = s->traces.submission_id;
    job_client const client = co_await make_client(s);
    // Once it answers, the output may take its time.
    task<submitted_job> asking = with_timeout(longest_try, client.get(id));
    submitted_job const there = co_await std::move(asking);
    co_await client.read_log(there.submission_id, sink);
}

// Nothing of what is read here changes how the job has ended.
void throw_if_callers(passed_on const& at, error const& why)
{
    if (at.in_sink || is_cancellation(why)) throw failure(why);
}

task<void> read(shared_submission s, output_sink sink)
{
    auto const at = std::make_shared<passed_on>();
    output_sink const counted = [sink, at](std::string bytes) { return pass(sink, at, std::move(bytes)); };
    task<void> reading = read_from_cluster(s, counted);
    result<void> const from_cluster = co_await as_result(std::move(reading));
    if (from_cluster.has_value()) co_return;
    error const why = from_cluster.error();
    throw_if_callers(*at, why);
    if (at->bytes == 0) {
        task<bool> copying = copy_submitter_log(s->on, s->watch->view.now(), counted);
        result<bool> const copied = co_await as_result(std::move(copying));
        if (copied.has_error()) throw_if_callers(*at, copied.error());
        if (copied.has_value() && *copied) {
            s->trouble(
                why.with_context("the output is that of the submitter's log, as the cluster does not give it any more")
            );
            co_return;
        }
    }
    s->trouble(
        why.with_context("the job has ended, and its output after byte " + std::to_string(at->bytes) + " is missing")
    );
}

}  // namespace

task<void> read_late_output(shared_submission s, output_sink sink) { return read(std::move(s), std::move(sink)); }

}  // namespace kuberay::ray
