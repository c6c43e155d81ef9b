#pragma once

#include <boost/json/object.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay {

namespace json = boost::json;
using boost::system::error_code;

/// What went wrong on this side. Branch on these with `failure.error().code() == errc::...`.
enum class errc {
    bad_config = 1,      ///< kubeconfig, environment or TLS material that cannot be used
    bad_input,           ///< a value given by the caller (flag, argument, file) is not acceptable
    bad_document,        ///< JSON or YAML that does not parse, or a value of the wrong type in it
    credentials,         ///< a credential could not be obtained (exec plugin, token file)
    tls_rejected,        ///< the TLS handshake failed: certificate, host name, protocol
    proxy_refused,       ///< a proxy answered, and said no
    upgrade_refused,     ///< the server did not switch protocols
    protocol_violation,  ///< the peer broke its protocol (HTTP, WebSocket, SPDY, watch)
    too_large,           ///< an answer or a file beyond the limit set for it
    timed_out,           ///< our own deadline passed
    connection_lost,     ///< a stream ended before its end was proven
    unsatisfiable,       ///< a wait that can no longer succeed (deleted, failed for good)
    unexpected,          ///< an answer that fits no contract
};

/// What the API server said (`metav1.Status.reason`). Unknown reasons map by HTTP status, else to `other`.
enum class reason {
    bad_request = 1,
    unauthorized,
    forbidden,
    not_found,
    already_exists,
    conflict,
    expired,  ///< 410: the resource version or continue token is too old ("Expired", "Gone")
    invalid,
    too_many_requests,
    timeout,  ///< "Timeout", "ServerTimeout"
    unavailable,
    method_not_allowed,
    unsupported_media_type,
    too_large,
    internal,
    other,
};

error_code make_error_code(errc) noexcept;
error_code make_error_code(reason) noexcept;

/// One entry of `Status.details.causes`.
struct status_cause {
    status_cause() = default;
    std::string reason, message, field;
};

/// A refusal by a server: `metav1.Status`, or what could be made of a text or HTML body.
struct server_status {
    server_status() = default;
    int http_status = 0;                 ///< 0 for a Status that came inside a stream
    std::string reason;                  ///< "NotFound", ...; empty when the body was not a Status
    std::string message;                 ///< the server's own sentence, at most 2048 bytes
    std::string kind, group, name, uid;  ///< of `details`
    std::vector<status_cause> causes;
    std::optional<std::chrono::seconds> retry_after;  ///< `details.retryAfterSeconds` or the Retry-After header
};

/// Why an operation failed. A value: cheap to copy, default means "no error".
///
/// `message()` is one complete sentence: what was attempted, on what, and what came back.
/// Thread safety: immutable; share freely.
class error {
public:
    error() = default;

    /// `context` says what was attempted and, for a code of `errc`, what went wrong. For codes of other
    /// categories (sockets, TLS, files) the code's own text is appended to it.
    error(error_code code, std::string context);

    /// A refusal by the server; the code is `reason_of(status)`.
    explicit error(server_status status, std::string context = std::string());

    /// A refusal by the server that stands for more than its reason, e.g. `errc::upgrade_refused`.
    error(error_code code, server_status status, std::string context);

    error_code code() const noexcept { return code_; }

    explicit operator bool() const noexcept { return code_.failed(); }

    /// The sentence for a person, without trailing period. Never holds credentials.
    std::string message() const;

    /// What the user can do about it; empty when nothing is known. Shown on a line of its own.
    std::string_view hint() const noexcept;

    /// The server's words; null when the failure is local.
    server_status const* status() const noexcept;

    /// The same error with "`outer`: " before its message.
    error with_context(std::string outer) const;

    /// The same error with a hint (replaces an earlier one).
    error with_hint(std::string hint) const;

private:
    struct detail;
    error_code code_;
    std::shared_ptr<detail const> detail_;
};

/// The reason a Status stands for: by its `reason`, else by its HTTP status.
reason reason_of(server_status const& status) noexcept;

/// The one exception type that the library's operations throw.
class failure : public boost::system::system_error {
public:
    explicit failure(kuberay::error what);
    failure(error_code code, std::string context);

    kuberay::error const& error() const noexcept { return error_; }

    char const* what() const noexcept override { return message_.c_str(); }

private:
    kuberay::error error_;
    std::string message_;
};

/// Lets `result<T>::value()` throw `failure`.
[[noreturn]] void throw_exception_from_error(error const& e, boost::source_location const& at);

template <class T>
using result = boost::system::result<T, error>;

/// The error that the exception being handled carries; rethrows what is neither `failure` nor `system_error`.
/// To be called inside a `catch` block.
error current_error();

/// True for `boost::asio::error::operation_aborted`: the caller cancelled, nothing is to be reported.
bool is_cancellation(error const& e) noexcept;

}  // namespace kuberay

template <>
struct boost::system::is_error_code_enum<kuberay::errc> : std::true_type {};

template <>
struct boost::system::is_error_code_enum<kuberay::reason> : std::true_type {};
