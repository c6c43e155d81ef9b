#pragma once

#include <kuberay/base/time.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::kube {

namespace json = boost::json;

/// metav1.OwnerReference.
struct owner_reference {
    owner_reference() = default;
    std::string api_version, kind, name, uid;
    bool controller = false;
    bool operator==(owner_reference const&) const = default;
};

/// metav1.ObjectMeta, the part that clients read and write.
struct object_meta {
    object_meta() = default;
    std::string name, generate_name, ns, uid, resource_version;
    std::int64_t generation = 0;
    std::optional<timestamp> creation_timestamp, deletion_timestamp;
    std::map<std::string, std::string> labels, annotations;
    std::vector<owner_reference> owner_references;
    std::vector<std::string> finalizers;

    /// The owner with `controller: true`, or null.
    owner_reference const* controller() const noexcept;
    bool operator==(object_meta const&) const = default;
};

/// metav1.Condition. `status` is "True", "False" or "Unknown".
struct condition {
    condition() = default;
    std::string type, status, reason, message;
    std::optional<timestamp> last_transition_time;
    bool is_true() const noexcept { return status == "True"; }
    bool operator==(condition const&) const = default;
};

}  // namespace kuberay::kube
