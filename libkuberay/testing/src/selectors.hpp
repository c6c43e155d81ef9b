#pragma once

#include "resource_kind.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

/// A label selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Empty: everything.
class label_selector {
public:
    label_selector() = default;
    /// Errors: `refusal` (400) in the words of the server.
    explicit label_selector(std::string_view text);

    bool empty() const noexcept { return requirements_.empty(); }
    bool matches(json::object const& object) const;

private:
    enum class test { in, not_in, exists, absent };

    struct requirement {
        requirement() = default;
        std::string key;
        test is{};
        std::vector<std::string> values;
    };

    void add(std::string_view part);

    std::vector<requirement> requirements_;
};

/// A field selector: `metadata.name=x,status.phase!=Running`. Empty: everything.
class field_selector {
public:
    field_selector() = default;
    /// Errors: `refusal` (400) for a field that the kind cannot be selected by.
    field_selector(std::string_view text, resource_kind const& kind);

    bool empty() const noexcept { return requirements_.empty(); }
    bool matches(json::object const& object) const;

private:
    struct requirement {
        requirement() = default;
        std::string path, value;
        bool equal = true;
    };

    std::vector<requirement> requirements_;
};

}  // namespace kuberay::testing
