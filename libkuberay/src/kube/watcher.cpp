#include "kube/watcher.hpp"

#include "kube/attempt.hpp"
#include "kube/request.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::kube {

namespace {

bool is_expired(error const& e) noexcept { return e.code() == reason::expired; }

}  // namespace

bool is_permanent(error const& e) noexcept
{
    if (e.status()) {
        static constexpr reason heals[] = {
            reason::expired, reason::too_many_requests, reason::timeout, reason::unavailable, reason::internal,
        };
        for (reason const r : heals)
            if (e.code() == r) return false;
        return e.status()->http_status < 500;
    }
    static constexpr errc hopeless[] = {
        errc::bad_config,   errc::bad_input,     errc::bad_document, errc::credentials,
        errc::tls_rejected, errc::proxy_refused, errc::too_large,    errc::unexpected,
    };
    for (errc const c : hopeless)
        if (e.code() == c) return true;
    return false;
}

raw_watcher::implementation::implementation(
    client on, resource_type type, std::string ns, watch_params params, watch_environment environment
)
    : on_(std::move(on))
    , type_(std::move(type))
    , ns_(std::move(ns))
    , params_(std::move(params))
    , environment_(std::move(environment))
    , version_(params_.resource_version)
    , synced_(!version_.empty())
{
}

task<raw_event> raw_watcher::implementation::next(std::shared_ptr<implementation> self)
{
    self->heard_ = self->environment_.now();
    while (self->queue_.empty()) {
        if (self->trouble_) {
            error const cause = *std::exchange(self->trouble_, std::nullopt);
            if (is_permanent(cause))
                throw failure(explained(cause, attempt_on_collection("watching", self->type_, self->ns_), self->type_));
            co_await self->recover(cause);
        }
        task<void> stepping = self->step();
        task<void> bounded = self->environment_.bounded(self->patience(), std::move(stepping));
        result<void> stepped = co_await as_result(std::move(bounded));
        if (stepped.has_value()) continue;
        bool const was_watching = self->watch_.has_value();
        self->close();
        if (is_cancellation(stepped.error())) throw failure(stepped.error());
        self->trouble_ = stepped.error();
        if (was_watching && stepped.error().code() == errc::timed_out)
            self->trouble_ = error(errc::timed_out, "the watch was silent for too long");
    }
    raw_event event = std::move(self->queue_.front());
    self->queue_.pop_front();
    co_return event;
}

// How long the server may be silent from now on. Never zero, which would be for ever.
raw_watcher::implementation::clock::duration raw_watcher::implementation::patience() const
{
    if (!watch_ || params_.idle_limit == std::chrono::seconds::zero()) return params_.idle_limit;
    clock::duration const left = params_.idle_limit - (environment_.now() - heard_);
    return std::max<clock::duration>(left, std::chrono::milliseconds(1));
}

task<void> raw_watcher::implementation::step()
{
    if (watch_) return read_watch();
    if (version_.empty()) return list_step();
    return open_watch();
}

task<void> raw_watcher::implementation::list_step()
{
    if (!listing_) start_list();
    bool const more = co_await listing_->advance();
    if (!more) finish_list();
}

void raw_watcher::implementation::start_list()
{
    list_params params;
    params.label_selector = params_.label_selector;
    params.field_selector = params_.field_selector;
    auto const make = [this](list_params const& page, std::string_view token) {
        return list_request(type_, ns_, page, list_form::objects, token);
    };
    auto const see = [this](json::value item) {
        if (auto* object = item.if_object()) {
            if (!object->contains("kind")) object->emplace("kind", type_.kind);
            if (!object->contains("apiVersion")) object->emplace("apiVersion", type_.api_version());
            memory_.see(std::move(*object), queue_);
        }
    };
    memory_.begin_list();
    listing_ = std::make_unique<listing>(on_, make, std::move(params), see, [this] { memory_.begin_list(); });
}

void raw_watcher::implementation::finish_list()
{
    version_ = listing_->resource_version();
    listing_.reset();
    if (version_.empty()) throw failure(errc::bad_document, "the server's list has no resource version");
    memory_.end_list(queue_);
    if (synced_) return;
    synced_ = true;
    raw_event event;
    event.change = change::synced;
    queue_.push_back(std::move(event));
}

task<void> raw_watcher::implementation::open_watch()
{
    net::http_request request = watch_request(type_, ns_, params_, version_, server_limit());
    opened_ = heard_ = environment_.now();
    heard_any_ = false;
    codec_ = watch_codec();
    net::http_response response = co_await on_.send(std::move(request));
    watch_.emplace(std::move(response));
}

task<void> raw_watcher::implementation::read_watch()
{
    std::string const piece = co_await watch_->read_some();
    if (piece.empty()) {
        end_watch();
        co_return;
    }
    codec_.feed(piece);
    if (take_events()) heard_ = environment_.now();
}

// True when there was at least one.
bool raw_watcher::implementation::take_events()
{
    bool any = false;
    for (auto message = codec_.next(); message; message = codec_.next()) {
        any = true;
        take(std::move(*message));
    }
    return any;
}

void raw_watcher::implementation::take(watch_message message)
{
    if (message.type == message_type::error) throw failure(error_of_event(message.object));
    heard_any_ = true;
    expired_before_ = ended_early_before_ = false;
    json::value document(std::move(message.object));
    std::string_view const version = string_at(document, "metadata.resourceVersion");
    if (!version.empty()) version_ = version;
    switch (message.type) {
    case message_type::added:
    case message_type::modified: memory_.see(std::move(document.get_object()), queue_); break;
    case message_type::deleted: memory_.forget(std::move(document.get_object()), queue_); break;
    case message_type::bookmark:
    case message_type::error: break;
    }
}

// The server ended the answer properly, as it does from time to time: go on from the last version at once. A server
// that keeps ending watches as soon as they begin is not asked without pause.
void raw_watcher::implementation::end_watch()
{
    if (codec_.has_partial()) throw failure(errc::connection_lost, "the watch ended within an event");
    bool const early = !heard_any_ && environment_.now() - opened_ < std::chrono::seconds(1);
    bool const again = early && ended_early_before_;
    ended_early_before_ = early;
    close();
    if (again) throw failure(errc::connection_lost, "the server keeps ending the watch as soon as it begins");
}

// Prepares the next attempt after a failure that can heal, and waits as long as is due.
task<void> raw_watcher::implementation::recover(error cause)
{
    auto wait = clock::duration::zero();
    if (is_expired(cause)) {
        // The first time the list is the remedy; when that did not help, the server has a problem of its own.
        if (expired_before_) wait = backoff_.next(environment_);
        expired_before_ = true;
        version_.clear();
    } else {
        wait = backoff_.next(environment_);
        auto const* status = cause.status();
        if (status && status->retry_after && *status->retry_after > wait) wait = *status->retry_after;
        if (is_version_too_large(cause)) version_.clear();
    }
    if (on_reconnect) on_reconnect(cause);
    if (wait > clock::duration::zero()) co_await environment_.sleep(wait);
}

void raw_watcher::implementation::close() noexcept
{
    listing_.reset();
    watch_.reset();
}

std::chrono::seconds raw_watcher::implementation::server_limit()
{
    constexpr int shortest = 300;
    constexpr int span = 300;
    return std::chrono::seconds(shortest + static_cast<int>(span * environment_.random()));
}

raw_watcher::raw_watcher(std::shared_ptr<implementation> implementation)
    : implementation_(std::move(implementation))
{
}

task<raw_event> raw_watcher::next() { return implementation::next(implementation_); }

void raw_watcher::on_reconnect(std::function<void(error const&)> callback)
{
    implementation_->on_reconnect = std::move(callback);
}

}  // namespace kuberay::kube
