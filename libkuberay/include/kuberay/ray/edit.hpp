#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/params.hpp>
#include <kuberay/kube/resource.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <vector>

namespace kuberay::ray {

namespace json = boost::json;

/// One field that an edit changed, for a person.
struct field_change {
    field_change() = default;
    field_change(std::string what, std::string before, std::string after);
    std::string field, from, to;  ///< `from` empty: it was not there
    bool operator==(field_change const&) const = default;
};

struct edit_options {
    edit_options() = default;
    bool dry_run = false;  ///< the server checks and answers, and stores nothing
    bool force = false;    ///< also when a RayJob or RayService controls the cluster
    std::string uid;       ///< only this object; empty: whichever has the name
    int tries = 5;
};

struct edit_outcome {
    edit_outcome() = default;
    std::vector<field_change> changes;  ///< empty: there was nothing to change, and nothing was written
    json::object object;                ///< as the server answered, or as read when nothing was changed
};

/// What an edit does to an object as it is now.
struct edit_plan {
    edit_plan() = default;
    json::array operations;  ///< RFC 6902, with `test` operations before what they guard
    std::vector<field_change> changes;
};

/// Builds the plan for the object as read. May throw `failure` to refuse. Called again for every try.
using edit_builder = std::function<edit_plan(json::object const& now)>;

/// Reads the object, asks `build` for a JSON patch and sends it; when somebody else wrote in between (409, or 422
/// without causes: a `test` failed) reads again and rebuilds. Fields that the plan does not name are never touched.
///
/// Errors: what `build` throws; the server's (`reason::not_found`, `reason::invalid` with causes, ...);
/// `reason::conflict` when the last try was overtaken too; `errc::bad_input` naming the owner when another object
/// controls this one and `force` is not set; `errc::unsatisfiable` when `uid` is given and the object was replaced.
/// Cancellation: terminal; the patch may have been applied.
task<edit_outcome> edit_object(
    kube::client on, kube::resource_type type, std::string ns, std::string name, edit_builder build,
    edit_options options = edit_options()
);

}  // namespace kuberay::ray
