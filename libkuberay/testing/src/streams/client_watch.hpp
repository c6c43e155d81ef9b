#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <memory>

namespace kuberay::testing {

/// The connection of a client that only listens. Shared, so that nobody reads into a stream that is gone.
class client_watch {
public:
    explicit client_watch(net::byte_stream stream);

    net::byte_stream stream;

    bool is_gone() const noexcept { return gone_; }

private:
    friend class client_watch_guard;
    static task<void> watch(std::shared_ptr<client_watch> self);

    bool gone_ = false;
};

/// Notices, while it lives, that the client leaves; notifies `changed` then. Its end closes the connection.
class client_watch_guard {
public:
    client_watch_guard(std::shared_ptr<client_watch> of, condition changed);
    client_watch_guard(client_watch_guard const&) = delete;
    client_watch_guard& operator=(client_watch_guard const&) = delete;
    ~client_watch_guard();

private:
    std::shared_ptr<client_watch> of_;
};

}  // namespace kuberay::testing
