#pragma once

#include <kuberay/ray/scale.hpp>

#include <string_view>

namespace kuberay::ray {

/// `plan_scale` for an object whose groups are at the dotted path `at`.
edit_plan plan_scale_at(json::object const& object, std::string_view at, std::vector<group_scale> const& wanted);

}  // namespace kuberay::ray
