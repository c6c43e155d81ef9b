#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/kube/port_forward.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// What a connection into a pod knows of its failure: the kubelet's words come apart from the bytes.
struct connection_errors {
    connection_errors(asio::any_io_executor executor, std::string what, pod_tunnel::error_sink on_error);

    /// Adds to the words, up to a limit.
    void add(std::string_view text);
    /// No more words will come.
    void end();
    /// The user has left; nothing is told any more.
    void close();
    bool failed() const noexcept { return !text.empty(); }

    /// What an operation gets instead of the end of the bytes: the words are told before, once. `otherwise` without words.
    error_code verdict(error_code otherwise);

    std::string what;  ///< "port 8265 of pod \"x\""
    std::string text;
    std::size_t received = 0;  ///< bytes from the pod
    bool ended = false;        ///< the words are complete
    bool closed = false;
    kuberay::condition changed;

private:
    pod_tunnel::error_sink on_error_;
};

/// Waits until the words of a connection that has ended are complete, shortly: a peer may never end them.
task<void> settle(std::shared_ptr<connection_errors> errors);

}  // namespace kuberay::kube
