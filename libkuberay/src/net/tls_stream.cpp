#include "net/tls_stream.hpp"

#include "net/pending_operation.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace kuberay::net {

task<tls_engine::step> tls_handshake(byte_stream* over, tls_engine* engine)
{
    std::string output;
    for (;;) {
        tls_engine::outcome const outcome = engine->handshake();
        // What is left to send (Finished, session tickets) is the stream's first output: its peer may not read yet.
        if (outcome.what == tls_engine::step::done) co_return outcome.what;
        // An alert that explains a failure is sent as well, but its loss is no news.
        bool const failed = outcome.what != tls_engine::step::want_input;
        if (engine->has_output()) {
            engine->take_output(output);
            task<void> sending = write_all(over, output);
            result<void> const sent = co_await as_result(std::move(sending));
            if (sent.has_error() && !failed) throw failure(sent.error());
        }
        if (failed) co_return outcome.what;
        asio::mutable_buffer const room = engine->input_room();
        error_code code;
        std::size_t const size = co_await over->async_read_some(room, asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::eof)
            engine->input_ended();
        else if (code)
            throw failure(code, "reading from the connection");
        else
            engine->input_arrived(size);
    }
}

namespace {

/// The state that reads and writes of the stream below share; it lives until the last of them has ended.
class tls_core : public std::enable_shared_from_this<tls_core> {
public:
    tls_core(byte_stream next, std::unique_ptr<tls_engine> engine, std::shared_ptr<void> keep)
        : keep_(std::move(keep))
        , next_(std::move(next))
        , engine_(std::move(engine))
    {
    }

    asio::any_io_executor get_executor() const noexcept { return next_.get_executor(); }

    void start() { flush(); }

    void read_some(asio::mutable_buffer into, byte_stream::handler done)
    {
        if (closed_) return complete(get_executor(), std::move(done), asio::error::operation_aborted, 0);
        if (into.size() == 0) return complete(get_executor(), std::move(done), error_code(), 0);
        into_ = into;
        wait(reading_, std::move(done));
        try_read();
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done)
    {
        std::size_t const total = asio::buffer_size(from);
        if (total == 0 && !closed_) return complete(get_executor(), std::move(done), error_code(), 0);
        asio::const_buffer piece = from.empty() ? asio::const_buffer() : asio::buffer(from.front(), write_limit);
        if (piece.size() < std::min(total, write_limit)) {  // several small pieces make one record
            gathered_.resize(std::min(total, write_limit));
            asio::buffer_copy(asio::buffer(gathered_), from);
            piece = asio::buffer(gathered_);
        }
        send(std::move(done), piece.size(), [&] { return engine_->write(piece); });
    }

    void finish_writing(byte_stream::handler done)
    {
        send(std::move(done), 0, [&] { return engine_->finish(); });
    }

    void close() noexcept
    {
        closed_ = true;
        next_.close();
        reading_.finish(asio::error::operation_aborted, 0);
        writing_.finish(asio::error::operation_aborted, 0);
    }

private:
    static constexpr std::size_t write_limit = 65536;

    void wait(pending_operation& operation, byte_stream::handler done)
    {
        operation.start(get_executor(), std::move(done), weak_from_this());
    }

    template <class Step>
    void send(byte_stream::handler done, std::size_t size, Step step)
    {
        if (closed_) return complete(get_executor(), std::move(done), asio::error::operation_aborted, 0);
        if (write_error_) return complete(get_executor(), std::move(done), write_error_, 0);
        tls_engine::outcome const outcome = step();
        if (outcome.what != tls_engine::step::done) {
            error_code const code = engine_->code() ? engine_->code() : error_code(asio::error::broken_pipe);
            return complete(get_executor(), std::move(done), code, 0);
        }
        write_size_ = size;
        wait(writing_, std::move(done));
        flush();
    }

    void try_read()
    {
        if (!reading_) return;
        if (read_error_) return reading_.finish(read_error_, 0);
        tls_engine::outcome const outcome = engine_->read(into_);
        flush();
        switch (outcome.what) {
        case tls_engine::step::done: return reading_.finish(error_code(), outcome.size);
        case tls_engine::step::want_input: return read_next();
        case tls_engine::step::ended: return reading_.finish(asio::error::eof, 0);
        case tls_engine::step::truncated:
        case tls_engine::step::failed: read_error_ = engine_->code(); return reading_.finish(read_error_, 0);
        }
    }

    void read_next()
    {
        if (next_reading_) return;
        next_reading_ = true;
        next_.async_read_some(engine_->input_room(), [self = shared_from_this()](error_code code, std::size_t size) {
            self->next_reading_ = false;
            if (code == asio::error::eof)
                self->engine_->input_ended();
            else if (code)
                self->read_error_ = code;
            else
                self->engine_->input_arrived(size);
            self->try_read();
        });
    }

    // Sends what the engine has produced; a write has ended when all of it is gone.
    void flush()
    {
        if (next_writing_) return;
        if (!engine_->has_output()) return writing_.finish(error_code(), write_size_);
        engine_->take_output(sending_);
        next_writing_ = true;
        write_next(asio::buffer(sending_));
    }

    void write_next(asio::const_buffer rest)
    {
        next_.async_write_some(rest, [self = shared_from_this(), rest](error_code code, std::size_t size) {
            if (code) {
                self->next_writing_ = false;
                self->write_error_ = code;
                return self->writing_.finish(code, 0);
            }
            if (size < rest.size()) return self->write_next(rest + size);
            self->next_writing_ = false;
            self->flush();
        });
    }

    std::shared_ptr<void> keep_;
    byte_stream next_;
    std::unique_ptr<tls_engine> engine_;
    pending_operation reading_, writing_;
    asio::mutable_buffer into_;
    std::size_t write_size_ = 0;
    std::string sending_, gathered_;
    error_code read_error_, write_error_;
    bool next_reading_ = false, next_writing_ = false, closed_ = false;
};

class tls_stream final : public byte_stream::implementation {
public:
    explicit tls_stream(std::shared_ptr<tls_core> core)
        : core_(std::move(core))
    {
    }

    ~tls_stream() override { core_->close(); }

    byte_stream::executor_type get_executor() noexcept override { return core_->get_executor(); }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        core_->read_some(into, std::move(done));
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        core_->write_some(from, std::move(done));
    }

    void finish_writing(byte_stream::handler done) override { core_->finish_writing(std::move(done)); }

    void close() noexcept override { core_->close(); }

private:
    std::shared_ptr<tls_core> core_;
};

}  // namespace

byte_stream make_tls_stream(byte_stream over, std::unique_ptr<tls_engine> engine, std::shared_ptr<void> keep)
{
    auto core = std::make_shared<tls_core>(std::move(over), std::move(engine), std::move(keep));
    core->start();
    return byte_stream(std::make_unique<tls_stream>(std::move(core)));
}

}  // namespace kuberay::net
