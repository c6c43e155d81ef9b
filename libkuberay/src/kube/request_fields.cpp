#include "kube/request_fields.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/version.hpp>

namespace kuberay::kube {

void add_impersonation(net::http_fields& fields, impersonation const& as)
{
    if (as.user.empty()) return;
    fields.set("Impersonate-User", as.user);
    if (!as.uid.empty()) fields.set("Impersonate-Uid", as.uid);
    for (auto const& group : as.groups)
        fields.add("Impersonate-Group", group);
    for (auto const& [key, value] : as.extra)
        fields.add("Impersonate-Extra-" + net::percent_encode(to_lower(key)), value);
}

std::string default_user_agent()
{
#if defined(__x86_64__)
    return "kuberay/" KUBERAY_VERSION " (linux/amd64)";
#elif defined(__aarch64__)
    return "kuberay/" KUBERAY_VERSION " (linux/arm64)";
#else
    return "kuberay/" KUBERAY_VERSION;
#endif
}

}  // namespace kuberay::kube
