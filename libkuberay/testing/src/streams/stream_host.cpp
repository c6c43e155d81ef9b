#include "streams/stream_host.hpp"

#include "net/http_server_codec.hpp"
#include "refusal.hpp"
#include "routes.hpp"
#include "streams/handshake.hpp"
#include "writes.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

json::object terminated(json::value const& status, std::string const& now)
{
    json::object state;
    state["exitCode"] = 0;
    state["reason"] = "Completed";
    std::string_view const started = string_at(status, "state.running.startedAt");
    state["startedAt"] = started.empty() ? std::string_view(now) : started;
    state["finishedAt"] = now;
    json::object whole;
    whole["terminated"] = std::move(state);
    return whole;
}

json::value changed_status(json::value status, std::string const& now, bool restarted)
{
    json::object ended = terminated(status, now);
    json::object& object = status.as_object();
    object["ready"] = restarted;
    object["started"] = restarted;
    if (!restarted) {
        object["state"] = std::move(ended);
        return status;
    }
    object["restartCount"] = int_at(status, "restartCount").value_or(0) + 1;
    object["lastState"] = std::move(ended);
    json::object running;
    running["running"].emplace_object()["startedAt"] = now;
    object["state"] = std::move(running);
    return status;
}

}  // namespace

stream_host::stream_host(std::shared_ptr<server_core> const& core)
    : executor(core->executor)
    , changed(core->changed)
    , core_(core)
{
}

container_log& stream_host::log_of(std::string const& pod, std::string const& container)
{
    return logs_[std::pair(pod, container)];
}

std::optional<stream_fault> stream_host::take_fault(stream_fault::kind what, std::string_view pod)
{
    return take_fault({what}, pod);
}

std::optional<stream_fault>
stream_host::take_fault(std::initializer_list<stream_fault::kind> kinds, std::string_view pod)
{
    for (auto one = faults.begin(); one != faults.end(); ++one) {
        if (std::ranges::find(kinds, one->what) == kinds.end()) continue;
        if (!one->pod.empty() && one->pod != pod) continue;
        stream_fault const taken = *one;
        if (--one->times <= 0) faults.erase(one);
        return taken;
    }
    return std::nullopt;
}

void stream_host::change_status(std::string_view pod, std::string_view container, bool restarted)
{
    auto const server = core();
    if (!server) return;
    resource_kind const& pods = *find_resource("pods");
    for (object_ptr const& stored : server->in.store.list(pods, std::string_view())) {
        json::value root = *stored;
        if (string_at(root, "metadata.name") != pod) continue;
        bool found = false;
        for (auto const* list : {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}) {
            json::value* const status = root.as_object().if_contains("status");
            json::value* const all = status && status->is_object() ? status->get_object().if_contains(list) : nullptr;
            if (!all || !all->is_array()) continue;
            for (json::value& one : all->get_array()) {
                if (string_at(one, "name") != container) continue;
                one = changed_status(std::move(one), server->in.now_text(), restarted);
                found = true;
            }
        }
        if (found) put_object(server->in, pods, std::move(root.as_object()));
    }
}

counted::counted(std::shared_ptr<stream_host> on, std::size_t stream_host::* counter)
    : on_(std::move(on))
    , counter_(counter)
{
    ++((*on_).*counter_);
    on_->changed.notify_all();
}

counted::~counted()
{
    --((*on_).*counter_);
    on_->changed.notify_all();
}

std::string answer_bytes(api_answer answer)
{
    answer.fields.set("Cache-Control", "no-cache, private");
    answer.fields.set("Connection", "close");
    return net::response_bytes(answer.status, std::move(answer.fields), answer.body);
}

std::string plain_answer_bytes(int status, std::string text)
{
    net::http_fields fields;
    fields.set("Content-Type", "text/plain; charset=utf-8");
    fields.set("X-Content-Type-Options", "nosniff");
    fields.set("Connection", "close");
    return net::response_bytes(status, std::move(fields), text + "\n");
}

std::optional<std::string>
refused_websocket(stream_host& host, recorded_request const& request, pod_target const& target)
{
    if (!asks_for_websocket(request.fields)) return std::nullopt;
    auto const fault =
        host.take_fault({stream_fault::kind::websocket_refused, stream_fault::kind::websocket_forbidden}, target.pod);
    if (!fault) return std::nullopt;
    if (fault->what == stream_fault::kind::websocket_refused) return plain_answer_bytes(400, "Bad Request");
    std::string const why = "User \"" + request.user + "\" cannot get resource \"pods/" + target.request.subresource
                            + "\" in API group \"\" in the namespace \"" + target.ns + "\"";
    return answer_bytes(answer_of(forbidden(*target.request.kind, target.pod, why, {})));
}

}  // namespace kuberay::testing
