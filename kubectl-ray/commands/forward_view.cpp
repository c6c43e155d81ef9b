#include "commands/forward_view.hpp"

#include <kuberay/base/time.hpp>

namespace cli::commands {

forward_view::forward_view(context on, bool verbose)
    : on_(std::move(on))
    , verbose_(verbose)
    , changed_(on_.executor())
{
}

void forward_view::show(kube::forward_event const& event)
{
    using kind = kube::forward_event::kind;
    switch (event.what) {
    case kind::connected: return tell_connected(event);
    case kind::lost:
        trouble_ = event.cause.message();
        return tell_trouble("The connection to pod " + event.pod + " was lost: " + trouble_ + ". Connecting again.");
    case kind::retrying:
        trouble_ = event.cause.message();
        if (verbose_)
            return on_.note(
                "No connection yet: " + trouble_ + ". Next try in " + kuberay::format_duration(event.wait) + "."
            );
        return tell_trouble("No connection yet: " + trouble_ + ". Trying again.");
    case kind::connection_failed:
        trouble_ = event.cause.message();
        return tell_trouble(
            "A connection to port " + std::to_string(event.remote) + " failed: " + event.cause.message()
        );
    }
}

void forward_view::tell_connected(kube::forward_event const& event)
{
    if (was_connected_)
        on_.note("Connected again, to pod " + event.pod + ".");
    else if (verbose_ || !told_.empty())
        on_.note("Connected to pod " + event.pod + ".");
    was_connected_ = true;
    trouble_.clear();
    told_.clear();
    changed_.notify_all();
}

// The same text again says nothing new.
void forward_view::tell_trouble(std::string const& text)
{
    if (text == told_ && !verbose_) return;
    told_ = text;
    on_.note(text);
}

task<void> forward_view::connected()
{
    while (!was_connected_)
        co_await changed_.wait();
}

}  // namespace cli::commands
