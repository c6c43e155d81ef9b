#include "kube/connection_errors.hpp"

#include <kuberay/base/text.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::chrono::seconds patience(1);

}  // namespace

connection_errors::connection_errors(asio::any_io_executor executor, std::string what, pod_tunnel::error_sink on_error)
    : what(std::move(what))
    , changed(std::move(executor))
    , on_error_(std::move(on_error))
{
}

void connection_errors::add(std::string_view more)
{
    text.append(more.substr(0, longest_text - std::min(longest_text, text.size())));
}

void connection_errors::end()
{
    ended = true;
    changed.notify_all();
}

void connection_errors::close()
{
    closed = true;
    on_error_ = nullptr;
    changed.notify_all();
}

error_code connection_errors::verdict(error_code otherwise)
{
    if (!failed()) return otherwise;
    error_code const code =
        received == 0 ? error_code(asio::error::connection_refused) : error_code(asio::error::connection_reset);
    if (auto const tell = std::exchange(on_error_, nullptr)) {
        std::string const said = printable_line(trim(text));
        tell(error(code, what + (received == 0 ? " cannot be reached: " : " failed: ") + said));
    }
    return code;
}

task<void> settle(std::shared_ptr<connection_errors> errors)
{
    auto const until = std::chrono::steady_clock::now() + patience;
    while (!errors->ended && !errors->closed) {
        auto const left = until - std::chrono::steady_clock::now();
        if (left <= left.zero()) co_return;
        co_await errors->changed.wait_for(left);
    }
}

}  // namespace kuberay::kube
