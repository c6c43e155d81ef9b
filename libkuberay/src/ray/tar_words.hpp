#pragma once

#include "ray/pod_program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// The file that a line of tar's stderr tells to have changed while it was read, or to be gone; empty for other lines.
std::string changed_file(std::string_view line);

/// What a tar that reads files says on stderr: which files changed meanwhile, and its last words.
class tar_words {
public:
    void add(std::string_view bytes);

    std::vector<std::string> const& changed() const noexcept { return changed_; }

    std::string summary() const { return tail_.summary(); }

    /// Success is a proven end and exit code 0, or 1, with which GNU tar tells that files changed while they were read.
    /// Errors: `errc::connection_lost` for an archive without end, `errc::unexpected` with what tar said.
    void judge(int exit_code, bool ended) const;

private:
    stderr_tail tail_;
    std::string line_;
    std::vector<std::string> changed_;
};

}  // namespace kuberay::ray
