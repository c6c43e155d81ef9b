#include "cli/byte_streams.hpp"
#include "cli/line_filter.hpp"
#include "commands/log_request.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/ray/follow_logs.hpp>
#include <kuberay/ray/session.hpp>

#include <array>
#include <functional>

namespace cli::commands {
namespace {

constexpr std::array colours{"\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[31m"};

/// Turns lines into what is shown.
class line_writer {
public:
    line_writer(context const& on, log_request const& how)
        : filter_(how.grep.empty() ? line_filter() : line_filter(how.grep))
        , timestamps_(how.timestamps)
        , prefix_(!how.no_prefix)
        , coloured_(on.colour_allowed())
        , neutral_(on.out_is_terminal())
    {
    }

    /// Empty for a line that is not wanted.
    std::string shown(ray::node_log_line const& from) const
    {
        if (!filter_.matches(from.line.text)) return std::string();
        std::string text;
        if (prefix_) text += prefix(from);
        if (timestamps_ && from.line.time) text += kuberay::format_rfc3339_nano(*from.line.time) + " ";
        text += neutral_ ? safe(from.line.text) : from.line.text;
        return text + "\n";
    }

private:
    std::string prefix(ray::node_log_line const& from) const
    {
        std::string const words = "[" + from.pod + (from.container.empty() ? "" : " " + from.container) + "]";
        if (!coloured_) return words + " ";
        std::size_t const which = std::hash<std::string>()(from.pod) % colours.size();
        return colours[which] + words + "\x1b[0m ";
    }

    // A program that ends its lines as on Windows is no reason to show that at each of them.
    static std::string safe(std::string_view text)
    {
        if (text.ends_with('\r')) text.remove_suffix(1);
        return kuberay::printable(text);
    }

    line_filter filter_;
    bool timestamps_, prefix_, coloured_, neutral_;
};

ray::follow_logs_options options_of(context const& on, log_request const& how)
{
    ray::follow_logs_options options;
    options.nodes = how.nodes;
    options.node = how.node;
    options.container = how.container;
    options.file = how.file;
    if (how.since) options.since = std::chrono::ceil<std::chrono::seconds>(*how.since);
    if (how.tail && *how.tail >= 0) options.tail = how.tail;
    options.on_pod = [on](std::string const& pod, bool came) {
        on.note(came ? "Following " + pod + "." : pod + " is gone.");
    };
    options.on_trouble = [on](std::string const& pod, error const& cause) { on.note(pod + ": " + cause.message()); };
    return options;
}

}  // namespace

task<exit_code> follow_logs(context on, log_request how)
{
    task<std::string> naming = ray::find_cluster_name(on.client(), on.ns(), how.what);
    std::string const cluster = co_await std::move(naming);
    line_writer const writer(on, how);
    byte_output const out(on, output_to::out);
    ray::cluster_log_follower follower(on.client(), on.ns(), cluster, options_of(on, how));
    for (;;) {
        std::optional<ray::node_log_line> const line = co_await follower.next();
        if (!line) break;
        std::string text = writer.shown(*line);
        if (!text.empty()) co_await out.write(std::move(text));
    }
    on.note("The Ray cluster " + cluster + " is gone.");
    co_return exit_code::done;
}

}  // namespace cli::commands
