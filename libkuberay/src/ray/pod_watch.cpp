#include "ray/pod_watch.hpp"

namespace kuberay::ray {

task<void>
follow_pods_until(kube::api<kube::pod> in, std::string selector, std::function<bool(pods_by_name const& pods)> done)
{
    kube::watch_params params;
    params.label_selector = std::move(selector);
    kube::watcher<kube::pod> changes = in.watch(std::move(params));
    pods_by_name pods;
    bool synced = false;
    while (!synced || !done(pods)) {
        kube::watch_event<kube::pod> event = co_await changes.next();
        if (event.change == kube::change::synced)
            synced = true;
        else if (event.change == kube::change::deleted)
            pods.erase(event.object.metadata.name);
        else
            pods[event.object.metadata.name] = std::move(event.object);
    }
}

}  // namespace kuberay::ray
