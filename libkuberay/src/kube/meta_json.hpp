#pragma once

#include "base/json_fields.hpp"

#include <kuberay/kube/meta.hpp>
#include <kuberay/kube/resource.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <tuple>

namespace kuberay::kube {

/// `metadata` of an object. Unknown keys are ignored. Errors: throws `failure`, `errc::bad_document`, naming the place.
object_meta read_meta(json::value const& metadata);

/// Only what is set; labels and annotations sorted.
json::object write_meta(object_meta const& metadata);

/// The metadata of a whole document; absent: empty.
object_meta meta_of(json::value const& document);

/// `fields` behind apiVersion and kind, as an object is written.
json::object typed_document(resource_type const& type, json::object fields);

// Found by the field tables: a member of these types can stand in any table.
void read_scalar(json::value const& from, object_meta& into, detail::field_place const& at);
json::value write_scalar(object_meta const& from);
void read_scalar(json::value const& from, owner_reference& into, detail::field_place const& at);
json::value write_scalar(owner_reference const& from);

}  // namespace kuberay::kube

template <>
struct kuberay::field_table<kuberay::kube::condition> {
    using t = kube::condition;
    static constexpr auto fields = std::tuple{
        field{"type", &t::type},
        field{"status", &t::status},
        field{"reason", &t::reason},
        field{"message", &t::message},
        field{"lastTransitionTime", &t::last_transition_time},
    };
};
