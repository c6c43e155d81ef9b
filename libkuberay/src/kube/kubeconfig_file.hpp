#pragma once

#include <kuberay/base/error.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::kube {

class config_problems;

/// The three lists of a kubeconfig.
enum class entry_kind { context, cluster, user };

/// `context`: the word for messages, and the key of an entry's body.
std::string entry_word(entry_kind kind);

/// `contexts`: the key of the list.
std::string list_key(entry_kind kind);

/// One kubeconfig file. A value; a file without content is an empty configuration.
class kubeconfig_file {
public:
    /// Errors: throws `failure`: `errc::bad_config` naming the place for bad syntax and for a document that is no
    /// kubeconfig.
    kubeconfig_file(std::string_view text, std::filesystem::path path);

    std::filesystem::path const& path() const noexcept { return path_; }

    /// `name` made absolute by this file's folder; an empty name stays empty.
    std::filesystem::path resolve(std::string const& name) const;

    /// True when the file sets nothing.
    bool empty() const noexcept;

    std::string current_context() const;

    /// The indices of the entries of that name (more than one is a mistake in the file).
    std::vector<std::size_t> find(entry_kind kind, std::string_view name) const;

    std::vector<std::string> names(entry_kind kind) const;

    /// The value at a JSON pointer made of object keys and one index; null when there is none.
    json::value const* at(entry_kind kind, std::size_t index) const;

    /// `FILE:LINE:COLUMN` of a JSON pointer.
    std::string where(std::string_view pointer) const;

    /// Reports what is not shaped as a kubeconfig.
    void check(config_problems& problems) const;

private:
    json::object const* root() const noexcept;
    json::array const* list(entry_kind kind) const noexcept;

    std::filesystem::path path_;
    std::optional<yaml_document> document_;
};

}  // namespace kuberay::kube
