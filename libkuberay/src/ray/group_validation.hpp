#pragma once

#include <kuberay/ray/validation.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// Collects problems under the names that the source of the config has for its values.
class problem_list {
public:
    explicit problem_list(validation_options options)
        : options_(options)
    {
    }

    validation_options const& options() const noexcept { return options_; }
    bool from_flags() const noexcept { return options_.source == config_source::flags; }

    /// `flag` and `key` are the two names of one value.
    std::string name(std::string_view flag, std::string_view key) const;

    void add(std::string where, std::string message) { found_.emplace_back(std::move(where), std::move(message)); }

    /// An empty text passes.
    void check_amount(std::string const& where, std::string const& text);

    /// `text` must be one of `words`, in any case; an empty text passes.
    void check_word(std::string const& where, std::string const& text, std::vector<std::string> const& words);

    std::vector<problem> take() { return std::move(found_); }

private:
    validation_options options_;
    std::vector<problem> found_;
};

/// The checks of one group. `index` is its place; its flags carry the prefix `--worker-` or belong to --worker-group.
void check_group(problem_list& problems, worker_group_config const& group, std::size_t index);

}  // namespace kuberay::ray
