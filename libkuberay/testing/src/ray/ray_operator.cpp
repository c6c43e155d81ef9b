#include "cluster_reconciler.hpp"
#include "workload_reconciler.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace kuberay::testing {

namespace {

struct alarm {
    alarm() = default;
    std::chrono::steady_clock::time_point due;
    asio::cancellation_signal stop;
};

}  // namespace

struct ray_operator::implementation : std::enable_shared_from_this<ray_operator::implementation> {
    explicit implementation(api_server of)
        : server(std::move(of))
    {
    }

    /// An object and the resource it is of; pods stand for themselves and for their cluster.
    using item = std::pair<std::string, object_name>;

    void note(json::object const& object);
    void enqueue_all();
    void schedule();
    void work();
    void advance_pods();
    void advance_jobs();
    void look_again(object_name const& job, std::chrono::seconds after);

    std::optional<api_server> server;  ///< absent: the handle is gone
    operator_settings settings;
    std::set<item> queue;
    bool scheduled = false;
    std::map<object_name, std::shared_ptr<alarm>> alarms;  ///< of jobs that time brings further
    std::set<std::string> known_heads;                     ///< by the names of their pods
};

namespace {

std::string label_of(json::object const& object, std::string_view name)
{
    json::value const* meta = object.if_contains("metadata");
    json::value const* labels = meta ? find_path(*meta, "labels") : nullptr;
    json::value const* label = labels && labels->is_object() ? labels->get_object().if_contains(name) : nullptr;
    return label && label->is_string() ? std::string(label->get_string()) : std::string();
}

}  // namespace

void ray_operator::implementation::note(json::object const& object)
{
    std::string const kind = text_at(object, "kind");
    object_name const name(object);
    if (kind == "RayCluster") {
        queue.emplace("cluster", name);
        std::string const owner = label_of(object, "ray.io/originated-from-cr-name");
        std::string const owner_kind = label_of(object, "ray.io/originated-from-crd");
        if (owner_kind == "RayJob") queue.emplace("job", object_name(name.ns, owner));
        if (owner_kind == "RayService") queue.emplace("service", object_name(name.ns, owner));
    } else if (kind == "Pod") {
        std::string const cluster = label_of(object, "ray.io/cluster");
        if (cluster.empty()) return;
        queue.emplace("cluster", object_name(name.ns, cluster));
        queue.emplace("pod", name);
    } else if (kind == "RayJob") {
        queue.emplace("job", name);
    } else if (kind == "RayService") {
        queue.emplace("service", name);
    } else {
        return;
    }
    schedule();
}

void ray_operator::implementation::enqueue_all()
{
    for (char const* resource : {"rayclusters.ray.io", "rayjobs.ray.io", "rayservices.ray.io", "pods"})
        for (json::object const& object : server->all(resource))
            note(object);
}

void ray_operator::implementation::schedule()
{
    if (scheduled || !server) return;
    scheduled = true;
    asio::post(server->get_executor(), [weak = weak_from_this()] {
        auto const self = weak.lock();
        if (!self || !self->server) return;
        self->scheduled = false;
        self->work();
    });
}

void ray_operator::implementation::work()
{
    std::set<item> const due = std::exchange(queue, {});
    for (auto const& [what, name] : due) {
        if (what == "cluster") reconcile_cluster(*server, settings, name);
        if (what == "job")
            if (auto const after = reconcile_job(*server, settings, name)) look_again(name, *after);
        if (what == "service") reconcile_service(*server, name);
        if (what != "pod") continue;
        std::optional<json::object> pod = server->find("pods", name.ns, name.name);
        if (pod) advance_pod(*server, settings, std::move(*pod));
    }
}

void ray_operator::implementation::advance_pods()
{
    for (json::object const& pod : server->all("pods"))
        note(pod);
}

void ray_operator::implementation::advance_jobs()
{
    if (!server) return;
    for (json::object const& job : server->all("rayjobs.ray.io"))
        note(job);
}

void ray_operator::implementation::look_again(object_name const& job, std::chrono::seconds after)
{
    auto const due = std::chrono::steady_clock::now() + after;
    auto const known = alarms.find(job);
    if (known != alarms.end() && known->second->due <= due) return;
    auto const set = std::make_shared<alarm>();
    set->due = due;
    if (known != alarms.end()) known->second->stop.emit(asio::cancellation_type::terminal);
    alarms[job] = set;
    auto ring = [weak = weak_from_this(), job, set](result<void> const& slept) {
        auto const self = weak.lock();
        if (slept.has_error() || !self || !self->server) return;
        self->alarms.erase(job);
        self->queue.emplace("job", job);
        self->schedule();
    };
    async_run(
        server->get_executor(), sleep_for(after), asio::bind_cancellation_slot(set->stop.slot(), std::move(ring))
    );
}

ray_operator::ray_operator(api_server server)
    : implementation_(std::make_shared<implementation>(server))
{
    // The server keeps its observers to its end, so this one must not keep the server.
    server.on_change([weak = std::weak_ptr(implementation_)](std::string_view, json::object const& object) {
        auto const self = weak.lock();
        if (self && self->server) self->note(object);
    });
    implementation_->enqueue_all();
}

void ray_operator::use_head(ray_head head)
{
    use_heads([head = std::move(head)](std::string const&) { return std::optional(head); });
}

void ray_operator::use_heads(std::function<std::optional<ray_head>(std::string const& head_pod)> head_of)
{
    // The heads' callbacks must not keep what keeps the heads.
    std::weak_ptr<implementation> const weak = implementation_;
    implementation_->settings.head_of = [weak, head_of = std::move(head_of)](std::string const& pod) {
        std::optional<ray_head> head = head_of(pod);
        auto const self = weak.lock();
        if (head && self && self->known_heads.insert(pod).second)
            head->on_change([weak] {
                if (auto const told = weak.lock()) told->advance_jobs();
            });
        return head;
    };
    implementation_->advance_jobs();
}

void ray_operator::write_logs_to(pod_streams pods) { implementation_->settings.pods = std::move(pods); }

ray_operator::~ray_operator()
{
    implementation_->server.reset();
    implementation_->settings.head_of = nullptr;
    implementation_->settings.pods.reset();
    for (auto const& [job, set] : implementation_->alarms)
        set->stop.emit(asio::cancellation_type::terminal);
}

void ray_operator::hold_pods(bool hold)
{
    implementation_->settings.hold_pods = hold;
    implementation_->advance_pods();
}

void ray_operator::set_trouble(pod_trouble trouble, std::string cluster)
{
    implementation_->settings.troubles[std::move(cluster)] = trouble;
    implementation_->advance_pods();
}

void ray_operator::limit_pods(int most)
{
    implementation_->settings.most_workers = most;
    implementation_->enqueue_all();
}

void ray_operator::reconcile_now()
{
    while (!implementation_->queue.empty())
        implementation_->work();
}

}  // namespace kuberay::testing
