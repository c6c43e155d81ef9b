#include "ray/condition_message.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::ray {

std::string message_of(kube::condition const& condition)
{
    std::string_view rest = condition.message;
    if (!condition.reason.empty() && rest.starts_with(condition.reason + "\n"))
        rest.remove_prefix(condition.reason.size());
    std::string line(trim(rest));
    std::ranges::replace(line, '\n', ' ');
    return line;
}

}  // namespace kuberay::ray
