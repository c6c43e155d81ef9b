#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace kuberay::kube {

/// meta.k8s.io/v1 Table: the columns the server prints for a resource.
struct table_column {
    table_column() = default;
    std::string name, type, format;
    int priority = 0;  ///< above 0: only in wide output
};

struct table_row {
    table_row() = default;
    std::vector<boost::json::value> cells;
    boost::json::value object;  ///< PartialObjectMetadata or the object, as asked for; null otherwise
};

struct table {
    table() = default;
    std::vector<table_column> columns;
    std::vector<table_row> rows;
    std::string resource_version;
};

enum class table_content { none, metadata, object };

}  // namespace kuberay::kube
