#pragma once

#include "ray/log_collection.hpp"
#include "support/scratch_folder.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::ray::test {

/// What one log or one tar of a pod does, piece by piece.
struct script {
    std::deque<kube::exec_output> pieces;
    int exit_code = 0;
    error breaks;  ///< after the pieces, instead of an end
    bool hangs = false;
    std::shared_ptr<condition> changed;  ///< of `hangs`, once it was read from
};

/// Pods whose logs and archives are scripted; a script is used up by one attempt, the last one stays.
struct scripted_pods {
    std::map<std::string, std::deque<script>> logs;  ///< by "pod/container", previous ones by "pod/container/previous"
    std::map<std::string, std::deque<script>> tars;  ///< by pod
    int opened = 0, running = 0, most = 0;
    std::vector<std::vector<std::string>> commands;
};

using shared_pods = std::shared_ptr<scripted_pods>;

inline script taken_from(std::deque<script>& all)
{
    script next = all.at(0);
    if (all.size() > 1) all.pop_front();
    return next;
}

inline task<std::optional<kube::exec_output>> next_piece(std::shared_ptr<script> from)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    if (!from->changed) from->changed = std::make_shared<condition>(executor);
    co_await asio::post(executor, asio::use_awaitable);  // others have their turn
    while (from->hangs && from->pieces.empty())
        co_await from->changed->wait();
    if (from->pieces.empty() && from->breaks) throw failure(from->breaks);
    if (from->pieces.empty()) co_return std::nullopt;
    kube::exec_output piece = std::move(from->pieces.front());
    from->pieces.pop_front();
    co_return piece;
}

inline task<std::string> next_log_piece(std::shared_ptr<script> from)
{
    std::optional<kube::exec_output> const piece = co_await next_piece(from);
    co_return piece ? piece->bytes : std::string();
}

// Counts the pods that are being read: their tar is open.
inline std::shared_ptr<script> counted(shared_pods const& pods, script next)
{
    pods->most = std::max(pods->most, ++pods->running);
    return std::shared_ptr<script>(new script(std::move(next)), [pods](script* one) {
        --pods->running;
        delete one;
    });
}

inline task<log_source> open_scripted_log(shared_pods pods, std::string pod, kube::log_options options)
{
    std::string const key = pod + "/" + options.container + (options.previous ? "/previous" : "");
    auto const found = pods->logs.find(key);
    if (found == pods->logs.end()) throw failure(errc::unexpected, "no log " + key);
    auto const one = std::make_shared<script>(taken_from(found->second));
    log_source source = [one] { return next_log_piece(one); };
    co_return source;
}

inline task<pod_program> start_scripted_tar(shared_pods pods, std::string pod, kube::exec_options options)
{
    ++pods->opened;
    pods->commands.push_back(options.command);
    auto const found = pods->tars.find(pod);
    if (found == pods->tars.end()) throw failure(errc::unexpected, "no tar " + pod);
    auto const one = counted(pods, taken_from(found->second));
    pod_program program;
    program.read = [one] { return next_piece(one); };
    program.exit_code = [one] { return one->exit_code; };
    program.abort = [one] {
        one->hangs = false;
        one->pieces.clear();
        one->breaks = error(errc::connection_lost, "aborted");
        if (one->changed) one->changed->notify_all();
    };
    co_return program;
}

inline log_sources sources_of(shared_pods const& pods)
{
    log_sources from;
    from.open_log = [pods](std::string pod, kube::log_options options) {
        return open_scripted_log(pods, pod, options);
    };
    from.start = [pods](std::string pod, kube::exec_options options) { return start_scripted_tar(pods, pod, options); };
    return from;
}

inline script saying(std::vector<std::string> pieces, int exit_code = 0, std::string const& errors = std::string())
{
    script made;
    for (auto& piece : pieces) {
        made.pieces.emplace_back();
        made.pieces.back().bytes = std::move(piece);
    }
    made.exit_code = exit_code;
    if (errors.empty()) return made;
    made.pieces.emplace_back();
    made.pieces.back().channel = kube::output_channel::err;
    made.pieces.back().bytes = errors;
    return made;
}

inline script breaking(std::vector<std::string> pieces, errc code = errc::connection_lost)
{
    script made = saying(std::move(pieces));
    made.breaks = error(code, "it broke");
    return made;
}

inline kube::pod pod_named(std::string name)
{
    kube::pod pod;
    pod.metadata.name = std::move(name);
    pod.containers.emplace_back();
    pod.containers.back().name = "ray-head";
    return pod;
}

struct situation {
    situation() { options.folder = folder.path(); }

    void add(std::string const& name, std::deque<script> log, std::deque<script> tar)
    {
        pods.push_back(pod_named(name));
        scripts->logs[name + "/ray-head"] = std::move(log);
        scripts->tars[name] = std::move(tar);
    }

    task<log_summary> collect(std::function<void(log_progress const&)> on_progress = {})
    {
        return collect_from(pods, sources_of(scripts), options, std::move(on_progress));
    }

    kuberay::test::scratch_folder folder;
    log_archive_options options;
    std::vector<kube::pod> pods;
    shared_pods scripts = std::make_shared<scripted_pods>();
};

}  // namespace kuberay::ray::test
