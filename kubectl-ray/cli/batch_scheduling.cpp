#include "cli/batch_scheduling.hpp"

#include <sched.h>

namespace cli {

#ifdef SCHED_BATCH

batch_scheduling::batch_scheduling() noexcept
{
    // A user who chose another policy for this process keeps it.
    if (::sched_getscheduler(0) != SCHED_OTHER) return;
    sched_param const none{};
    changed_ = ::sched_setscheduler(0, SCHED_BATCH, &none) == 0;
}

batch_scheduling::~batch_scheduling()
{
    sched_param const none{};
    if (changed_) ::sched_setscheduler(0, SCHED_OTHER, &none);
}

#else

batch_scheduling::batch_scheduling() noexcept = default;
batch_scheduling::~batch_scheduling() = default;

#endif

}  // namespace cli
