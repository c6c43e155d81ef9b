#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

namespace kuberay::testing {

/// DELETE of one object. Errors: `refusal`.
api_answer delete_object(cluster& in, api_request const& request);

/// DELETE of a collection.
api_answer delete_collection(cluster& in, api_request const& request);

/// How an object is deleted.
struct delete_order {
    delete_order() = default;
    std::string propagation;  ///< Background, Foreground, Orphan; empty: the kind's default
    std::optional<std::int64_t> grace_seconds;
    std::string uid, version;  ///< preconditions
    bool dry_run = false;
};

/// Deletes the object or marks it, as its finalizers and kind ask for. Returns what is left of it (null: nothing), and
/// the object as it was marked.
struct delete_outcome {
    delete_outcome() = default;
    object_ptr object;
    bool gone = false;
};

delete_outcome delete_one(cluster& in, resource_kind const& kind, object_ptr const& object, delete_order const& order);

/// What the controllers do after a deletion: dependents, foreground owners, terminating pods and namespaces.
void collect_garbage(cluster& in);

}  // namespace kuberay::testing
