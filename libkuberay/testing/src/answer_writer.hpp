#pragma once

#include "server_core.hpp"

#include <memory>
#include <optional>
#include <string>

namespace kuberay::testing {

/// Sends an answer as a fault lets it: whole, cut off, with a pause. A handle.
class answer_writer {
public:
    answer_writer(std::shared_ptr<server_core> core, std::shared_ptr<server_connection> to, std::optional<fault> harm);

    /// Head and body in one.
    std::string whole(api_answer answer, bool keep_alive) const;

    /// One piece of a chunked body as the fault leaves it; what comes behind the cut is dropped.
    std::string chunk(std::string data);
    /// True when a truncated body has reached its end.
    bool is_cut() const noexcept;

    /// Writes; false when the fault ended the connection.
    task<bool> send(std::string bytes);

private:
    struct state;
    static task<bool> send_bytes(std::shared_ptr<state> state, std::string bytes);

    std::shared_ptr<state> state_;
};

}  // namespace kuberay::testing
