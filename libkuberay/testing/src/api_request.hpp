#pragma once

#include "object_store.hpp"
#include "resource_kind.hpp"
#include "selectors.hpp"

#include <kuberay/net/http.hpp>
#include <kuberay/testing/api_server.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::testing {

/// A request as the API sees it. A value.
struct api_request {
    api_request() = default;
    std::string method, path, body, content_type, user, user_agent, accept;
    std::vector<std::string> segments;  ///< of the path, decoded
    std::vector<std::pair<std::string, std::string>> query;

    resource_kind const* kind = nullptr;  ///< null: not a resource
    std::string ns, name, subresource;
    std::string verb;  ///< get, list, watch, create, update, patch, delete, deletecollection

    /// The first value of a query parameter, or an empty text.
    std::string_view parameter(std::string_view key) const noexcept;
    bool is_set(std::string_view key) const noexcept;  ///< "true" or "1"
    /// The manager of fields: `fieldManager`, else the program's name.
    std::string manager() const;
};

api_request read_request(recorded_request const& from);

enum class representation { full, metadata, table };

/// What the Accept field asks for.
representation representation_of(std::string_view accept);

/// What a watch is to send.
struct watch_order {
    watch_order() = default;
    resource_kind const* kind = nullptr;
    std::string ns;
    label_selector labels;
    field_selector fields;
    std::uint64_t since = 0;  ///< the changes after this version
    bool initial = false;     ///< first what exists
    bool marks_initial_end = false;
    bool bookmarks = false;
    representation as = representation::full;
    std::string include_object;
    std::chrono::seconds timeout{0};  ///< 0: none
    bool gone = false;                ///< only an ERROR event
};

struct api_answer {
    api_answer() = default;
    int status = 200;
    net::http_fields fields;
    std::string body;
    std::optional<watch_order> watch;
    bool may_compress = false;
};

api_answer json_answer(int status, json::object const& document);

}  // namespace kuberay::testing
