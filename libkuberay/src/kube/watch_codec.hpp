#pragma once

#include "kube/json_scanner.hpp"

#include <kuberay/base/error.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

enum class message_type { added, modified, deleted, bookmark, error };

/// One element of a watch stream (meta.k8s.io WatchEvent).
struct watch_message {
    watch_message() = default;
    message_type type{};
    json::object object;
};

/// Decodes a watch stream, JSON objects one after the other, from bytes in any split. Sans-IO.
class watch_codec {
public:
    static constexpr std::size_t max_event_size = std::size_t(64) << 20;

    void feed(std::string_view bytes);

    /// The next complete event; nullopt: more bytes are needed. Errors: throws `failure`, `errc::protocol_violation` for
    /// what is no event, `errc::too_large` beyond `max_event_size`.
    std::optional<watch_message> next();

    /// True inside an event: a stream that ends here was cut.
    bool has_partial() const noexcept;

private:
    std::string buffer_;
    std::size_t start_ = 0;    // of the event at hand in `buffer_`
    std::size_t scanned_ = 0;  // bytes of `buffer_` the scanner has seen
    bool in_event_ = false;
    json_scanner scanner_;
};

/// The Status that an ERROR event carries, as an error. Codes of HTTP are kept.
error error_of_event(json::object const& status);

}  // namespace kuberay::kube
