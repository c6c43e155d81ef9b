#pragma once

#include "kube/exec_request.hpp"

#include <kuberay/kube/exec.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::kube {

/// What every kind of session is made from.
struct exec_terms {
    exec_terms() = default;
    exec_place place;
    exec_options options;  ///< `checked`
};

/// One session over one protocol. The tasks keep what they need; destroying it ends the connection.
class exec_session::implementation {
public:
    implementation() = default;
    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;
    virtual ~implementation() = default;

    virtual task<std::optional<exec_output>> read() = 0;
    virtual task<void> write(std::string bytes) = 0;
    virtual task<void> finish_input() = 0;
    virtual task<void> resize(std::uint16_t columns, std::uint16_t rows) = 0;
    virtual std::optional<int> exit_code() const noexcept = 0;
    virtual exec_protocol protocol() const noexcept = 0;
    virtual void abort() noexcept = 0;
};

}  // namespace kuberay::kube
