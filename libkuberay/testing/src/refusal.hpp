#pragma once

#include <boost/json/object.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

namespace json = boost::json;

struct resource_kind;

/// One entry of `Status.details.causes`.
struct refusal_cause {
    refusal_cause() = default;
    refusal_cause(std::string reason, std::string message, std::string field);
    std::string reason, message, field;
};

/// An answer that is not a success: HTTP status and `metav1.Status`, in the words of kube-apiserver.
class refusal : public std::exception {
public:
    refusal(int code, json::object status);

    int code() const noexcept { return code_; }
    json::object const& status() const noexcept { return status_; }
    char const* what() const noexcept override { return text_.c_str(); }

private:
    int code_;
    json::object status_;
    std::string text_;
};

/// A Status document. `reason` and `details` are left out when empty; nullopt: no details.
json::object
failure_status(int code, std::string_view reason, std::string_view message, std::optional<json::object> details);

json::object success_status(resource_kind const& kind, std::string_view name, std::string_view uid);

refusal bad_request(std::string_view message);
refusal unauthorized();
refusal not_found(resource_kind const& kind, std::string_view name);
refusal already_exists(resource_kind const& kind, std::string_view name);
/// The object was changed since it was read.
refusal modified_meanwhile(resource_kind const& kind, std::string_view name);
/// A precondition of a delete does not hold.
refusal precondition_failed(resource_kind const& kind, std::string_view name, std::string_view what);
refusal apply_conflict(std::string_view message, std::vector<refusal_cause> const& causes);
refusal forbidden(
    resource_kind const& kind, std::string_view name, std::string_view why, std::vector<refusal_cause> const& causes
);
/// Of an object by its kind ("RayCluster.ray.io").
refusal invalid(resource_kind const& kind, std::string_view name, std::vector<refusal_cause> const& causes);
/// Of the options of a request ("PatchOptions").
refusal invalid_options(std::string_view kind, std::vector<refusal_cause> const& causes);
/// What the server makes of a patch that cannot be done, a failed `test` among them.
refusal patch_refused();
refusal unsupported_patch(bool custom);
/// A body that is neither JSON nor YAML.
refusal unsupported_body();
refusal expired(std::string_view message);
refusal version_too_large(std::string_view asked, std::string_view current);
refusal internal_error(std::string_view message);

}  // namespace kuberay::testing
