#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/kube/config.hpp>

#include <functional>
#include <memory>
#include <string>

namespace kuberay::kube {

/// What proves who sends a request. Immutable; the same object is the same credential.
struct credential {
    credential() = default;
    std::string authorization;           ///< the header's value, a secret; empty: none
    std::string client_certificate_pem;  ///< with `client_key_pem`: replaces what the configuration has
    std::string client_key_pem;          ///< a secret
};

using credential_ptr = std::shared_ptr<credential const>;

/// Tells the time of the wall; tests turn it by hand.
using wall_clock = std::function<timestamp()>;

/// Gives the credential for each request. Used from one serial executor.
class credential_source {
public:
    credential_source() = default;
    credential_source(credential_source const&) = delete;
    credential_source& operator=(credential_source const&) = delete;
    virtual ~credential_source() = default;

    /// The credential to use now; never null. Errors: `errc::credentials`. Cancellation: terminal.
    virtual task<credential_ptr> get() = 0;

    /// Told that the server refused `refused`. True when `get` may give a better one now.
    virtual bool renew(credential_ptr const& refused) = 0;
};

/// The source that `auth` asks for; no credential at all when it asks for none.
std::shared_ptr<credential_source>
make_credential_source(asio::any_io_executor executor, auth_options const& auth, wall_clock now);

}  // namespace kuberay::kube
