#pragma once

#include <kuberay/kube/exec.hpp>

#include <functional>
#include <optional>
#include <string>

namespace kuberay::ray {

/// A program that runs in a container: an exec session, or a script in a test. A handle.
struct pod_program {
    pod_program() = default;
    std::function<task<std::optional<kube::exec_output>>()> read;  ///< nullopt when it has ended
    std::function<task<void>(std::string bytes)> write;
    std::function<task<void>()> finish_input;
    std::function<int()> exit_code;  ///< once it has ended
    std::function<void()> abort;     ///< what waits on it ends soon
};

using start_program = std::function<task<pod_program>(std::string pod, kube::exec_options options)>;

/// Starts programs in the pods of a namespace.
start_program programs_in(kube::client on, std::string ns);

/// The end of what a program writes to stderr, for messages.
class stderr_tail {
public:
    void add(std::string_view bytes);

    /// Its last lines that are not empty, joined by "; ", safe to print.
    std::string summary() const;

private:
    std::string kept_;
};

/// True for what trying once more may heal: a connection that broke.
bool is_broken_connection(error const& e) noexcept;

/// `e`, or what it means when the runtime could not start the program: that the image has no `program`.
error without_program(error const& e, std::string const& program);

}  // namespace kuberay::ray
