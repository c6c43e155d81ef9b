#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/testing/api_server.hpp>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::contract {

/// Which API server a test talks to.
enum class backend { simulator, real };

std::ostream& operator<<(std::ostream& out, backend which);

/// Where a test works: a client, and a namespace of its own that is deleted behind it. A handle.
class place {
public:
    place(
        kube::client client, std::string ns, std::shared_ptr<std::vector<std::string>> warnings,
        std::optional<testing::api_server> simulator
    );

    kube::client const& client() const noexcept { return client_; }
    std::string const& ns() const noexcept { return ns_; }

    /// What the server warned of so far.
    std::vector<std::string> const& warnings() const noexcept { return *warnings_; }

    /// Absent: the server is a real one.
    std::optional<testing::api_server> const& simulator() const noexcept { return simulator_; }

    kube::api<kube::object> clusters() const;  ///< RayClusters, which no operator touches
    kube::api<kube::object> configmaps() const;
    kube::api<kube::object> pods() const;

private:
    kube::client client_;
    std::string ns_;
    std::shared_ptr<std::vector<std::string>> warnings_;
    std::optional<testing::api_server> simulator_;
};

using test_body = task<void> (*)(place at);

/// Runs the body against the backend; one that takes longer than two minutes fails.
void run_at(backend which, test_body body);

class contract : public ::testing::TestWithParam<backend> {};

/// A RayCluster that the operator leaves alone.
kube::object cluster_named(std::string const& name);
/// The same with a member of its spec.
kube::object cluster_with(std::string const& name, std::string const& member, json::value value);
/// Only what names an object and one member of its spec, for apply.
kube::object config_map(std::string const& name, std::string const& key, std::string const& value);

kube::apply_params applied_by(std::string const& manager);

/// The string or number at a dotted path, as text.
std::string text_at(kube::object const& of, std::string const& path);

/// What the server said; all empty when it said nothing.
server_status said(error const& why);

/// The error of a result that must not be a value.
template <class T>
error refused(result<T> const& r)
{
    if (r.has_value()) ADD_FAILURE() << "the server did what it was to refuse";
    return r.has_value() ? error() : r.error();
}

}  // namespace kuberay::contract

/// A test of the contract: a coroutine that gets its `place at`. Await first, name the result, then EXPECT_*.
#define KUBERAY_CONTRACT(name)                                                                                         \
    static kuberay::task<void> name##_body(kuberay::contract::place at);                                               \
    namespace kuberay::contract {                                                                                      \
    TEST_P(contract, name) { run_at(GetParam(), &name##_body); }                                                       \
    }                                                                                                                  \
    static kuberay::task<void> name##_body([[maybe_unused]] kuberay::contract::place at)
