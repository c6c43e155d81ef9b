#pragma once

#include "cli/jsonpath.hpp"

#include <cstdint>
#include <optional>

namespace cli {

struct path_step;
using path_steps = std::vector<path_step>;

/// One side of a filter: a path from the candidate (`@`) or the root (`$`), or a constant.
struct path_operand {
    path_operand() = default;
    bool is_path = false, from_root = false;
    std::shared_ptr<path_steps const> path;
    json::value constant;
};

enum class path_comparison { exists, equal, unequal, less, less_equal, greater, greater_equal };

struct path_filter {
    path_filter() = default;
    path_operand left, right;
    path_comparison comparison = path_comparison::exists;
};

struct path_slice {
    path_slice() = default;
    std::optional<std::int64_t> from, to;
    std::int64_t step = 1;
};

/// One step of a path: exactly one of the members counts, by `kind`.
struct path_step {
    enum class kind { field, wildcard, descend, indexes, names, slice, filter };

    path_step() = default;
    path_step::kind what = kind::field;
    std::string name;                   ///< field
    std::vector<std::int64_t> indexes;  ///< [0,2]
    std::vector<std::string> names;     ///< ['a','b']
    path_slice slice;
    std::shared_ptr<path_filter const> filter;
};

struct json_path::part {
    enum class kind { text, path, range };

    part() = default;
    part::kind what = kind::text;
    std::string text;
    bool from_root = false;  ///< `$`, which inside a range still is the whole document
    path_steps steps;
    std::vector<part> body;  ///< of a range
};

}  // namespace cli
