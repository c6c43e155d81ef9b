#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace kuberay {

/// The pauses between tries: the first, and each twice the one before, up to the longest.
class doubling_pause {
public:
    using duration = std::chrono::steady_clock::duration;

    doubling_pause(duration first, duration longest) noexcept
        : first_(std::min(first, longest))
        , longest_(longest)
        , next_(first_)
    {
    }

    duration next() noexcept { return std::exchange(next_, std::min(next_ * 2, longest_)); }

    /// After a success: the next one is the first again.
    void reset() noexcept { next_ = first_; }

private:
    duration first_, longest_, next_;
};

}  // namespace kuberay
