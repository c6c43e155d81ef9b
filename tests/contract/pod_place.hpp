#pragma once

#include "place.hpp"

#include <kuberay/base/time.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::contract {

/// Where a test works with what runs in a pod: a place with one pod, whose container is "main". The other side is the
/// simulator, or the lab's kubelet, whose pods are folders and which has a knob for faults.
class pod_place {
public:
    explicit pod_place(place at);

    kube::client const& client() const noexcept { return at_.client(); }
    std::string const& ns() const noexcept { return at_.ns(); }
    /// Of the pod; no other namespace has one of this name.
    std::string const& name() const noexcept { return at_.ns(); }

    kube::api<kube::object> pods() const { return at_.pods(); }

    task<void> create() const;
    task<void> run() const;  ///< suspends until the container runs
    task<void> remove() const;

    /// Adds a line to its log. Parts are recorded one by one, 0.2 s apart where the other side can do that.
    void append(std::string text, timestamp time);
    void append_parts(std::vector<std::string> parts, timestamp time);
    /// The next answer with its log breaks off after so many bytes.
    void cut_log(std::uint64_t after_bytes);
    /// The next session on it ends after so many bytes of output, without a status, as far as its protocol can tell.
    void lose_exec(std::uint64_t after_bytes, bool v5 = false);

    /// The address of this machine that the pod's ports lead to.
    std::string port_address() const;
    /// Lets the pod's port lead to the same port there.
    void open_port(std::uint16_t port);
    /// The tunnel of the next connection ends after so many bytes from the pod.
    void cut_forward(std::uint64_t after_bytes);

    /// Of the simulator; absent: the other side is the lab, where programs of this machine run.
    std::optional<testing::pod_streams>& streams() noexcept { return streams_; }

private:
    std::filesystem::path log_file() const;

    place at_;
    std::optional<testing::pod_streams> streams_;  // of the simulator
};

/// Tests that need more than an API server: they run against a real one only when it is the lab's (LAB_DATA names the
/// lab's folder).
class pod_contract : public ::testing::TestWithParam<backend> {};

}  // namespace kuberay::contract

#define KUBERAY_POD_CONTRACT(name)                                                                                     \
    static kuberay::task<void> name##_pod_body(kuberay::contract::pod_place at);                                       \
    static kuberay::task<void> name##_body(kuberay::contract::place at)                                                \
    {                                                                                                                  \
        return name##_pod_body(kuberay::contract::pod_place(std::move(at)));                                           \
    }                                                                                                                  \
    namespace kuberay::contract {                                                                                      \
    TEST_P(pod_contract, name) { run_at(GetParam(), &name##_body); }                                                   \
    }                                                                                                                  \
    static kuberay::task<void> name##_pod_body([[maybe_unused]] kuberay::contract::pod_place at)
