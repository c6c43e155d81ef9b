#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::ray {

/// A compiled pattern for paths: the regular expressions that pathspec makes, and no others. Characters are code points;
/// bytes that are no UTF-8 stand for themselves. Takes time proportional to pattern and path.
class wildmatch {
public:
    /// The characters of a bracket expression; a path separator can be among them.
    struct character_set {
        std::vector<std::pair<char32_t, char32_t>> ranges;
        bool negated = false;
        bool holds(char32_t letter) const noexcept;
    };

    void add_text(std::string_view bytes);  ///< exactly these
    void add_one();                         ///< one character but '/'
    void add_set(character_set set);        ///< one of these
    void add_some();                        ///< any number of characters but '/'
    void add_leading_folders();             ///< "" or a path that ends in '/'
    void add_inner_folders();               ///< "" or '/' and a path
    void add_below();                       ///< "" or '/' and anything
    void add_anything(std::size_t least);   ///< any characters, at least 0 or 1

    bool matches(std::string_view path) const;

private:
    enum class action : std::uint8_t { text, one, set, any, loop_one, loop_any, fork };
    struct step {
        action what;
        std::size_t number = 0;  // which text or set; for a fork, the other step to go on with
        std::size_t branch = 0;  // which fork or loop
    };

    struct run;
    void add_step(action what, std::size_t number = 0);
    void add_bare_text(std::string_view bytes);
    bool ends_with(action what) const noexcept;

    std::vector<step> steps_;
    std::vector<std::string> texts_;
    std::vector<character_set> sets_;
    std::string needed_;     // a text that every match holds
    std::size_t least_ = 0;  // bytes of the shortest match
    std::size_t branches_ = 0;
    std::size_t joined_ = 0;     // steps before this one take no more text: something jumps behind them
    std::size_t inner_end_ = 0;  // behind the last inner folders
};

}  // namespace kuberay::ray
