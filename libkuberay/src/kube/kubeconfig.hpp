#pragma once

#include "kube/kubeconfig_file.hpp"
#include "kube/process_environment.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::kube {

/// A named entry and where it stands.
struct config_entry {
    config_entry() = default;
    entry_kind kind = entry_kind::context;
    std::string name;
    std::shared_ptr<kubeconfig_file const> file;
    std::string pointer;                ///< of the body: `/users/3/user`
    json::value const* body = nullptr;  ///< null when the entry has none; lives as long as `file`
    bool repeated = false;              ///< the file has another entry of this name
};

/// The files of a list seen as one. For every named entry, and for current-context, the first file that has it wins;
/// entries are not merged with each other. Source: client-go tools/clientcmd/loader.go.
class kubeconfig {
public:
    /// Reads `explicit_path`, which must exist, or else the list of $KUBECONFIG or ~/.kube/config, of which missing
    /// files are left out. Errors: throws `failure` with `errc::bad_config`; those of all files together.
    static kubeconfig load(std::string const& explicit_path, process_environment const& from);

    explicit kubeconfig(std::vector<std::shared_ptr<kubeconfig_file const>> files);

    std::optional<config_entry> find(entry_kind kind, std::string_view name) const;

    /// In the order of the files, each name once.
    std::vector<std::string> names(entry_kind kind) const;

    std::string current_context() const;

    /// `FILE:LINE:COLUMN` of current-context.
    std::string where_current_context() const;

    bool empty() const noexcept;

    /// The names of the files, for messages.
    std::string sources() const;

    /// Reports what is not shaped as a kubeconfig.
    void check(config_problems& problems) const;

private:
    std::vector<std::shared_ptr<kubeconfig_file const>> files_;
};

/// The files that stand for the configuration when none is given explicitly; duplicates and empty names dropped.
std::vector<std::filesystem::path> kubeconfig_list(process_environment const& from);

}  // namespace kuberay::kube
