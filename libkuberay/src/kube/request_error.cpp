#include "kube/request_error.hpp"

#include "kube/permission.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>

#include <boost/asio/error.hpp>

namespace kuberay::kube {
namespace {

namespace failures = boost::asio::error;

std::string in_quotes(std::string const& text) { return '"' + printable_line(text) + '"'; }

std::string which_server_hint(request_place const& at)
{
    if (at.in_cluster) return "The address comes from KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.";
    if (at.context.empty())
        return "No context is selected in the kubeconfig: choose one with --context, or set KUBECONFIG.";
    return "Is context " + in_quotes(at.context) + " the one you mean (--context), and is its server up?";
}

std::string hint_of_transport(error const& why, request_place const& at)
{
    error_code const code = why.code();
    if (code == failures::connection_refused) return which_server_hint(at);
    if (code == failures::host_not_found || code == failures::host_not_found_try_again)
        return "The server's name is not known here: check it in the kubeconfig, and the network (VPN).";
    if (code == failures::network_unreachable || code == failures::host_unreachable || code == failures::timed_out
        || code == errc::timed_out)
        return "Check the network (VPN, firewall) between here and the server.";
    if (code == errc::tls_rejected) return "Does the certificate-authority in the kubeconfig belong to this server?";
    return std::string();
}

bool concerns_a_request(error_code const& code)
{
    return code == errc::connection_lost || code == errc::protocol_violation || code == errc::too_large
           || code == errc::bad_input;
}

std::string hint_of_login(request_place const& at)
{
    std::string const whose = at.in_cluster        ? "of the pod's service account"
                              : at.context.empty() ? "in use"
                                                   : "of context " + in_quotes(at.context);
    if (!at.has_credentials)
        return at.context.empty() ? "No credentials are configured."
                                  : "Context " + in_quotes(at.context) + " has no credentials.";
    return "The server did not accept the credentials " + whose
           + ": log in again, or choose another context (--context).";
}

}  // namespace

request_name::request_name(net::http_request const& request)
    : method(request.method)
    , target(request.target)
{
}

std::string request_name::str(request_place const& at) const
{
    return printable_line(method + " " + at.server + target);
}

error explain_transport(error const& why, request_name const& request, request_place const& at)
{
    if (is_cancellation(why) || why.status() || why.code() == errc::credentials) return why;
    std::string context =
        concerns_a_request(why.code()) ? request.str(at) : "the API server " + at.server + " cannot be reached";
    error explained = why.with_context(std::move(context));
    if (!why.hint().empty()) return explained;
    std::string hint = hint_of_transport(why, at);
    return hint.empty() ? explained : explained.with_hint(std::move(hint));
}

error explain_refusal(
    server_status status, request_name const& request, request_place const& at,
    std::optional<std::chrono::seconds> asked
)
{
    reason const why = reason_of(status);
    std::string context;
    std::string hint;
    if (why == reason::unauthorized) {
        context = "not logged in to " + at.server;
        hint = hint_of_login(at);
    } else {
        // The sentence of a Status is complete; a bare code or a page of a proxy is not.
        bool const is_status = !status.reason.empty() && !status.message.empty();
        if (!is_status) context = request.str(at);
        if (why == reason::forbidden) hint = hint_of_permission(permission_of(request.method, request.target));
    }
    if (asked) hint = "The server asks to wait " + format_duration(*asked) + " before the next try.";
    error const refusal(std::move(status), std::move(context));
    return hint.empty() ? refusal : refusal.with_hint(std::move(hint));
}

error explain_timeout(std::chrono::milliseconds limit, request_name const& request, request_place const& at)
{
    error const late(errc::timed_out, request.str(at) + ": no answer within " + format_duration(limit));
    return late.with_hint("The limit is the request timeout (--request-timeout).");
}

}  // namespace kuberay::kube
