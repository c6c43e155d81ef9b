#pragma once

#include "cli/names.hpp"
#include "cli/stream.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Rows of text in columns as kubectl lays them out: every column but the last padded to its longest cell and 3 more, at
/// least 6 in all; widths count code points. Keeps the cells only, packed.
class table {
public:
    explicit table(std::vector<std::string> header);

    /// One row, a cell for each column of the header. Cells are cut at their first line end and made safe for a terminal.
    /// `key` is what `sort` goes by.
    void add(std::vector<std::string> const& cells, json::value key = json::value());

    bool empty() const noexcept { return starts_.empty(); }

    /// Orders the rows by their keys, equal ones as they came.
    void sort();

    void print(sink& to, bool with_header) const;

    /// One more line, for a row that comes after `print`; its columns are as wide as all rows so far need.
    std::string line(std::vector<std::string> const& cells);

private:
    void write_row(std::string& into, std::string_view cells) const;
    std::string pack(std::vector<std::string> const& cells);

    std::vector<std::string> header_;
    std::vector<std::size_t> widths_;
    std::string packed_;               // cells, each ended by a NUL
    std::vector<std::size_t> starts_;  // of the rows, in printing order
    std::vector<json::value> keys_;    // one for each row, or none
};

/// A cell as it is shown: cut at its first form feed, newline or carriage return (then `...`), safe for a terminal. Pure.
std::string shown_cell(std::string_view text);

/// Order of two sort keys: null first, then false, true, numbers, texts (digit runs as numbers), the rest equal.
/// Negative, zero or positive. Pure.
int compare_keys(json::value const& a, json::value const& b);

/// The positions of the keys in their order, equal ones as they came. Pure.
std::vector<std::size_t> sorted_order(std::vector<json::value> const& keys);

}  // namespace cli
