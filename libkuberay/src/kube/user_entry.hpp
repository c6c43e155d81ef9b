#pragma once

#include "kube/entry_reader.hpp"
#include "kube/process_environment.hpp"

#include <kuberay/kube/config.hpp>

#include <string>

namespace kuberay::kube {

/// Who we are: what a user entry and the options that replace parts of it give.
struct resolved_user {
    resolved_user() = default;
    auth_options auth;
    std::string certificate_pem, key_pem;
};

/// Problems go to the reader's list. `auth.exec` is absent when another credential makes the plugin unnecessary.
resolved_user
resolve_user(entry_reader const& entry, load_options const& options, process_environment const& environment);

/// The impersonation of the options over that of an entry, part by part.
impersonation merge_impersonation(impersonation entry, impersonation const& options);

}  // namespace kuberay::kube
