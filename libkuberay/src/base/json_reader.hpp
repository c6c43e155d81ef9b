#pragma once

#include <kuberay/base/error.hpp>

#include <boost/json/value.hpp>

#include <memory>
#include <string_view>

namespace kuberay {

/// `parse_json` for many small texts: keeps its working memory from one to the next. Movable.
class json_reader {
public:
    json_reader();
    json_reader(json_reader&&) noexcept;
    json_reader& operator=(json_reader&&) noexcept;
    ~json_reader();

    /// As `parse_json`.
    result<json::value> read(std::string_view text);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kuberay
