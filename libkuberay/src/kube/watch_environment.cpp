#include "kube/watch_environment.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace kuberay::kube {

namespace {

double random_fraction()
{
    static thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

}  // namespace

watch_environment::watch_environment()
    : now([] { return clock::now(); })
    , sleep([](clock::duration time) { return sleep_for(time); })
    , bounded([](clock::duration limit, task<void> step) { return with_timeout(limit, std::move(step)); })
    , random(random_fraction)
{
}

watch_environment::clock::duration backoff::next(watch_environment const& in)
{
    constexpr std::chrono::milliseconds first(800);
    constexpr std::chrono::milliseconds longest(30000);
    constexpr std::chrono::minutes forgiven_after(2);
    constexpr int most_doublings = 6;

    auto const now = in.now();
    if (failures_ > 0 && now - last_ > forgiven_after) failures_ = 0;
    auto const base = std::min<std::chrono::milliseconds>(first * (1 << std::min(failures_, most_doublings)), longest);
    ++failures_;
    std::chrono::duration<double, std::milli> const stretched(static_cast<double>(base.count()) * (1.0 + in.random()));
    auto const wait = std::chrono::duration_cast<watch_environment::clock::duration>(stretched);
    last_ = now + wait;
    return wait;
}

}  // namespace kuberay::kube
