#pragma once

#include <kuberay/base/error.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay {

/// How `to_yaml` orders keys.
struct yaml_style {
    yaml_style() = default;
    bool sort_keys = true;  ///< natural order (digit runs as numbers); false: the order given
};

/// Block style YAML as kubectl prints it, with a newline at the end (behaviour of sigs.k8s.io/yaml).
std::string to_yaml(json::value const& value, yaml_style style = yaml_style());

/// A place in a text; both count from 1.
struct yaml_mark {
    std::size_t line = 1;
    std::size_t column = 1;
};

/// One YAML document: its value, and where each part of it stood in the source. A handle; copies share.
///
/// Paths are JSON pointers (RFC 6901): the empty path is the root, `/spec/groups/0/name` a part of it. Thread safety:
/// immutable; share freely.
class yaml_document {
public:
    struct source;

    yaml_document(json::value value, std::shared_ptr<source const> from);

    json::value const& value() const noexcept { return value_; }

    /// The name given to `parse_yaml`.
    std::string const& name() const noexcept;

    /// Where the value at `path` begins; for a path that does not exist, where the nearest part above it begins.
    yaml_mark mark_of(std::string_view path) const;

    /// Where the key that leads to `path` begins; like `mark_of` when the path ends in no key.
    yaml_mark key_mark_of(std::string_view path) const;

    /// `NAME:LINE:COLUMN` of `mark_of(path)`, for messages.
    std::string where(std::string_view path) const;

    /// `NAME:LINE:COLUMN` of `key_mark_of(path)`, for messages.
    std::string where_key(std::string_view path) const;

    /// The scalar at `path` as it was written, without its quotes (`02`, `1.50`, `yes`); empty when there is none.
    std::string_view text_of(std::string_view path) const;

    /// The keys given twice, in the order of the text; only after `duplicate_keys::collect`.
    std::vector<struct yaml_duplicate> const& duplicates() const noexcept;

    /// True when the scalar at `path` was quoted (or a block scalar), so that it is a string whatever it looks like.
    bool is_quoted(std::string_view path) const;

private:
    json::value value_;
    std::shared_ptr<source const> source_;
};

/// A key that a map holds already; the value given first counts.
struct yaml_duplicate {
    yaml_mark at;
    std::string message;
};

/// Appends one reference token to a JSON pointer, escaping `~` and `/`.
std::string pointer_child(std::string_view path, std::string_view key);
std::string pointer_child(std::string_view path, std::size_t index);

/// What becomes of a key given twice: it ends the reading, or is kept for `yaml_document::duplicates`.
enum class duplicate_keys { refuse, collect };

/// Reads YAML into JSON values, one per document; documents without content are left out, as kubectl does.
///
/// Plain scalars follow YAML 1.1 as sigs.k8s.io/yaml reads it: `yes`, `on`, `0o17`, `017`, `0x1f`, `1_000`, `~`. Keys
/// become strings. Anchors, aliases and `<<` are resolved; what they expand to is bounded. `name` stands for the text
/// in messages (a file name, `<stdin>`). Limits: 16 MiB, 100 levels.
/// Errors: throws `failure`: `errc::bad_document` with `NAME:LINE:COLUMN: ...` for bad syntax, a key given twice, an
/// unknown alias, too deep or too large an expansion; `errc::too_large` for a text beyond the limit.
std::vector<yaml_document>
parse_yaml(std::string_view text, std::string name, duplicate_keys duplicates = duplicate_keys::refuse);

}  // namespace kuberay
