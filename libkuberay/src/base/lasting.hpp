#pragma once

#include <kuberay/base/error.hpp>

namespace kuberay {

/// True for what another try meets again, until somebody changes something: rights, credentials, the configuration, the
/// request.
inline bool is_lasting(error const& e) noexcept
{
    error_code const code = e.code();
    return code == reason::unauthorized || code == reason::forbidden || code == errc::bad_input
           || code == errc::bad_config || code == errc::credentials || code == errc::tls_rejected
           || code == errc::unsatisfiable;
}

}  // namespace kuberay
