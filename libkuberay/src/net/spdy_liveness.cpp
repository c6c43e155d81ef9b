#include "net/spdy_liveness.hpp"

#include <algorithm>

namespace kuberay::net {

void spdy_liveness::sent_ping(std::uint32_t id)
{
    ping& latest = pings_.emplace_back();
    latest.id = id;
    latest.sent_before = sent_;
}

void spdy_liveness::answered(std::uint32_t id)
{
    auto const found = std::find_if(pings_.begin(), pings_.end(), [&](ping const& sent) { return sent.id == id; });
    if (found == pings_.end()) return;
    found->answered = true;
    while (answered_in_succession() >= round) {
        proven_ = pings_.front().sent_before;
        pings_.pop_front();
    }
}

std::size_t spdy_liveness::answered_in_succession() const
{
    auto const end = std::find_if(pings_.begin(), pings_.end(), [](ping const& sent) { return !sent.answered; });
    return static_cast<std::size_t>(end - pings_.begin());
}

bool spdy_liveness::may_be_held_up() const
{
    if (sent_ - proven_ > harmless) return true;
    auto const behind = pings_.begin() + static_cast<std::ptrdiff_t>(answered_in_succession());
    return std::any_of(behind, pings_.end(), [](ping const& sent) { return sent.answered; });
}

unsigned spdy_liveness::beat(bool reading)
{
    bool const asked = answered_in_succession() < pings_.size();
    bool const gone = asked && reading && !heard_ && !may_be_held_up();
    silent_beats_ = gone ? silent_beats_ + 1 : 0;
    heard_ = false;
    return silent_beats_;
}

}  // namespace kuberay::net
