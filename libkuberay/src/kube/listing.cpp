#include "kube/listing.hpp"

#include <utility>

namespace kuberay::kube {

listing::listing(
    client on, request_maker make, list_params params, std::function<void(json::value)> each,
    std::function<void()> restarted
)
    : on_(std::move(on))
    , make_(std::move(make))
    , params_(std::move(params))
    , each_(std::move(each))
    , restarted_(std::move(restarted))
{
}

task<bool> listing::advance()
{
    if (!decoder_) co_await open_page();
    std::string const piece = co_await response_.read_some();
    if (piece.empty()) co_return end_page();
    decoder_->feed(piece);
    co_return true;
}

task<void> listing::open_page()
{
    for (;;) {
        net::http_request request = make_(params_, continue_token_);
        task<net::http_response> sending = on_.send(std::move(request));
        result<net::http_response> answer = co_await as_result(std::move(sending));
        if (answer.has_value()) {
            response_ = std::move(*answer);
            decoder_.emplace(each_);
            co_return;
        }
        if (!recover(answer.error())) throw failure(answer.error());
    }
}

// Changes the request so that it may succeed; false when there is no other way.
bool listing::recover(error const& refusal)
{
    if (fell_back_) return false;
    if (!continue_token_.empty() && refusal.code() == reason::expired) {
        fell_back_ = true;
        continue_token_.clear();
        params_.limit.reset();
        params_.resource_version.clear();
        params_.resource_version_match.clear();
        restarted_();
        return true;
    }
    if (!params_.limit && refusal.code() == reason::timeout && !is_version_too_large(refusal)) {
        params_.limit = fallback_page_size;
        return true;
    }
    return false;
}

// False: that was the last page.
bool listing::end_page()
{
    decoder_->finish();
    resource_version_ = decoder_->resource_version();
    continue_token_ = decoder_->continue_token();
    if (columns_.is_null()) columns_ = decoder_->columns();
    decoder_.reset();
    response_ = net::http_response();
    return !continue_token_.empty();
}

bool is_version_too_large(error const& e) noexcept
{
    auto const* status = e.status();
    if (!status) return false;
    for (auto const& cause : status->causes)
        if (cause.reason == "ResourceVersionTooLarge") return true;
    return false;
}

}  // namespace kuberay::kube
