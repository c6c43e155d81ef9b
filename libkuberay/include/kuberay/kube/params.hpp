#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace kuberay::kube {

namespace json = boost::json;

struct list_params {
    list_params() = default;
    std::string label_selector, field_selector;
    std::optional<std::int64_t> limit;  ///< page size; absent: one request, the fastest (pages only after 504)
    std::string resource_version, resource_version_match;
};

/// What the server does with fields it does not know.
enum class field_validation { server_default, ignore, warn, strict };

struct write_params {
    write_params() = default;
    bool dry_run = false;  ///< dryRun=All
    std::string field_manager;
    kube::field_validation field_validation = kube::field_validation::server_default;
};

struct apply_params {
    apply_params() = default;
    std::string field_manager;  ///< required
    bool force = false;         ///< take fields from other managers
    bool dry_run = false;
    kube::field_validation field_validation = kube::field_validation::server_default;
};

enum class propagation { server_default, background, foreground, orphan };

struct remove_params {
    remove_params() = default;
    std::optional<std::int64_t> grace_period_seconds;
    kube::propagation propagation = kube::propagation::server_default;
    std::string uid, resource_version;  ///< preconditions; empty: none. A mismatch is `reason::conflict`
    bool dry_run = false;
};

/// The body of a PATCH with its content type.
class patch_body {
public:
    /// RFC 7386.
    static patch_body merge(json::value document);
    /// RFC 6902; put `test` operations first for what must still hold.
    static patch_body operations(json::array operations);
    /// Kubernetes' strategic merge; not for custom resources (the server answers 415).
    static patch_body strategic(json::value document);

    std::string const& content_type() const noexcept { return content_type_; }
    json::value const& document() const noexcept { return document_; }

private:
    patch_body(std::string content_type, json::value document);
    std::string content_type_;
    json::value document_;
};

struct watch_params {
    watch_params() = default;
    std::string label_selector, field_selector;
    std::string resource_version;         ///< start after this version; empty: list first, then watch
    std::chrono::seconds idle_limit{75};  ///< no event nor bookmark for so long: reconnect (bookmarks come each minute)
};

}  // namespace kuberay::kube
