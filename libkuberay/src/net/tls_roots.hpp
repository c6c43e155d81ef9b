#pragma once

#include "net/openssl.hpp"

#include <string>

namespace kuberay::net {

/// Loads the roots of the system into `store`: SSL_CERT_FILE and SSL_CERT_DIR when set, else the first bundle found at
/// the places of Debian, Fedora, SUSE and Alpine. Returns where they came from, for messages. Never fails: a system
/// without roots trusts nobody.
std::string load_system_roots(X509_STORE* store);

}  // namespace kuberay::net
