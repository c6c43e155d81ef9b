#include "kube/log_follower.hpp"

#include "kube/attempt.hpp"
#include "kube/log_request.hpp"
#include "kube/retry.hpp"
#include "kube/watcher.hpp"

#include <kuberay/kube/wait.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr unsigned previous_attempts = 3;

// kube-apiserver's words for a container that has not run yet; only its sentence tells this from other bad requests.
bool is_about_to_start(error const& e)
{
    return e.code() == reason::bad_request && e.status()
           && e.status()->message.find("waiting to start") != std::string::npos;
}

}  // namespace

log_follower::implementation::implementation(
    client on, std::string ns, std::string pod, log_follow_options options, watch_environment environment
)
    : on_(on)
    , pods_(api<kube::pod>::in_ns(std::move(on), std::move(ns)))
    , ns_(pods_.core().ns())
    , pod_(std::move(pod))
    , options_(std::move(options))
    , environment_(std::move(environment))
    , tail_pending_(options_.tail.has_value())
    , codec_(options_.max_line)
{
}

task<std::optional<log_line>> log_follower::implementation::next(std::shared_ptr<implementation> self)
{
    if (self->options_.previous || self->options_.limit_bytes)
        throw failure(errc::bad_input, "a log that is followed has neither a previous run nor a limit");
    while (self->lines_.empty()) {
        if (self->done_) co_return std::nullopt;
        if (self->trouble_) {
            error const cause = *std::exchange(self->trouble_, std::nullopt);
            co_await self->recover(cause);
        }
        task<void> stepping = self->step();
        result<void> stepped = co_await as_result(std::move(stepping));
        if (stepped.has_value()) continue;
        self->body_.reset();
        self->looked_ = false;
        self->refuse(stepped.error());
    }
    log_line line = std::move(self->lines_.front());
    self->lines_.pop_front();
    co_return line;
}

task<void> log_follower::implementation::step()
{
    if (body_) return read();
    if (!looked_) return look();
    return open();
}

// Throws what ends the follow; else the failure becomes a trouble, or is settled.
void log_follower::implementation::refuse(error const& cause)
{
    if (is_cancellation(cause)) throw failure(cause);
    if (pass_ == pass::previous && (is_permanent(cause) || failures_ >= previous_attempts)) {
        // What is missing of the run before cannot be had; its successor goes on.
        if (options_.on_reconnect) options_.on_reconnect(cause);
        run_->restarts = seen_restarts_;
        pass_ = pass::follow;
        return;
    }
    bool const never_ran = is_about_to_start(cause);
    if (never_ran && run_ && run_->is == container_run::phase::ended) {
        finish();
        return;
    }
    bool const is_gone = run_ && is_absence(cause, kube::pod::type(), pod_);
    if (is_permanent(cause) && !never_ran && !is_gone) throw failure(explained_cause(cause));
    trouble_ = cause;
}

error log_follower::implementation::explained_cause(error const& cause) const
{
    resource_type const& type = kube::pod::type();
    return explained(cause, attempt_on_object("following the log of", type, ns_, pod_), type);
}

// Waits before the next attempt: the longer, the more attempts have brought nothing.
task<void> log_follower::implementation::recover(error cause)
{
    constexpr unsigned most_doublings = 16;
    constexpr double stretch = 0.5;
    if (options_.on_reconnect) options_.on_reconnect(cause);
    std::chrono::milliseconds wait(0);
    if (failures_ > 0) {
        auto const base = options_.first_wait * (1 << std::min(failures_ - 1, most_doublings));
        auto const bounded = std::min<std::chrono::milliseconds>(base, options_.longest_wait);
        wait = bounded
               + std::chrono::milliseconds(std::int64_t(double(bounded.count()) * stretch * environment_.random()));
    }
    ++failures_;
    auto const* status = cause.status();
    if (status && status->retry_after && *status->retry_after > wait) wait = *status->retry_after;
    if (wait.count() > 0) co_await environment_.sleep(wait);
}

task<void> log_follower::implementation::look()
{
    task<std::optional<kube::pod>> finding = pods_.find(pod_);
    std::optional<kube::pod> now = co_await std::move(finding);
    if (!now && !run_) now = co_await pods_.get(pod_);  // for the server's words
    if (!now) {
        finish();
        co_return;
    }
    if (options_.container.empty()) options_.container = only_container(*now);
    if (run_of(*now, options_.container).is == container_run::phase::waiting) {
        co_await await_start();
        co_return;
    }
    see(*now);
}

task<void> log_follower::implementation::await_start()
{
    std::string const container = options_.container;
    predicate<kube::pod> const has_run = [container](std::optional<kube::pod> const& now) {
        return !now || run_of(*now, container).is != container_run::phase::waiting;
    };
    auto waiting = wait_until(pods_, pod_, has_run, std::chrono::steady_clock::duration::zero());
    std::optional<kube::pod> const now = co_await std::move(waiting);
    if (now)
        see(*now);
    else
        finish();
}

// What the state of the container means for the log.
void log_follower::implementation::see(kube::pod const& now)
{
    container_run const run = run_of(now, options_.container);
    bool const ended_early = std::exchange(ended_, false) && run.is == container_run::phase::running;
    if (!run_) run_ = run;
    if (run.pod_uid != run_->pod_uid) {
        finish();  // another pod of the same name
        return;
    }
    looked_ = true;
    seen_restarts_ = run.restarts;
    run_->is = run.is;
    if (run.restarts > run_->restarts) {
        pass_ = pass::previous;
        return;
    }
    choose_pass();
    if (ended_early) trouble_ = error(errc::connection_lost, "the log ended, but its container runs");
}

void log_follower::implementation::choose_pass()
{
    if (tail_pending_ && !resume_.since())
        pass_ = pass::tail;
    else
        pass_ = run_->is == container_run::phase::ended ? pass::rest : pass::follow;
}

log_options log_follower::implementation::request_options() const
{
    log_options asked;
    asked.container = options_.container;
    asked.timestamps = true;
    asked.previous = pass_ == pass::previous;
    if (auto const mark = resume_.since()) {
        asked.since_time = mark;
    } else if (floor_) {
        asked.since_time = floor_;
    } else {
        asked.since = options_.since;
        asked.since_time = options_.since_time;
    }
    // Without lines at the start the last one still is the mark from which on lines are new.
    if (pass_ == pass::tail) asked.tail = std::max<std::int64_t>(*options_.tail, 1);
    return asked;
}

task<void> log_follower::implementation::open()
{
    log_end const end = pass_ == pass::follow ? log_end::never : log_end::now;
    net::http_request request = log_request(ns_, pod_, request_options(), end);
    net::http_response answer = co_await on_.send(std::move(request));
    note_start(answer);
    // Not before: what the last body left of a line is the last word of a pod that is gone now.
    codec_.reset();
    resume_.begin_body();
    fresh_ = 0;
    body_.emplace(std::move(answer));
}

// An age means another moment with every request: it is the server's clock at the first answer that counts.
void log_follower::implementation::note_start(net::http_response const& answer)
{
    if (!options_.since || floor_) return;
    auto now = parse_http_date(answer.fields().get("Date"));
    if (!now) now = std::chrono::system_clock::now();
    floor_ = *now - *options_.since;
}

task<void> log_follower::implementation::read()
{
    std::string const piece = co_await body_->read_some();
    if (piece.empty()) {
        end_body();
        co_return;
    }
    codec_.feed(piece);
    for (auto line = codec_.next(); line; line = codec_.next())
        take(std::move(*line));
}

void log_follower::implementation::take(log_line piece)
{
    log_resume::verdict const judged = resume_.take(piece);
    if (judged == log_resume::verdict::repeat) return;
    if (judged == log_resume::verdict::fresh_other) lines_.emplace_back();
    ++fresh_;
    failures_ = 0;
    bool const is_mark_only = pass_ == pass::tail && *options_.tail == 0;
    if (!is_mark_only) lines_.push_back(std::move(piece));
}

// The body ended properly, which proves nothing: the API server ends it so when it loses the node, too.
void log_follower::implementation::end_body()
{
    body_.reset();
    switch (pass_) {
    case pass::tail:
        tail_pending_ = false;
        choose_pass();
        break;
    case pass::follow:
        looked_ = false;
        ended_ = true;
        break;
    case pass::rest:
        if (fresh_ == 0) finish();
        break;
    case pass::previous:
        run_->restarts = seen_restarts_;
        looked_ = false;
        break;
    }
}

void log_follower::implementation::finish()
{
    if (auto last = codec_.finish()) take(std::move(*last));
    if (resume_.is_within_line()) {
        resume_.give_up_line();
        lines_.emplace_back();
    }
    done_ = true;
}

log_follower::log_follower(client on, std::string ns, std::string pod, log_follow_options options)
    : implementation_(std::make_shared<implementation>(std::move(on), std::move(ns), std::move(pod), std::move(options))
      )
{
}

log_follower::log_follower(std::shared_ptr<implementation> implementation)
    : implementation_(std::move(implementation))
{
}

log_follower::log_follower(log_follower&&) noexcept = default;
log_follower& log_follower::operator=(log_follower&&) noexcept = default;
log_follower::~log_follower() = default;

task<std::optional<log_line>> log_follower::next() { return implementation::next(implementation_); }

std::int64_t log_follower::restarts() const noexcept { return implementation_->restarts(); }

}  // namespace kuberay::kube
