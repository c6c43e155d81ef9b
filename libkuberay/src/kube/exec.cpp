#include "kube/exec_start.hpp"

#include <kuberay/kube/exec.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

task<exec_session> open_session(client on, exec_place at, exec_options options)
{
    task<std::unique_ptr<exec_session::implementation>> starting = start_exec(std::move(on), at, std::move(options));
    std::unique_ptr<exec_session::implementation> started = co_await std::move(starting);
    co_return exec_session(std::move(started));
}

exec_place place_of(exec_kind kind, std::string ns, std::string pod)
{
    exec_place at;
    at.kind = kind;
    at.ns = std::move(ns);
    at.pod = std::move(pod);
    return at;
}

task<exec_result> run_to_the_end(client on, exec_place at, exec_options options, std::size_t limit)
{
    exec_session session = co_await open_session(std::move(on), at, std::move(options));
    exec_result collected;
    for (;;) {
        std::optional<exec_output> piece = co_await session.read();
        if (!piece) break;
        std::string& into = piece->channel == output_channel::out ? collected.out : collected.err;
        if (piece->bytes.size() > limit - collected.out.size() - collected.err.size())
            throw failure(
                errc::too_large, at.str() + ": the program wrote more than " + std::to_string(limit) + " bytes"
            );
        into += piece->bytes;
    }
    collected.exit_code = session.exit_code();
    co_return collected;
}

}  // namespace

exec_session::exec_session(std::unique_ptr<implementation> implementation)
    : implementation_(std::move(implementation))
{
}

exec_session::exec_session(exec_session&&) noexcept = default;
exec_session& exec_session::operator=(exec_session&&) noexcept = default;
exec_session::~exec_session() = default;

task<std::optional<exec_output>> exec_session::read() { return implementation_->read(); }

task<void> exec_session::write(std::string bytes) { return implementation_->write(std::move(bytes)); }

task<void> exec_session::finish_input() { return implementation_->finish_input(); }

task<void> exec_session::resize(std::uint16_t columns, std::uint16_t rows)
{
    return implementation_->resize(columns, rows);
}

int exec_session::exit_code() const { return implementation_->exit_code().value_or(-1); }

exec_protocol exec_session::protocol() const noexcept { return implementation_->protocol(); }

void exec_session::abort() noexcept
{
    if (implementation_) implementation_->abort();
}

task<exec_session> exec(client on, std::string ns, std::string pod, exec_options options)
{
    return open_session(std::move(on), place_of(exec_kind::exec, std::move(ns), std::move(pod)), std::move(options));
}

task<exec_session> attach(client on, std::string ns, std::string pod, exec_options options)
{
    return open_session(std::move(on), place_of(exec_kind::attach, std::move(ns), std::move(pod)), std::move(options));
}

task<exec_result> run_in_pod(
    client on, std::string ns, std::string pod, std::string container, std::vector<std::string> command,
    std::size_t limit
)
{
    exec_options options;
    options.container = std::move(container);
    options.command = std::move(command);
    return run_to_the_end(
        std::move(on), place_of(exec_kind::exec, std::move(ns), std::move(pod)), std::move(options), limit
    );
}

}  // namespace kuberay::kube
