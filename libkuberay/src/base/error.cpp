#include <kuberay/base/error.hpp>

#include <boost/asio/error.hpp>

#include <array>
#include <utility>

namespace kuberay {
namespace {

class errc_category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "kuberay"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::bad_config: return "the configuration cannot be used";
        case errc::bad_input: return "the input cannot be used";
        case errc::bad_document: return "the document cannot be read";
        case errc::credentials: return "no credentials could be obtained";
        case errc::tls_rejected: return "the TLS handshake failed";
        case errc::proxy_refused: return "the proxy refused";
        case errc::upgrade_refused: return "the server did not switch protocols";
        case errc::protocol_violation: return "the peer broke its protocol";
        case errc::too_large: return "too large";
        case errc::timed_out: return "the deadline passed";
        case errc::connection_lost: return "the connection was lost";
        case errc::unsatisfiable: return "the wait can no longer succeed";
        case errc::unexpected: return "unexpected answer";
        }
        return "unknown error";
    }
};

struct reason_row {
    reason value;
    std::string_view word;
    int http_status;
};

// metav1.StatusReason words with the code that stands for each when the word is unknown; the first row of a code wins.
constexpr std::array reason_rows{
    reason_row{reason::bad_request, "BadRequest", 400},
    reason_row{reason::unauthorized, "Unauthorized", 401},
    reason_row{reason::forbidden, "Forbidden", 403},
    reason_row{reason::not_found, "NotFound", 404},
    reason_row{reason::method_not_allowed, "MethodNotAllowed", 405},
    reason_row{reason::conflict, "Conflict", 409},
    reason_row{reason::already_exists, "AlreadyExists", 409},
    reason_row{reason::expired, "Expired", 410},
    reason_row{reason::expired, "Gone", 410},
    reason_row{reason::too_large, "RequestEntityTooLarge", 413},
    reason_row{reason::unsupported_media_type, "UnsupportedMediaType", 415},
    reason_row{reason::invalid, "Invalid", 422},
    reason_row{reason::too_many_requests, "TooManyRequests", 429},
    reason_row{reason::internal, "InternalError", 500},
    reason_row{reason::unavailable, "ServiceUnavailable", 503},
    reason_row{reason::timeout, "Timeout", 504},
    reason_row{reason::timeout, "ServerTimeout", 504},
};

class reason_category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "kuberay.reason"; }

    std::string message(int value) const override
    {
        for (auto const& row : reason_rows)
            if (static_cast<int>(row.value) == value) return std::string(row.word);
        return "refused by the server";
    }
};

boost::system::error_category const& ours() noexcept
{
    static errc_category const instance;
    return instance;
}

boost::system::error_category const& servers() noexcept
{
    static reason_category const instance;
    return instance;
}

}  // namespace

error_code make_error_code(errc value) noexcept { return error_code(static_cast<int>(value), ours()); }

error_code make_error_code(reason value) noexcept { return error_code(static_cast<int>(value), servers()); }

reason reason_of(server_status const& status) noexcept
{
    for (auto const& row : reason_rows)
        if (row.word == status.reason) return row.value;
    for (auto const& row : reason_rows)
        if (row.http_status == status.http_status) return row.value;
    return status.http_status >= 500 ? reason::internal : reason::other;
}

struct error::detail {
    std::string context;
    std::string hint;
    std::optional<server_status> status;
};

error::error(error_code code, std::string context)
    : code_(code)
{
    detail made;
    made.context = std::move(context);
    detail_ = std::make_shared<detail const>(std::move(made));
}

error::error(server_status status, std::string context)
    : error(error_code(), std::move(status), std::move(context))
{
    code_ = make_error_code(reason_of(*detail_->status));
}

error::error(error_code code, server_status status, std::string context)
    : code_(code)
{
    detail made;
    made.context = std::move(context);
    made.status = std::move(status);
    detail_ = std::make_shared<detail const>(std::move(made));
}

std::string error::message() const
{
    if (!code_.failed()) return "no error";
    std::string const context = detail_ ? detail_->context : std::string();
    std::string said;
    if (auto const* from_server = status()) {
        said = from_server->message;
        if (said.empty()) {
            said = from_server->http_status == 0
                       ? code_.message()
                       : "HTTP " + std::to_string(from_server->http_status) + " " + code_.message();
        }
    } else if (code_.category() != ours() || context.empty()) {
        said = code_.message();
    }
    if (context.empty()) return said;
    return said.empty() ? context : context + ": " + said;
}

std::string_view error::hint() const noexcept { return detail_ ? std::string_view(detail_->hint) : std::string_view(); }

server_status const* error::status() const noexcept { return detail_ && detail_->status ? &*detail_->status : nullptr; }

error error::with_context(std::string outer) const
{
    detail made = detail_ ? *detail_ : detail();
    made.context = made.context.empty() ? std::move(outer) : std::move(outer) + ": " + made.context;
    error copy = *this;
    copy.detail_ = std::make_shared<detail const>(std::move(made));
    return copy;
}

error error::with_hint(std::string hint) const
{
    detail made = detail_ ? *detail_ : detail();
    made.hint = std::move(hint);
    error copy = *this;
    copy.detail_ = std::make_shared<detail const>(std::move(made));
    return copy;
}

failure::failure(kuberay::error what)
    : system_error(what.code())
    , error_(std::move(what))
    , message_(error_.message())
{
}

failure::failure(error_code code, std::string context)
    : failure(kuberay::error(code, std::move(context)))
{
}

void throw_exception_from_error(error const& e, boost::source_location const&) { throw failure(e); }

error current_error()
{
    try {
        throw;
    } catch (failure const& f) {
        return f.error();
    } catch (boost::system::system_error const& e) {
        return error(e.code(), std::string());
    }
}

bool is_cancellation(error const& e) noexcept { return e.code() == boost::asio::error::operation_aborted; }

}  // namespace kuberay
