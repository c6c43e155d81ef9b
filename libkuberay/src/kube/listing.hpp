#pragma once

#include "kube/list_decoder.hpp"

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/params.hpp>
#include <kuberay/net/http.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// One list under way: reads the answer piece by piece and hands on its items. One unpaged request; in pages when asked
/// for by `limit`, or when the server answers 504 to the whole.
///
/// Its tasks use it in place: it must outlive them and stay where it is.
class listing {
public:
    static constexpr std::int64_t fallback_page_size = 500;

    /// Makes the request of a page: `params` may have got or lost its limit.
    using request_maker = std::function<net::http_request(list_params const& params, std::string_view continue_token)>;

    /// `restarted` is called when a continue token expired and the list begins anew, in one piece: items come again.
    listing(
        client on, request_maker make, list_params params, std::function<void(json::value)> each,
        std::function<void()> restarted
    );
    listing(listing const&) = delete;
    listing& operator=(listing const&) = delete;

    /// Reads the next piece. False: the list is complete. After a failure it cannot be continued.
    task<bool> advance();

    /// Pages are (or were) used: what was read is not one snapshot.
    bool is_paged() const noexcept { return params_.limit.has_value() || fell_back_; }
    std::string const& resource_version() const noexcept { return resource_version_; }
    json::value const& columns() const noexcept { return columns_; }

private:
    task<void> open_page();
    bool recover(error const& refusal);
    bool end_page();

    client on_;
    request_maker make_;
    list_params params_;
    std::function<void(json::value)> each_;
    std::function<void()> restarted_;
    std::optional<list_decoder> decoder_;  // of the page under way
    net::http_response response_;
    std::string continue_token_, resource_version_;
    json::value columns_;
    bool fell_back_ = false;
};

/// True for the 504 that says: this server has not seen the resource version yet.
bool is_version_too_large(error const& e) noexcept;

}  // namespace kuberay::kube
