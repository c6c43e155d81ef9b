#include "kube/exec_progress.hpp"

#include "kube/exec_status.hpp"

#include <utility>

namespace kuberay::kube {
namespace {

constexpr char const* not_known = "Whether the program has ended, and how, is not known.";

}  // namespace

exec_progress::exec_progress(exec_terms terms)
    : terms_(std::move(terms))
{
}

void exec_progress::status_arrived(std::string_view text)
{
    if (!verdict_) verdict_ = read_exec_status(text);
}

void exec_progress::ended(error const& why)
{
    if (is_over()) return;
    if (why.code() == errc::connection_lost)
        ended(why.message());
    else
        lost_ = is_cancellation(why) ? why : why.with_context(terms_.place.str());
}

void exec_progress::ended(std::string_view how)
{
    if (is_over()) return;
    std::string const what = terms_.place.str() + ": the connection was lost after " + std::to_string(received_)
                             + " bytes of output, without an exit status: " + std::string(how);
    lost_ = error(errc::connection_lost, what).with_hint(not_known);
}

void exec_progress::throw_end() const
{
    if (verdict_ && verdict_->has_error()) throw failure(verdict_->error().with_context(terms_.place.str()));
    if (!verdict_ && lost_) throw failure(*lost_);
}

std::optional<int> exec_progress::exit_code() const noexcept
{
    if (!verdict_ || verdict_->has_error()) return std::nullopt;
    return **verdict_;
}

void exec_progress::check_write() const
{
    if (!terms_.options.input) throw failure(errc::bad_input, terms_.place.str() + ": the session has no input");
    if (input_finished_) throw failure(errc::bad_input, terms_.place.str() + ": the input was ended already");
}

void exec_progress::check_finish() const
{
    if (terms_.options.ends_input) return;
    throw failure(
        errc::bad_input, terms_.place.str() + ": the session was not opened for ending its input (ends_input)"
    );
}

void exec_progress::check_resize() const
{
    if (!terms_.options.terminal) throw failure(errc::bad_input, terms_.place.str() + ": the session has no terminal");
}

error exec_progress::write_lost(error const& why) const
{
    if (lost_) return *lost_;
    if (is_cancellation(why)) return why;
    return error(errc::connection_lost, terms_.place.str() + ": the input could not be written: " + why.message())
        .with_hint(not_known);
}

}  // namespace kuberay::kube
