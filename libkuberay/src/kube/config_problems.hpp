#pragma once

#include <string>
#include <vector>

namespace kuberay::kube {

/// Collects what is wrong with a configuration, so that everything is reported at once.
class config_problems {
public:
    /// `sentence` names the file and the entry.
    void add(std::string sentence) { sentences_.push_back(std::move(sentence)); }

    /// The same, with what the user can do about it.
    void add(std::string sentence, std::string hint);

    bool empty() const noexcept { return sentences_.empty(); }

    std::vector<std::string> const& sentences() const noexcept { return sentences_; }

    /// Throws `failure` with `errc::bad_config` when there is any problem.
    void throw_if_any() const;

private:
    std::vector<std::string> sentences_;
    std::vector<std::string> hints_;
};

/// `Did you mean "prod"?` for a near miss, else the names there are; empty without names.
std::string hint_of_names(std::string const& wanted, std::vector<std::string> const& names, std::string const& plural);

}  // namespace kuberay::kube
