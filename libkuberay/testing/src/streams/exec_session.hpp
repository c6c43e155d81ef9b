#pragma once

#include "streams/stream_host.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kuberay::testing {

/// The channels of the remote command protocol.
enum class exec_channel { in = 0, out = 1, err = 2, status = 3, size = 4 };

/// A program in a container, between what it reads and writes and the transport that brings it to the client.
/// Shared by the transport and the program.
class exec_session {
public:
    /// What a transport does. It must not own the session.
    struct transport {
        transport() = default;
        std::function<task<void>(exec_channel channel, std::string bytes)> send;
        std::function<task<void>()> end;  ///< a proper end, after everything that was sent
        std::function<void()> cut;        ///< an end in the middle
    };

    exec_session(std::shared_ptr<stream_host> host, exec_call call);

    /// Runs the program, sends its status and ends the connection, unless a fault says otherwise.
    static void start(std::shared_ptr<exec_session> self, stream_host::program program, transport over);

    /// Suspends until the program has read enough to take more; false when it has ended.
    static task<bool> put_input(std::shared_ptr<exec_session> self, std::string bytes);
    void end_input();
    /// `{"Width":120,"Height":40}`; anything else is dropped.
    void put_size(std::string_view text);

    /// The client is gone: suspends until the program has ended, which is cancelled when it does not do so by itself.
    static task<void> leave(std::shared_ptr<exec_session> self);
    /// Cancels the program if it still runs.
    void cancel();

    /// The end of the session is on its way, or the program has ended.
    bool is_ending() const noexcept { return ending_ || finished_; }
    exec_call const& call() const noexcept { return call_; }

private:
    static task<void> run(std::shared_ptr<exec_session> self, stream_host::program program);
    static task<std::string> read_input(std::shared_ptr<exec_session> self);
    static task<void> write(std::shared_ptr<exec_session> self, exec_channel channel, std::string bytes);
    static task<void> send_status(std::shared_ptr<exec_session> self, result<int> ended);
    static task<std::pair<int, int>> next_size(std::shared_ptr<exec_session> self);
    static task<void> meet_fault(std::shared_ptr<exec_session> self);
    exec_call call_of(std::shared_ptr<exec_session> const& self) const;
    bool is_due() const noexcept;
    bool counts_output() const noexcept;

    std::shared_ptr<stream_host> host_;
    exec_call call_;
    transport over_;
    std::optional<stream_fault> harm_;
    condition changed_;
    asio::cancellation_signal stop_;
    std::deque<std::string> input_;
    std::deque<std::pair<int, int>> sizes_;
    std::size_t held_ = 0;
    std::uint64_t taken_ = 0;    // of the input
    std::uint64_t written_ = 0;  // of both outputs
    bool input_ended_ = false;
    bool started_ = false;
    bool finished_ = false;
    bool ending_ = false;
    bool cut_ = false;
};

}  // namespace kuberay::testing
