#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kuberay {

/// Writes scalars as libyaml's emitter does in the settings of go-yaml v2: width 80, indent 2, unicode.
class yaml_emitter {
public:
    enum class role { key, value };

    /// Begins a line at `indent` columns, unless the current one holds nothing but indentation up to there.
    void start_line(std::size_t indent);

    /// An indicator such as "-" or ":"; `opens` when a nested block may follow it on the same line.
    void indicator(std::string_view text, bool space_before, bool opens);

    /// A number, a boolean, null, [] or {}.
    void token(std::string_view text);

    /// A string in the style it needs. `indent` is that of its parent; further lines stand two columns deeper.
    void string(std::string_view text, std::size_t indent, role as);

    /// Whether `text` can stand before a ':' on one line.
    static bool is_simple_key(std::string_view text);

    /// True while the line holds only indentation and indicators that open a block.
    bool at_block_start() const { return indention_; }

    std::string take();

private:
    void put(char c);
    void put_break();
    void put_text(std::string_view text);
    void separate();
    void plain(std::string_view text, std::size_t indent, bool fold);
    void single_quoted(std::string_view text, std::size_t indent, bool fold);
    void double_quoted(std::string_view text, std::size_t indent, bool fold);
    void literal(std::string_view text, std::size_t indent);
    bool is_too_long(bool fold) const { return fold && column_ > 80; }

    std::string out_;
    std::size_t column_ = 0;
    bool whitespace_ = true;
    bool indention_ = true;
};

}  // namespace kuberay
