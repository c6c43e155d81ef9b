#include "kube/request_log.hpp"

#include <kuberay/base/text.hpp>

#include <array>

namespace kuberay::kube {
namespace {

constexpr std::size_t longest_body = 64 * 1024;

std::string milliseconds(std::chrono::steady_clock::duration took)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()) + " ms";
}

}  // namespace

bool may_hold_secrets(std::string_view target)
{
    static constexpr std::array<std::string_view, 3> words{"secrets", "token", "tokenreviews"};
    for (auto const& part : split(target.substr(0, target.find('?')), '/'))
        for (auto const word : words)
            if (part == word) return true;
    return false;
}

request_log::request_log(logger to, std::string server)
    : to_(std::move(to))
    , server_(std::move(server))
{
}

void request_log::sending(net::http_request const& request) const
{
    if (!to_.enabled(log_level::headers)) return;
    to_.write(log_level::headers, printable_line(request.method + " " + server_ + request.target));
    for (auto const& [name, value] : request.fields)
        to_.write(log_level::headers, "> " + printable_line(log_header_line(name, value)));
    if (!request.body.empty()) body("request body", request.target, request.body);
}

void request_log::answered(
    std::string_view method, std::string_view target, net::http_response const& response,
    std::chrono::steady_clock::duration took
) const
{
    if (!to_.enabled(log_level::request)) return;
    to_.write(
        log_level::request, printable_line(
                                std::string(method) + " " + server_ + std::string(target) + " "
                                + std::to_string(response.status()) + " in " + milliseconds(took)
                            )
    );
    if (!to_.enabled(log_level::headers)) return;
    for (auto const& [name, value] : response.fields())
        to_.write(log_level::headers, "< " + printable_line(log_header_line(name, value)));
}

void request_log::failed(
    std::string_view method, std::string_view target, error const& why, std::chrono::steady_clock::duration took
) const
{
    if (!to_.enabled(log_level::request)) return;
    to_.write(
        log_level::request, printable_line(
                                std::string(method) + " " + server_ + std::string(target) + " failed after "
                                + milliseconds(took) + ": " + why.message()
                            )
    );
}

void request_log::body(std::string_view title, std::string_view target, std::string_view body) const
{
    if (!to_.enabled(log_level::bodies)) return;
    std::string text = std::string(title) + ": ";
    if (may_hold_secrets(target))
        text += "<masked, " + std::to_string(body.size()) + " bytes>";
    else
        text += printable_line(body.substr(0, longest_body));
    if (body.size() > longest_body) text += " and " + std::to_string(body.size() - longest_body) + " bytes more";
    to_.write(log_level::bodies, text);
}

void request_log::note(std::string const& text) const
{
    if (to_.enabled(log_level::request)) to_.write(log_level::request, printable_line(text));
}

}  // namespace kuberay::kube
