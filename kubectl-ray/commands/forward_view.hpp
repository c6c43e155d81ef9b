#pragma once

#include "cli/context.hpp"

#include <kuberay/kube/port_forwarder.hpp>

#include <string>

namespace cli::commands {

/// What a person is told of a forwarder's changes, on stderr. Kept by who waits for it. Thread safety: on the executor.
class forward_view {
public:
    /// `verbose`: also what repeats itself.
    forward_view(context on, bool verbose);

    void show(kube::forward_event const& event);

    /// Suspends until there was a connection. Cancellation: terminal.
    task<void> connected();

    /// What went wrong last, since there was a tunnel; empty: nothing.
    std::string const& last_trouble() const noexcept { return trouble_; }

private:
    void tell_connected(kube::forward_event const& event);
    void tell_trouble(std::string const& text);

    context on_;
    bool verbose_;
    bool was_connected_ = false;
    std::string trouble_, told_;
    kuberay::condition changed_;
};

}  // namespace cli::commands
