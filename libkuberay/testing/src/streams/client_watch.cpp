#include "streams/client_watch.hpp"

#include <kuberay/base/async_run.hpp>

#include <utility>

namespace kuberay::testing {

client_watch::client_watch(net::byte_stream stream)
    : stream(std::move(stream))
{
}

task<void> client_watch::watch(std::shared_ptr<client_watch> self)
{
    for (;;) {
        std::string const bytes = co_await net::read_some(&self->stream);
        if (bytes.empty()) co_return;
    }
}

client_watch_guard::client_watch_guard(std::shared_ptr<client_watch> of, condition changed)
    : of_(std::move(of))
{
    async_run(
        of_->stream.get_executor(), client_watch::watch(of_),
        [watched = of_, changed](result<void> const&) mutable {
            watched->gone_ = true;
            changed.notify_all();
        }
    );
}

// Which ends the reading, too.
client_watch_guard::~client_watch_guard() { of_->stream.close(); }

}  // namespace kuberay::testing
