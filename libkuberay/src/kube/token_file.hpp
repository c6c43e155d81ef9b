#pragma once

#include "kube/credentials.hpp"

#include <filesystem>
#include <functional>

namespace kuberay::kube {

/// A bearer token in a file that somebody else renews (mounted service account tokens, `tokenFile`).
///
/// Read again after 50 s, or when the server refused it; the last good token is kept while the file cannot be read.
/// The file's token wins over an inline one. Source: client-go transport/token_source.go (a minute less 10 s leeway).
class token_file_source final : public credential_source {
public:
    using file_reader = std::function<result<std::string>(std::filesystem::path const&)>;

    token_file_source(std::filesystem::path path, std::string const& inline_token, wall_clock now, file_reader read);

    task<credential_ptr> get() override;
    bool renew(credential_ptr const& refused) override;

private:
    void read_again();

    std::filesystem::path path_;
    wall_clock now_;
    file_reader read_;
    credential_ptr current_;
    timestamp stale_at_{};
    error last_error_;
};

}  // namespace kuberay::kube
