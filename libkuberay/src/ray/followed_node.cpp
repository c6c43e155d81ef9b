#include "base/doubling_pause.hpp"
#include "ray/cluster_log_follower.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::ray {
namespace {

constexpr std::string_view log_folder = "/tmp/ray/session_latest/logs/";
constexpr std::size_t max_line = 256 * 1024;
constexpr std::chrono::milliseconds first_pause(250), longest_pause(10'000);
constexpr int exit_cannot_execute = 126, exit_not_found = 127;

/// Where a file is, and what is left of its last line. Without an offset the file cannot be taken up where it stopped.
class file_reading {
public:
    explicit file_reading(std::optional<std::int64_t> tail)
        : tail_(tail)
    {
        if (!tail_) offset_ = 0;
    }

    std::vector<std::string> command(std::string const& path)
    {
        std::vector<std::string> words{"tail"};
        if (offset_) {
            words.push_back("-c");
            words.push_back("+" + std::to_string(*offset_ + 1));
        } else {
            words.push_back("-n");
            words.push_back(std::to_string(started_ ? 0 : std::max<std::int64_t>(*tail_, 0)));
        }
        started_ = true;
        words.push_back("-F");
        words.push_back(path);
        rest_.clear();
        return words;
    }

    void feed(std::string_view bytes) { rest_ += bytes; }

    std::optional<kube::log_line> next()
    {
        std::size_t const at = rest_.find('\n');
        if (at == std::string::npos && rest_.size() <= max_line) return std::nullopt;
        kube::log_line line;
        std::size_t const size = std::min(at, max_line);
        line.more = at > max_line;
        line.text = rest_.substr(0, size);
        std::size_t const used = size + (line.more ? 0 : 1);
        rest_.erase(0, used);
        if (offset_) *offset_ += used;
        return line;
    }

    bool knows_offset() const noexcept { return offset_.has_value(); }
    // The file was replaced or truncated: what was counted is of another one.
    void lose_offset()
    {
        offset_.reset();
        if (!tail_) tail_ = 0;
    }

private:
    std::optional<std::int64_t> tail_;
    std::optional<std::uint64_t> offset_;
    std::string rest_;
    bool started_ = false;
};

// GNU tail and BusyBox tell on stderr what becomes of the file.
void take_words(
    cluster_log_follower::implementation const& into, followed_container const& what, file_reading& reading,
    std::string_view words
)
{
    std::string const said = printable_line(trim(words));
    if (said.find("truncated") != std::string::npos || said.find("replaced") != std::string::npos
        || said.find("appeared") != std::string::npos)
        reading.lose_offset();
    if (!said.empty()) into.trouble(what, error(errc::unexpected, said));
}

enum class attempt_end { again, hopeless };

task<attempt_end> follow_once(
    std::shared_ptr<cluster_log_follower::implementation> into, followed_ptr what,
    std::shared_ptr<file_reading> reading, std::shared_ptr<bool> any
)
{
    kube::exec_options options;
    options.container = what->container;
    options.command = reading->command(std::string(log_folder) + into->options().file);
    task<pod_program> starting = into->start_in_pod()(what->pod, options);
    pod_program const tail = co_await std::move(starting);
    for (;;) {
        task<std::optional<kube::exec_output>> reading_some = tail.read();
        std::optional<kube::exec_output> const piece = co_await std::move(reading_some);
        if (!piece) break;
        *any = true;
        if (piece->channel == kube::output_channel::err) {
            take_words(*into, *what, *reading, piece->bytes);
            continue;
        }
        reading->feed(piece->bytes);
        for (auto line = reading->next(); line; line = reading->next())
            co_await cluster_log_follower::implementation::put(into, what, std::move(*line));
    }
    int const code = tail.exit_code();
    into->trouble(*what, error(errc::unexpected, "tail ended with exit code " + std::to_string(code)));
    if (code == exit_cannot_execute || code == exit_not_found) co_return attempt_end::hopeless;
    co_return attempt_end::again;
}

}  // namespace

void require_log_file_name(std::string_view file)
{
    bool is_good = !file.empty() && file.front() != '/' && printable_line(file) == file;
    for (std::size_t at = 0; is_good && at <= file.size();) {
        std::size_t const end = std::min(file.find('/', at), file.size());
        std::string_view const part = file.substr(at, end - at);
        is_good = !part.empty() && part != "." && part != "..";
        at = end + 1;
    }
    if (is_good) return;
    throw failure(error(errc::bad_input, "\"" + printable_line(file) + "\" is not the name of a log file")
                      .with_hint("give its path below " + std::string(log_folder) + ", such as raylet.out"));
}

task<std::int64_t> follow_container(std::shared_ptr<cluster_log_follower::implementation> into, followed_ptr what)
{
    kube::log_follow_options options;
    options.container = what->container;
    if (!what->done) {
        options.since = into->options().since;
        options.tail = into->options().tail;
    }
    options.on_reconnect = [into, what](error const& cause) { into->trouble(*what, cause); };
    kube::log_follower lines(into->on(), into->ns(), what->pod, std::move(options));
    for (;;) {
        std::optional<kube::log_line> line = co_await lines.next();
        if (!line) break;
        co_await cluster_log_follower::implementation::put(into, what, std::move(*line));
    }
    co_return lines.restarts();
}

task<std::int64_t> follow_file(std::shared_ptr<cluster_log_follower::implementation> into, followed_ptr what)
{
    std::int64_t const run = what->run.restarts;
    auto const reading = std::make_shared<file_reading>(what->done ? std::nullopt : into->options().tail);
    auto const any = std::make_shared<bool>(false);
    doubling_pause pauses(first_pause, longest_pause);
    auto const runs_still = [&] {
        return !what->is_gone && what->run.restarts == run && what->run.is == kube::container_run::phase::running;
    };
    while (runs_still()) {
        *any = false;
        task<attempt_end> following = follow_once(into, what, reading, any);
        result<attempt_end> const ended = co_await as_result(std::move(following));
        if (ended.has_error()) {
            if (is_cancellation(ended.error()) || concerns_all_pods(ended.error())) throw failure(ended.error());
            into->trouble(*what, ended.error());
        } else if (*ended == attempt_end::hopeless) {
            break;
        }
        if (*any) pauses.reset();
        doubling_pause::duration const pause = pauses.next();
        co_await sleep_for(pause);
        if (!reading->knows_offset())
            into->trouble(
                *what, error(errc::connection_lost, "the file goes on with what comes; lines may be missing")
            );
    }
    co_return run;
}

}  // namespace kuberay::ray
