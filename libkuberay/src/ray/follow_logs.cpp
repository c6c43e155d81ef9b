#include "ray/cluster_log_follower.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/wait.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/nodes.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::ray {
namespace {

// What may wait to be taken. A line more per container may be held by its task.
constexpr std::size_t most_lines = 1024;
constexpr std::size_t most_bytes = std::size_t(4) << 20;

bool is_head(kube::pod const& pod)
{
    auto const found = pod.metadata.labels.find(std::string(pod_label::node_type));
    return found != pod.metadata.labels.end() && found->second == "head";
}

}  // namespace

cluster_log_follower::implementation::implementation(
    kube::client on, std::string ns, std::string cluster, follow_logs_options options, start_program start
)
    : on_(on)
    , ns_(ns.empty() ? on.default_ns() : std::move(ns))
    , cluster_(std::move(cluster))
    , options_(std::move(options))
    , start_(std::move(start))
    , tasks_(on.get_executor())
    , news_(on.get_executor())
    , room_(on.get_executor())
{
}

bool cluster_log_follower::implementation::is_full() const noexcept
{
    return queue_.size() >= most_lines || queued_bytes_ >= most_bytes;
}

bool cluster_log_follower::implementation::is_over() const noexcept { return ended_ && followed_.empty(); }

task<std::optional<node_log_line>> cluster_log_follower::implementation::next(std::shared_ptr<implementation> self)
{
    if (!self->started_) co_await start(self);
    while (self->queue_.empty()) {
        if (self->failed_) throw failure(*self->failed_);
        if (self->is_over()) co_return std::nullopt;
        co_await self->news_.wait();
    }
    bool const was_full = self->is_full();
    node_log_line line = std::move(self->queue_.front());
    self->queue_.pop_front();
    self->queued_bytes_ -= line.line.text.size();
    if (was_full && !self->is_full()) self->room_.notify_all();
    co_return line;
}

task<void> cluster_log_follower::implementation::start(std::shared_ptr<implementation> self)
{
    if (!self->options_.file.empty()) {
        require_log_file_name(self->options_.file);
        if (self->options_.since)
            throw failure(errc::bad_input, "a file has no times, so it cannot be followed since a moment");
    }
    auto const clusters = kube::api<cluster>::in_ns(self->on_, self->ns_);
    cluster const there = co_await clusters.get(self->cluster_);
    if (!self->options_.node.empty()) {
        node_query query;
        query.ns = self->ns_;
        query.cluster = self->cluster_;
        query.node = self->options_.node;
        std::vector<kube::pod> const found = co_await list_nodes(self->on_, query);
    }
    self->started_ = true;
    self->tasks_.start(guard(self, watch_pods(self)));
    self->tasks_.start(guard(self, watch_cluster(self)));
}

// A task whose failure is the follower's.
task<void> cluster_log_follower::implementation::guard(std::shared_ptr<implementation> self, task<void> op)
{
    result<void> const ended = co_await as_result(std::move(op));
    if (ended.has_error()) self->fail(ended.error());
}

void cluster_log_follower::implementation::fail(error why)
{
    if (!failed_ && !is_cancellation(why)) failed_ = std::move(why);
    news_.notify_all();
}

std::string cluster_log_follower::implementation::selector() const
{
    std::string made = std::string(pod_label::cluster) + "=" + cluster_;
    if (options_.nodes == node_kinds::all || !options_.node.empty()) return made;
    return made + "," + std::string(pod_label::node_type) + (options_.nodes == node_kinds::head ? "=head" : "=worker");
}

task<void> cluster_log_follower::implementation::watch_cluster(std::shared_ptr<implementation> self)
{
    kube::predicate<cluster> const is_absent = [](std::optional<cluster> const& now) { return !now; };
    auto const clusters = kube::api<cluster>::in_ns(self->on_, self->ns_);
    auto waiting = kube::wait_until(clusters, self->cluster_, is_absent, std::chrono::steady_clock::duration::zero());
    std::optional<cluster> const now = co_await std::move(waiting);
    self->ended_ = true;
    self->news_.notify_all();
}

task<void> cluster_log_follower::implementation::watch_pods(std::shared_ptr<implementation> self)
{
    kube::watch_params params;
    params.label_selector = self->selector();
    if (!self->options_.node.empty()) params.field_selector = "metadata.name=" + self->options_.node;
    kube::watcher<kube::pod> changes = kube::api<kube::pod>::in_ns(self->on_, self->ns_).watch(std::move(params));
    for (;;) {
        kube::watch_event<kube::pod> const event = co_await changes.next();
        switch (event.change) {
        case kube::change::synced: break;
        case kube::change::deleted: self->forget(self, event.object); break;
        case kube::change::added:
        case kube::change::modified: self->see(self, event.object); break;
        }
    }
}

void cluster_log_follower::implementation::see(std::shared_ptr<implementation> const& self, kube::pod const& now)
{
    auto const [at, is_new] = pods_.try_emplace(now.metadata.uid);
    if (is_new) {
        add_containers(now, at->second);
        if (options_.on_pod && !at->second.containers.empty()) options_.on_pod(now.metadata.name, true);
    }
    for (followed_ptr const& each : at->second.containers) {
        each->run = kube::run_of(now, each->container);
        follow_if_due(self, each);
    }
}

void cluster_log_follower::implementation::add_containers(kube::pod const& of, followed_pod& into)
{
    std::vector<std::string> names, others;
    if (options_.container.empty() || !options_.file.empty()) {
        if (!of.containers.empty()) names.push_back(of.containers.front().name);
    } else {
        for (auto const* list : {&of.init_containers, &of.containers})
            for (kube::container const& one : *list)
                (options_.container == "*" || options_.container == one.name ? names : others).push_back(one.name);
    }
    for (std::string& name : names) {
        auto const made = std::make_shared<followed_container>(on_.get_executor());
        made->pod = of.metadata.name;
        made->container = std::move(name);
        made->is_head = is_head(of);
        into.containers.push_back(made);
    }
    // Side-cars of the head only are common; a name that no head has is a mistake.
    if (!into.containers.empty() || !options_.on_trouble || (!is_head(of) && options_.node.empty())) return;
    std::string const wrong = "there is no container \"" + options_.container + "\", only " + join(others, ", ");
    options_.on_trouble(of.metadata.name, error(errc::bad_input, wrong));
}

void cluster_log_follower::implementation::forget(std::shared_ptr<implementation> const& self, kube::pod const& gone)
{
    auto const at = pods_.find(gone.metadata.uid);
    if (at == pods_.end()) return;
    for (followed_ptr const& each : at->second.containers) {
        each->is_gone = true;
        if (each->is_followed) tasks_.start(let_go(self, each));
    }
    bool const was_told = !at->second.containers.empty();
    pods_.erase(at);
    if (options_.on_pod && was_told) options_.on_pod(gone.metadata.name, false);
    if (gone.metadata.name == options_.node) ended_ = true;  // pods of an operator never come back under their name
    news_.notify_all();
}

// A container is followed from its start to the end of its run, and again when it has a new run.
void cluster_log_follower::implementation::follow_if_due(
    std::shared_ptr<implementation> const& self, followed_ptr const& what
)
{
    if (stopped_ || what->is_followed || what->is_gone || what->run.is == kube::container_run::phase::waiting) return;
    if (what->done && what->run.restarts <= *what->done) return;
    if (!options_.file.empty() && what->run.is != kube::container_run::phase::running) return;
    what->is_followed = true;
    followed_.push_back(what);
    what->follower.start(follow(self, what));
}

task<void> cluster_log_follower::implementation::follow(std::shared_ptr<implementation> self, followed_ptr what)
{
    std::int64_t const first = what->run.restarts;
    task<std::int64_t> following = self->options_.file.empty() ? follow_container(self, what) : follow_file(self, what);
    result<std::int64_t> const ended = co_await as_result(std::move(following));
    what->is_followed = false;
    self->followed_.remove(what);
    what->done = ended.has_value() ? *ended : std::max(first, what->run.restarts);
    if (ended.has_error()) {
        bool const is_let_go = is_cancellation(ended.error());
        if (concerns_all_pods(ended.error()))
            self->fail(ended.error());
        else if (!is_let_go)
            self->trouble(*what, ended.error());
    }
    self->follow_if_due(self, what);
    self->news_.notify_all();
}

// The log of a deleted pod ends by itself, unless its node is lost.
task<void> cluster_log_follower::implementation::let_go(std::shared_ptr<implementation> self, followed_ptr what)
{
    for (;;) {
        std::uint64_t const before = what->lines;
        co_await sleep_for(self->patience_);
        if (!what->is_followed) co_return;
        if (what->lines == before && !self->is_full()) break;
    }
    what->follower.cancel();
}

void cluster_log_follower::implementation::cancel()
{
    stopped_ = true;
    tasks_.cancel();
    for (followed_ptr const& each : followed_)
        each->follower.cancel();
}

void cluster_log_follower::implementation::trouble(followed_container const& at, error const& cause) const
{
    if (options_.on_trouble) options_.on_trouble(at.pod, cause);
}

task<void>
cluster_log_follower::implementation::put(std::shared_ptr<implementation> self, followed_ptr from, kube::log_line line)
{
    while (self->is_full())
        co_await self->room_.wait();
    node_log_line made;
    made.pod = from->pod;
    made.container = from->container;
    made.is_head = from->is_head;
    made.line = std::move(line);
    ++from->lines;
    self->queued_bytes_ += made.line.text.size();
    self->queue_.push_back(std::move(made));
    self->news_.notify_all();
}

bool concerns_all_pods(error const& e) noexcept
{
    return e.code() == reason::forbidden || e.code() == reason::unauthorized;
}

cluster_log_follower::cluster_log_follower(
    kube::client on, std::string ns, std::string cluster, follow_logs_options options
)
    : implementation_(std::make_shared<implementation>(
          on, ns, std::move(cluster), std::move(options), programs_in(on, ns.empty() ? on.default_ns() : ns)
      ))
{
}

cluster_log_follower::cluster_log_follower(std::shared_ptr<implementation> implementation)
    : implementation_(std::move(implementation))
{
}

cluster_log_follower::cluster_log_follower(cluster_log_follower&&) noexcept = default;

cluster_log_follower& cluster_log_follower::operator=(cluster_log_follower&& from) noexcept
{
    std::swap(implementation_, from.implementation_);
    return *this;
}

cluster_log_follower::~cluster_log_follower()
{
    if (implementation_) implementation_->cancel();
}

task<std::optional<node_log_line>> cluster_log_follower::next() { return implementation::next(implementation_); }

}  // namespace kuberay::ray
