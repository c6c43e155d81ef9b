#include "base/doubling_pause.hpp"
#include "base/lasting.hpp"
#include "ray/job_exchange.hpp"
#include "ray/job_log_follower.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::ray {
namespace {

// What may wait to be taken; behind it the server waits.
constexpr std::size_t most_bytes = std::size_t(1) << 20;

constexpr std::chrono::seconds patience_for_status(10);

// Between tries of a dashboard that does not answer.
doubling_pause pauses_of(job_log_options const& options) { return doubling_pause(options.poll, options.poll * 10); }

}  // namespace

job_log_follower::implementation::implementation(job_client on, std::string id, job_log_options options)
    : on_(std::move(on))
    , id_(std::move(id))
    , options_(std::move(options))
    , tasks_(on_.over()->get_executor())
    , reading_(on_.over()->get_executor())
    , changed_(on_.over()->get_executor())
    , room_(on_.over()->get_executor())
    , returned_(options_.skip)
    , read_(std::make_shared<output_position>(options_.skip))
{
    live_.way = output_way::stream;
}

task<std::optional<std::string>> job_log_follower::implementation::next(self_ptr self)
{
    if (!std::exchange(self->started_, true)) {
        self->tasks_.start(guard(self, watch_status(self)));
        self->tasks_.start(guard(self, read_all(self)));
    }
    while (self->queue_.empty()) {
        if (self->failed_) throw failure(*self->failed_);
        if (self->read_to_end_) co_return std::nullopt;
        co_await self->changed_.wait();
    }
    std::string piece = std::move(self->queue_.front());
    self->queue_.pop_front();
    self->queued_bytes_ -= piece.size();
    self->returned_ += piece.size();
    self->room_.notify_all();
    co_return piece;
}

void job_log_follower::implementation::cancel()
{
    tasks_.cancel();
    reading_.cancel();
}

// A task whose failure is the follower's.
task<void> job_log_follower::implementation::guard(self_ptr self, task<void> op)
{
    result<void> const ended = co_await as_result(std::move(op));
    if (ended.has_error()) self->fail(ended.error());
}

void job_log_follower::implementation::fail(error why)
{
    if (!failed_ && !is_cancellation(why)) failed_ = std::move(why);
    cancel();
    changed_.notify_all();
}

void job_log_follower::implementation::trouble(error const& cause) const
{
    if (options_.on_trouble) options_.on_trouble(cause);
}

void job_log_follower::implementation::see(submitted_job now)
{
    bool const is_news = now.status != job_.status || now.message != job_.message;
    job_ = std::move(now);
    if (is_news && options_.on_status) options_.on_status(job_);
    changed_.notify_all();
}

bool job_log_follower::implementation::is_unreachable_for_good(clock::time_point since) const
{
    return options_.give_up_after > clock::duration::zero() && clock::now() - since > options_.give_up_after;
}

error job_log_follower::implementation::explain_absence(error const& why) const
{
    if (job_.status.empty() || !is_absent_there(why)) return why;
    return why.with_hint("It was deleted, or the head restarted: without fault tolerance it forgets its jobs then.");
}

// A job that runs for long is looked at less often: the end is seen 5 % late at most.
job_log_follower::implementation::clock::duration job_log_follower::implementation::status_pause(clock::time_point begun
) const
{
    clock::duration const shortest = options_.poll;
    return std::clamp((clock::now() - begun) / 20, shortest, shortest * 5);
}

task<void> job_log_follower::implementation::watch_status(self_ptr self)
{
    clock::time_point const begun = clock::now();
    clock::time_point answered = begun;
    doubling_pause after_loss = pauses_of(self->options_);
    for (;;) {
        task<submitted_job> asking = with_timeout(patience_for_status, self->on_.get(self->id_));
        result<submitted_job> seen = co_await as_result(std::move(asking));
        clock::duration pause{};
        if (seen.has_value()) {
            answered = clock::now();
            self->is_lost_ = false;
            after_loss.reset();
            require_own_output(*seen);
            self->see(std::move(*seen));
            if (self->job_.is_finished()) co_return;
            pause = self->status_pause(begun);
        } else {
            error const why = seen.error();
            if (why.code() == reason::not_found) throw failure(self->explain_absence(why));
            if (is_lasting(why) || is_cancellation(why)) throw failure(why);
            if (self->is_unreachable_for_good(answered)) {
                error const given_up(
                    errc::connection_lost, "the Ray dashboard cannot be reached any more: " + why.message()
                );
                throw failure(given_up.with_hint(std::string(why.hint())));
            }
            if (!std::exchange(self->is_lost_, true)) {
                self->trouble(why);
                ++self->outages_;
                self->changed_.notify_all();
            }
            if (why.code() == errc::timed_out) self->on_.over()->drop_idle();
            pause = after_loss.next();
        }
        co_await sleep_for(pause);
    }
}

task<void> job_log_follower::implementation::put(self_ptr self, std::string bytes)
{
    while (self->queued_bytes_ >= most_bytes)
        co_await self->room_.wait();
    self->queued_bytes_ += bytes.size();
    self->queue_.push_back(std::move(bytes));
    self->changed_.notify_all();
}

output_sink job_log_follower::implementation::sink_of(self_ptr const& self)
{
    return [weak = std::weak_ptr(self)](std::string bytes) {
        // The task that reads keeps the follower.
        return put(weak.lock(), std::move(bytes));
    };
}

task<void> job_log_follower::implementation::keep_outcome(self_ptr self, task<void> op)
{
    result<void> ended = co_await as_result(std::move(op));
    self->outcome_.emplace(std::move(ended));
    self->changed_.notify_all();
}

task<void> job_log_follower::implementation::wait_for_news(self_ptr self, clock::duration at_most)
{
    return self->changed_.wait_for(at_most);
}

task<void> job_log_follower::implementation::read_all(self_ptr self)
{
    while (self->job_.status.empty() || self->job_.status == job_phase::pending)
        co_await self->changed_.wait();
    while (!self->job_.is_finished())
        co_await follow_live(self);
    co_await read_rest(self);
    self->read_to_end_ = true;
    self->changed_.notify_all();
}

// One attempt by the present way, given up as soon as the job is finished or the dashboard was lost.
task<job_log_follower::implementation::live_end> job_log_follower::implementation::try_live(self_ptr self)
{
    self->live_.of = self->job_;
    if (self->job_.driver_node_id.empty() && !gives_text(self->live_.way)) self->live_.way = output_way::text;
    self->outcome_.reset();
    std::uint64_t const outages = self->outages_;
    task<void> reading = read_output(self->on_, self->live_, self->read_, sink_of(self));
    self->reading_.start(keep_outcome(self, std::move(reading)));
    while (!self->outcome_ && !self->job_.is_finished() && self->outages_ == outages)
        co_await self->changed_.wait();
    if (self->outcome_) co_return live_end::ended;
    self->reading_.cancel();
    co_await self->reading_.ended();
    co_return self->job_.is_finished() ? live_end::job_is_finished : live_end::outage;
}

void job_log_follower::implementation::choose_next_way(error const& why)
{
    constexpr int most_refusals = 3;
    bool const is_absent = why.code() == reason::not_found || why.code() == reason::method_not_allowed;
    if (++refusals_ < most_refusals && !is_absent) return;
    refusals_ = 0;
    if (!gives_text(live_.way) && live_.naming == log_naming::by_submission) {
        live_.naming = log_naming::by_file;
        return;
    }
    live_.naming = log_naming::by_submission;
    switch (live_.way) {
    case output_way::stream: live_.way = output_way::file; break;
    case output_way::file: live_.way = output_way::text; break;
    case output_way::text: live_.way = output_way::tail; break;
    case output_way::tail: live_.way = read_->can_go_on_by(output_way::stream) ? output_way::stream : output_way::text;
    }
    trouble(why.with_context("the job's output is read by " + std::string(word_of(live_.way)) + " from here"));
}

// Why an attempt is over, when it should not be.
std::optional<error> job_log_follower::implementation::end_of_attempt(live_end end, bool had_news) const
{
    if (end != live_end::ended) return std::nullopt;
    if (outcome_->has_error()) return outcome_->error();
    // The server closes it in an orderly way also when it cannot go on.
    if (live_.way == output_way::tail && !had_news)
        return error(errc::unexpected, "the dashboard ended the log of a job that runs");
    return std::nullopt;
}

task<void> job_log_follower::implementation::follow_live(self_ptr self)
{
    doubling_pause pauses = pauses_of(self->options_);
    while (!self->job_.is_finished()) {
        std::uint64_t const before = self->read_->given();
        live_end const end = co_await try_live(self);
        if (end == live_end::job_is_finished) co_return;
        if (self->read_->given() != before) {
            pauses.reset();
            self->refusals_ = 0;
        }
        if (std::optional<error> const ended = self->end_of_attempt(end, self->read_->given() != before)) {
            error const& why = *ended;
            if (why.code() == reason::unauthorized || why.code() == reason::forbidden) throw failure(why);
            if (!is_connection_error(why))
                self->choose_next_way(why);
            else if (!self->is_lost_)
                self->trouble(why);
        }
        clock::time_point const until = clock::now() + pauses.next();
        while (!self->job_.is_finished() && clock::now() < until)
            co_await wait_for_news(self, until - clock::now());
    }
}

// What is left of a log that does not grow any more: proven by the end of the answer.
task<void> job_log_follower::implementation::read_rest(self_ptr self)
{
    clock::time_point progressed = clock::now();
    doubling_pause pauses = pauses_of(self->options_);
    for (;;) {
        std::uint64_t const before = self->read_->given();
        task<void> reading = read_present_output(self->on_, self->job_, self->read_, sink_of(self));
        result<void> const read = co_await as_result(std::move(reading));
        if (read.has_value()) co_return;
        error const why = read.error();
        if (is_cancellation(why) || why.code() == reason::unauthorized || why.code() == reason::forbidden)
            throw failure(why);
        self->trouble(why);
        // The job's end is known: what cannot be had of its output does not change that.
        if (!is_connection_error(why)) co_return;
        if (self->read_->given() != before) progressed = clock::now();
        if (self->is_unreachable_for_good(progressed))
            throw failure(errc::connection_lost, "the rest of the job's output cannot be read: " + why.message());
        clock::duration const pause = pauses.next();
        co_await sleep_for(pause);
    }
}

job_log_follower::job_log_follower(job_client on, std::string id, job_log_options options)
    : implementation_(std::make_shared<implementation>(std::move(on), std::move(id), std::move(options)))
{
}

job_log_follower::job_log_follower(std::shared_ptr<implementation> implementation)
    : implementation_(std::move(implementation))
{
}

job_log_follower::job_log_follower(job_log_follower&&) noexcept = default;

job_log_follower& job_log_follower::operator=(job_log_follower&& from) noexcept
{
    std::swap(implementation_, from.implementation_);
    return *this;
}

job_log_follower::~job_log_follower()
{
    if (implementation_) implementation_->cancel();
}

task<std::optional<std::string>> job_log_follower::next() { return implementation::next(implementation_); }

submitted_job const& job_log_follower::job() const noexcept { return implementation_->job(); }

std::uint64_t job_log_follower::position() const noexcept { return implementation_->position(); }

}  // namespace kuberay::ray
