#pragma once

#include <kuberay/base/yaml.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kuberay {

/// Where one node of a document stood, and what hangs below it. Aliases share the node of their anchor.
struct yaml_node {
    struct child {
        std::string key;  // of a map; empty in lists
        yaml_mark key_mark;
        std::uint32_t node = 0;
    };

    yaml_mark mark;
    bool quoted = false;
    std::string text;  // of a scalar
    std::vector<child> children;
};

struct yaml_document::source {
    std::string name;
    std::vector<yaml_node> nodes;  // the root is the last one
    std::vector<yaml_duplicate> duplicates;
};

/// The error "NAME:LINE:COLUMN: what".
error yaml_fault(std::string const& name, yaml_mark at, std::string const& what);

}  // namespace kuberay
