#include "ray/job_exchange.hpp"
#include "ray/job_output.hpp"
#include "ray/job_requests.hpp"
#include "ray/package_upload.hpp"

#include <kuberay/base/json.hpp>

#include <utility>

namespace kuberay::ray {

struct job_client::state {
    state() = default;
    std::shared_ptr<net::transport> over, for_output;
    job_client_options options;
};

namespace {

constexpr int most_submissions = 3;
constexpr int most_questions = 20;

task<job_server_version> read_version(job_client on)
{
    task<json::value> asking = ask_for_json(on, net::http_request("GET", "/api/version"));
    result<json::value> const answer = co_await as_result(std::move(asking));
    if (answer.has_value()) co_return version_of(*answer);
    if (is_absent_there(answer.error())) version_of(json::value());
    throw failure(answer.error());
}

task<submitted_job> read_job(job_client on, std::string id)
{
    net::http_request const request("GET", job_target(id));
    json::value const answer = co_await ask_for_json(on, request);
    co_return submitted_job::from_json(answer);
}

task<std::vector<submitted_job>> read_jobs(job_client on)
{
    net::http_request const request("GET", "/api/jobs/");
    json::value const answer = co_await ask_for_json(on, request);
    co_return jobs_of(answer);
}

task<std::string> post(job_client on, job_submission what)
{
    net::http_request const request = submit_request(what);
    json::value const answer = co_await ask_for_json(on, request);
    std::string_view const id = string_at(answer, "submission_id");
    co_return id.empty() ? what.submission_id : std::string(id);
}

enum class taken { yes, no, other_job };

// What became of a submission whose answer is lost. The dashboard may be away for a moment, so it is asked for a while.
task<taken> settle(job_client on, job_submission what)
{
    constexpr std::chrono::milliseconds pause(250);
    for (int tries = 1;; ++tries) {
        task<submitted_job> reading = read_job(on, what.submission_id);
        result<submitted_job> const there = co_await as_result(std::move(reading));
        if (there.has_value()) co_return there->entrypoint == what.entrypoint ? taken::yes : taken::other_job;
        error const why = there.error();
        if (is_absent_there(why)) co_return taken::no;
        if (!is_connection_error(why) || tries == most_questions)
            throw failure(why.with_context("whether the job " + what.submission_id + " was taken is not known"));
        co_await sleep_for(pause);
    }
}

bool may_have_been_taken(error const& e) { return e.code() == errc::connection_lost || e.code() == errc::timed_out; }

task<std::string> submit_settled(job_client on, job_submission what)
{
    if (std::string const fault = submission_id_fault(what.submission_id); !fault.empty())
        throw failure(errc::bad_input, "the submission id cannot be used: " + fault);
    for (int tries = 1;; ++tries) {
        task<std::string> posting = post(on, what);
        result<std::string> posted = co_await as_result(std::move(posting));
        if (posted.has_value()) co_return std::move(*posted);
        error const why = posted.error();
        bool const is_own_echo = tries > 1 && why.code() == reason::already_exists;
        if (!is_own_echo && !may_have_been_taken(why)) throw failure(why);
        taken const outcome = co_await settle(on, what);
        if (outcome == taken::yes) co_return what.submission_id;
        if (outcome == taken::other_job || tries == most_submissions) throw failure(why);
    }
}

task<bool> stop_job(job_client on, std::string id)
{
    net::http_request const request("POST", job_target(id, "/stop"));
    json::value const answer = co_await ask_for_json(on, request);
    co_return bool_at(answer, "stopped").value_or(false);
}

task<void> remove_job(job_client on, std::string id)
{
    net::http_request const request("DELETE", job_target(id));
    task<void> deleting = ask_for_success(on, request);
    result<void> deleted = co_await as_result(std::move(deleting));
    if (deleted.has_error() && deleted.error().code() == errc::connection_lost) {
        task<void> again = ask_for_success(on, request);
        deleted = co_await as_result(std::move(again));
        if (deleted.has_error() && is_absent_there(deleted.error())) co_return;
    }
    deleted.value();
}

task<bool> ask_for_package(job_client on, std::string name)
{
    net::http_request const request("GET", package_target(name));
    task<void> asking = ask_for_success(on, request);
    result<void> const there = co_await as_result(std::move(asking));
    if (there.has_error() && is_absent_there(there.error())) co_return false;
    there.value();
    co_return true;
}

task<void> read_whole_log(job_client on, std::string id, output_sink sink)
{
    submitted_job const job = co_await read_job(on, id);
    require_own_output(job);
    co_await read_present_output(on, job, std::make_shared<output_position>(), sink);
}

}  // namespace

job_client::job_client(
    std::shared_ptr<net::transport> over, job_client_options options, std::shared_ptr<net::transport> for_output
)
{
    auto const made = std::make_shared<state>();
    made->over = std::move(over);
    made->for_output = for_output ? std::move(for_output) : made->over;
    made->options = std::move(options);
    state_ = made;
}

task<job_server_version> job_client::version() const { return read_version(*this); }

task<std::string> job_client::submit(job_submission what) const { return submit_settled(*this, std::move(what)); }

task<submitted_job> job_client::get(std::string id) const { return read_job(*this, std::move(id)); }

task<std::vector<submitted_job>> job_client::list() const { return read_jobs(*this); }

task<bool> job_client::stop(std::string id) const { return stop_job(*this, std::move(id)); }

task<void> job_client::remove(std::string id) const { return remove_job(*this, std::move(id)); }

task<void> job_client::read_log(std::string id, std::function<task<void>(std::string bytes)> sink) const
{
    return read_whole_log(*this, std::move(id), std::move(sink));
}

task<bool> job_client::has_package(std::string name) const { return ask_for_package(*this, std::move(name)); }

task<void> job_client::upload_package(
    std::string name, std::filesystem::path file, std::function<void(std::uint64_t sent)> on_progress
) const
{
    return send_package(*this, std::move(name), std::move(file), std::move(on_progress));
}

std::shared_ptr<net::transport> const& job_client::over() const noexcept { return state_->over; }
std::shared_ptr<net::transport> const& job_client::for_output() const noexcept { return state_->for_output; }
job_client_options const& job_client::options() const noexcept { return state_->options; }

}  // namespace kuberay::ray
