#include "answer_writer.hpp"

#include "net/http_server_codec.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::testing {

struct answer_writer::state {
    std::shared_ptr<server_core> core;
    std::shared_ptr<server_connection> to;
    std::optional<fault> harm;
    std::size_t sent = 0;
    std::size_t body_sent = 0;
};

answer_writer::answer_writer(
    std::shared_ptr<server_core> core, std::shared_ptr<server_connection> to, std::optional<fault> harm
)
    : state_(std::make_shared<state>())
{
    state_->core = std::move(core);
    state_->to = std::move(to);
    state_->harm = std::move(harm);
}

std::string answer_writer::whole(api_answer answer, bool keep_alive) const
{
    if (state_->harm && state_->harm->what == fault::kind::truncate && state_->harm->bytes < answer.body.size())
        answer.body.resize(state_->harm->bytes);
    answer.fields.set("Cache-Control", "no-cache, private");
    if (!keep_alive) answer.fields.set("Connection", "close");
    return net::response_bytes(answer.status, std::move(answer.fields), answer.body);
}

std::string answer_writer::chunk(std::string data)
{
    if (state_->harm && state_->harm->what == fault::kind::truncate)
        data.resize(std::min(data.size(), state_->harm->bytes - state_->body_sent));
    state_->body_sent += data.size();
    return net::chunk_bytes(data);
}

bool answer_writer::is_cut() const noexcept
{
    return state_->harm && state_->harm->what == fault::kind::truncate && state_->body_sent >= state_->harm->bytes;
}

task<bool> answer_writer::send(std::string bytes) { return send_bytes(state_, std::move(bytes)); }

task<bool> answer_writer::send_bytes(std::shared_ptr<state> state, std::string bytes)
{
    bool const limited =
        state->harm && (state->harm->what == fault::kind::drop || state->harm->what == fault::kind::pause);
    std::size_t const limit = limited ? state->harm->bytes : 0;
    if (limited && state->sent <= limit && limit < state->sent + bytes.size()) {
        std::string first = bytes.substr(0, limit - state->sent);
        std::string second = bytes.substr(limit - state->sent);
        state->sent += first.size();
        std::size_t const seen = state->core->resumes_asked;
        co_await net::write_all(&state->to->stream, std::move(first));
        if (state->harm->what == fault::kind::drop) {
            state->to->stream.close();
            co_return false;
        }
        state->core->changed.notify_all();
        while (state->core->resumes_asked == seen)
            co_await state->core->changed.wait();
        state->harm.reset();
        bytes = std::move(second);
    }
    state->sent += bytes.size();
    co_await net::write_all(&state->to->stream, std::move(bytes));
    co_return true;
}

}  // namespace kuberay::testing
