#include "cli/names.hpp"

namespace cli {

error not_found(std::string sentence)
{
    kuberay::server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = std::move(sentence);
    return error(std::move(status));
}

}  // namespace cli
