#pragma once

#include "kube/config_problems.hpp"
#include "kube/kubeconfig.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// Reads the fields of one entry of a kubeconfig; what is wrong goes to the list of problems with its place. Reading
/// an absent entry gives empty values.
///
/// Lifetime: refers to the problems, and to the entry's document.
class entry_reader {
public:
    entry_reader(std::optional<config_entry> entry, config_problems* problems);

    bool exists() const noexcept { return body_ != nullptr; }

    /// True when the key is there, is not null and not the empty text.
    bool has(std::string_view key) const;

    /// The string; empty when absent.
    std::string text(std::string_view key) const;

    bool flag(std::string_view key) const;

    /// The bytes that the base64 text stands for.
    std::string bytes(std::string_view key) const;

    /// A file name, made absolute by the folder of the kubeconfig.
    std::filesystem::path path(std::string_view key) const;

    json::object const* object(std::string_view key) const;
    json::array const* array(std::string_view key) const;

    /// A reader of the mapping at `key`; reads nothing when there is none.
    entry_reader inner(std::string_view key) const;

    /// Reports a problem at `key` (of the entry as a whole when empty): `FILE:LINE:COLUMN: user "x": sentence`.
    void complain(std::string_view key, std::string const& sentence, std::string hint = std::string()) const;

    config_problems& problems() const noexcept { return *problems_; }

    config_entry const* entry() const noexcept { return entry_ ? &*entry_ : nullptr; }

private:
    json::value const* value(std::string_view key) const;

    std::optional<config_entry> entry_;
    config_problems* problems_;
    json::object const* body_ = nullptr;
    std::string pointer_;
};

}  // namespace kuberay::kube
