#include "streams/exec_session.hpp"

#include "streams/exec_status.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t most_held = 256 * 1024;
constexpr std::chrono::milliseconds patience(100);  // with a program whose client is gone

}  // namespace

exec_session::exec_session(std::shared_ptr<stream_host> host, exec_call call)
    : host_(std::move(host))
    , call_(std::move(call))
    , changed_(host_->executor)
{
    using kind = stream_fault::kind;
    harm_ = host_->take_fault(
        {kind::exec_cut, kind::exec_input_cut, kind::exec_no_status, kind::exec_bad_status, kind::exec_false_success},
        call_.pod
    );
}

void exec_session::start(std::shared_ptr<exec_session> self, stream_host::program program, transport over)
{
    self->over_ = std::move(over);
    self->started_ = true;
    auto done = [self](result<void> const&) {
        self->finished_ = true;
        self->over_ = transport();
        self->changed_.notify_all();
    };
    async_run(
        self->host_->executor, run(self, std::move(program)),
        asio::bind_cancellation_slot(self->stop_.slot(), std::move(done))
    );
}

exec_call exec_session::call_of(std::shared_ptr<exec_session> const& self) const
{
    exec_call call = call_;
    call.read_input = [self] { return read_input(self); };
    call.write_output = [self](std::string bytes) { return write(self, exec_channel::out, std::move(bytes)); };
    call.write_errors = [self](std::string bytes) {
        // A terminal has one output.
        return write(self, self->call_.terminal ? exec_channel::out : exec_channel::err, std::move(bytes));
    };
    call.next_size = [self] { return next_size(self); };
    return call;
}

task<void> exec_session::run(std::shared_ptr<exec_session> self, stream_host::program program)
{
    co_await meet_fault(self);
    if (self->cut_) co_return;
    task<int> running = program(self->call_of(self));
    result<int> const ended = co_await as_result(std::move(running));
    if (self->cut_) co_return;
    co_await send_status(self, ended);
}

task<void> exec_session::send_status(std::shared_ptr<exec_session> self, result<int> ended)
{
    std::string status = exec_status(self->call_.protocol, ended);
    if (self->harm_) {
        switch (self->harm_->what) {
        case stream_fault::kind::exec_cut:
        case stream_fault::kind::exec_input_cut:
            self->cut_ = true;
            self->over_.cut();
            co_return;
        case stream_fault::kind::exec_no_status: status.clear(); break;
        case stream_fault::kind::exec_bad_status: status = "this is no status"; break;
        case stream_fault::kind::exec_false_success: status = exec_status(self->call_.protocol, 0); break;
        default: break;
        }
    }
    if (!status.empty()) {
        task<void> sending = self->over_.send(exec_channel::status, std::move(status));
        co_await std::move(sending);
    }
    self->ending_ = true;
    task<void> ending = self->over_.end();
    co_await std::move(ending);
}

bool exec_session::is_due() const noexcept
{
    if (!harm_ || cut_) return false;
    if (harm_->what == stream_fault::kind::exec_input_cut) return taken_ >= harm_->after_bytes;
    return counts_output() && written_ >= harm_->after_bytes;
}

bool exec_session::counts_output() const noexcept
{
    return harm_
           && (harm_->what == stream_fault::kind::exec_cut || harm_->what == stream_fault::kind::exec_false_success);
}

task<void> exec_session::meet_fault(std::shared_ptr<exec_session> self)
{
    if (!self->is_due()) co_return;
    self->cut_ = true;
    if (self->harm_->what != stream_fault::kind::exec_false_success) {
        self->over_.cut();
        co_return;
    }
    co_await send_status(self, 0);
}

task<void> exec_session::write(std::shared_ptr<exec_session> self, exec_channel channel, std::string bytes)
{
    bool const wanted = channel == exec_channel::out ? self->call_.output : self->call_.errors;
    if (self->cut_ || self->finished_) throw failure(errc::connection_lost, "the client is gone");
    if (self->counts_output() && bytes.size() > self->harm_->after_bytes - self->written_)
        bytes.resize(static_cast<std::size_t>(self->harm_->after_bytes - self->written_));
    self->written_ += bytes.size();
    if (wanted && !bytes.empty()) {
        task<void> sending = self->over_.send(channel, std::move(bytes));
        co_await std::move(sending);
    }
    co_await meet_fault(self);
    if (self->cut_) throw failure(errc::connection_lost, "the client is gone");
}

task<std::string> exec_session::read_input(std::shared_ptr<exec_session> self)
{
    while (self->input_.empty() && !self->input_ended_)
        co_await self->changed_.wait();
    if (self->input_.empty()) co_return std::string();
    std::string first = std::move(self->input_.front());
    self->input_.pop_front();
    self->held_ -= first.size();
    self->changed_.notify_all();
    co_return first;
}

task<bool> exec_session::put_input(std::shared_ptr<exec_session> self, std::string bytes)
{
    self->taken_ += bytes.size();
    if (self->harm_ && self->harm_->what == stream_fault::kind::exec_input_cut) {
        co_await meet_fault(self);
        if (self->cut_) co_return false;
    }
    if (!bytes.empty() && self->call_.input) {
        self->held_ += bytes.size();
        self->input_.push_back(std::move(bytes));
        self->changed_.notify_all();
    }
    while (self->held_ > most_held && !self->finished_)
        co_await self->changed_.wait();
    co_return !self->finished_;
}

void exec_session::end_input()
{
    input_ended_ = true;
    changed_.notify_all();
}

void exec_session::put_size(std::string_view text)
{
    error_code fault;
    json::value const size = json::parse(json::string_view(text.data(), text.size()), fault);
    if (fault || !size.is_object()) return;
    auto const number_at = [&](char const* name) {
        json::value const* value = size.get_object().if_contains(name);
        return value && value->is_int64() ? static_cast<int>(value->get_int64()) : 0;
    };
    sizes_.emplace_back(number_at("Width"), number_at("Height"));
    changed_.notify_all();
}

task<std::pair<int, int>> exec_session::next_size(std::shared_ptr<exec_session> self)
{
    while (self->sizes_.empty())
        co_await self->changed_.wait();
    std::pair<int, int> const size = self->sizes_.front();
    self->sizes_.pop_front();
    co_return size;
}

task<void> exec_session::leave(std::shared_ptr<exec_session> self)
{
    self->end_input();
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (!self->finished_ && std::chrono::steady_clock::now() < deadline)
        co_await self->changed_.wait_for(patience);
    self->cancel();
    while (!self->finished_)
        co_await self->changed_.wait();
}

void exec_session::cancel()
{
    if (started_ && !finished_) stop_.emit(asio::cancellation_type::terminal);
}

}  // namespace kuberay::testing
