#pragma once

#include "base/json_fields.hpp"

#include <kuberay/kube/core.hpp>

#include <tuple>

namespace kuberay {

template <>
struct field_table<kube::resource_requirements> {
    using t = kube::resource_requirements;
    static constexpr auto fields = std::tuple{field{"requests", &t::requests}, field{"limits", &t::limits}};
};

template <>
struct field_table<kube::container_port> {
    using t = kube::container_port;
    static constexpr auto fields = std::tuple{
        field{"name", &t::name},
        field{"containerPort", &t::number},
        field{"protocol", &t::protocol},
    };
};

template <>
struct field_table<kube::container> {
    using t = kube::container;
    static constexpr auto fields = std::tuple{
        field{"name", &t::name},   field{"image", &t::image},         field{"restartPolicy", &t::restart_policy},
        field{"ports", &t::ports}, field{"resources", &t::resources},
    };
};

}  // namespace kuberay
