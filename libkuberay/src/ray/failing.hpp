#pragma once

#include <kuberay/base/task.hpp>

namespace kuberay::ray {

/// A task that fails with `why` when it is awaited: operations report everything through their task.
template <class T>
task<T> failing(error why)
{
    if (why) throw failure(std::move(why));
    co_return T();
}

}  // namespace kuberay::ray
