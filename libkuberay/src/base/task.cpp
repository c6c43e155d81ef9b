#include <kuberay/base/task.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>

namespace kuberay {
namespace {

[[noreturn]] void throw_cancelled() { throw failure(error_code(asio::error::operation_aborted), std::string()); }

// Children of one coroutine that ended or have to be ended. The timer stands in for "one more has ended".
struct nursery {
    explicit nursery(asio::any_io_executor executor)
        : ended(executor)
    {
    }

    asio::steady_timer ended;
    std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
    std::size_t running = 0;
    std::exception_ptr defect;
};

void spawn_child(std::shared_ptr<nursery> const& children, asio::any_io_executor executor, task<void> op)
{
    auto signal = std::make_unique<asio::cancellation_signal>();
    asio::cancellation_slot const slot = signal->slot();
    children->signals.push_back(std::move(signal));
    ++children->running;
    asio::co_spawn(executor, std::move(op), asio::bind_cancellation_slot(slot, [children](std::exception_ptr thrown) {
                       if (thrown && !children->defect) children->defect = thrown;
                       --children->running;
                       children->ended.cancel();
                   }));
}

void cancel_children(nursery& children)
{
    for (auto const& signal : children.signals)
        signal->emit(asio::cancellation_type::terminal);
}

task<void> wait_for_children(std::shared_ptr<nursery> children)
{
    while (children->running > 0) {
        children->ended.expires_at(asio::steady_timer::time_point::max());
        error_code ignored;
        co_await children->ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace

namespace detail {

task<bound_end> run_bounded(std::chrono::steady_clock::duration limit, task<void> op)
{
    if (limit == std::chrono::steady_clock::duration::zero()) {
        co_await std::move(op);
        co_return bound_end::finished;
    }
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto const deadline = std::chrono::steady_clock::now() + limit;
    auto const children = std::make_shared<nursery>(executor);
    co_await asio::this_coro::throw_if_cancelled(false);
    spawn_child(children, executor, std::move(op));
    asio::cancellation_state const own = co_await asio::this_coro::cancellation_state;
    bound_end end = bound_end::finished;
    while (children->running > 0 && end == bound_end::finished && own.cancelled() == asio::cancellation_type::none) {
        children->ended.expires_at(deadline);
        error_code ended;
        co_await children->ended.async_wait(asio::redirect_error(asio::use_awaitable, ended));
        if (!ended && children->running > 0) end = bound_end::expired;
    }
    if (children->running > 0) {
        // The state stays cancelled where it was: what awaits this ends at its next suspension.
        cancel_children(*children);
        co_await wait_for_children(children);
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (children->defect) std::rethrow_exception(children->defect);
    co_return end;
}

task<void> run_together(std::vector<task<void>> ops, std::size_t at_once)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto const children = std::make_shared<nursery>(executor);
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::cancellation_state const own = co_await asio::this_coro::cancellation_state;
    bool cancelled = false;
    std::size_t next = 0;
    while (next < ops.size() || children->running > 0) {
        // Every task runs, so that every outcome is set; after a cancellation each ends at its first suspension.
        while (next < ops.size() && children->running < (at_once == 0 ? 1 : at_once)) {
            spawn_child(children, executor, std::move(ops[next++]));
            if (cancelled) children->signals.back()->emit(asio::cancellation_type::terminal);
        }
        children->ended.expires_at(asio::steady_timer::time_point::max());
        error_code ignored;
        co_await children->ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (!cancelled && own.cancelled() != asio::cancellation_type::none) {
            cancelled = true;
            cancel_children(*children);
        }
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (children->defect) std::rethrow_exception(children->defect);
}

}  // namespace detail

task<void> sleep_for(std::chrono::steady_clock::duration time)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    error_code ended;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (ended) throw_cancelled();
}

struct condition::state {
    explicit state(asio::any_io_executor executor)
        : executor(std::move(executor))
    {
    }

    asio::any_io_executor executor;
    std::vector<asio::steady_timer*> waiting;
};

condition::condition(asio::any_io_executor executor)
    : state_(std::make_shared<state>(std::move(executor)))
{
}

task<void> condition::wait() { return wait_for(std::chrono::steady_clock::duration::max()); }

namespace {

struct registration {
    registration(std::vector<asio::steady_timer*>& list, asio::steady_timer* timer)
        : list(list)
        , timer(timer)
    {
        list.push_back(timer);
    }

    registration(registration const&) = delete;
    registration& operator=(registration const&) = delete;

    ~registration() { std::erase(list, timer); }

    std::vector<asio::steady_timer*>& list;
    asio::steady_timer* timer;
};

task<void> wait_registered(
    asio::any_io_executor executor, [[maybe_unused]] std::shared_ptr<void> keep, std::vector<asio::steady_timer*>* list,
    std::chrono::steady_clock::duration limit
)
{
    asio::steady_timer timer(executor);
    if (limit == std::chrono::steady_clock::duration::max())
        timer.expires_at(asio::steady_timer::time_point::max());
    else
        timer.expires_after(limit);
    registration const registered(*list, &timer);
    error_code ended;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    asio::cancellation_state const own = co_await asio::this_coro::cancellation_state;
    if (own.cancelled() != asio::cancellation_type::none) throw_cancelled();
}

}  // namespace

task<void> condition::wait_for(std::chrono::steady_clock::duration limit)
{
    return wait_registered(state_->executor, state_, &state_->waiting, limit);
}

void condition::notify_all()
{
    for (auto* timer : state_->waiting)
        timer->cancel();
}

}  // namespace kuberay
