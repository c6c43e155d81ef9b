#include "kube/exec_shared.hpp"

namespace kuberay::kube {

using std::chrono::steady_clock;

task<void> settle_write(std::shared_ptr<exec_shared> on, task<void> writing)
{
    result<void> const written = co_await as_result(std::move(writing));
    if (written.has_value() || on->progress.has_status()) co_return;
    if (is_cancellation(written.error()) && !on->progress.is_over()) throw failure(written.error());
    auto const deadline = steady_clock::now() + exec_patience;
    for (auto left = deadline - steady_clock::now(); !on->progress.is_over() && left.count() > 0;
         left = deadline - steady_clock::now())
        co_await on->changed.wait_for(left);
    if (!on->progress.has_status()) throw failure(on->progress.write_lost(written.error()));
}

}  // namespace kuberay::kube
