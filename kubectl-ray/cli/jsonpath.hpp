#pragma once

#include "cli/names.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// A template in kubectl's JSONPath: text, `{.a.b}`, `{['a']}`, `{.list[0]}`, `[-1]`, `[1:3]`, `[0:9:2]`, `[*]`, `.*`,
/// `[0,2]`, `{..name}`, `{.items[?(@.x=="y")].z}` (==, !=, <, <=, >, >=, or existence), `{"\n"}`,
/// `{range .items[*]}...{end}`. A value; immutable.
/// Source: k8s.io/client-go/util/jsonpath, without regular expressions.
class json_path {
public:
    /// Reads a template. Errors: `errc::bad_input` naming the place and what is wrong there.
    static result<json_path> parse(std::string_view text);

    /// The same for one path, which may stand without braces and without its leading dot (custom columns, --sort-by).
    static result<json_path> parse_relaxed(std::string_view text);

    /// The text that the template gives for `root`. What does not exist gives nothing.
    std::string print(json::value const& root) const;

    /// What the first path of the template selects, in document order. Pointers into `root`.
    std::vector<json::value const*> find(json::value const& root) const;

    struct part;

private:
    explicit json_path(std::shared_ptr<std::vector<part> const> parts);
    std::shared_ptr<std::vector<part> const> parts_;
};

/// A value as JSONPath prints it: texts bare, everything else as compact JSON. Pure.
std::string path_text(json::value const& value);

}  // namespace cli
