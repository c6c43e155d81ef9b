#include "ray/config_tables.hpp"

#include <kuberay/base/text.hpp>

#include <limits>

namespace kuberay::ray {
namespace {

template <class T>
struct schema_of;

json::object of_type(std::string_view type)
{
    json::object schema;
    schema.emplace("type", type);
    return schema;
}

// Text that YAML may read as a number or a boolean is taken as it is written.
json::object of_text()
{
    json::object schema;
    schema.emplace("type", json::array{"string", "number", "boolean"});
    return schema;
}

json::object list_of(json::object items)
{
    json::object schema = of_type("array");
    schema.emplace("items", std::move(items));
    return schema;
}

template <>
struct schema_of<std::string> {
    static json::object make() { return of_text(); }
};

template <>
struct schema_of<bool> {
    static json::object make() { return of_type("boolean"); }
};

template <>
struct schema_of<std::int32_t> {
    static json::object make()
    {
        json::object schema = of_type("integer");
        schema.emplace("minimum", 0);
        schema.emplace("maximum", std::numeric_limits<std::int32_t>::max());
        return schema;
    }
};

template <>
struct schema_of<string_map> {
    static json::object make()
    {
        json::object schema = of_type("object");
        schema.emplace("additionalProperties", of_text());
        return schema;
    }
};

template <>
struct schema_of<json::array> {
    static json::object make() { return list_of(of_type("object")); }
};

template <class T>
struct schema_of<std::optional<T>> {
    static json::object make() { return schema_of<T>::make(); }
};

template <class T>
struct schema_of<std::vector<T>> {
    static json::object make() { return list_of(schema_of<T>::make()); }
};

template <class Owner, class Member>
json::object schema_of_key(config_key<Owner, Member> const& row)
{
    json::object schema = schema_of<Member>::make();
    if (!row.words.empty()) {
        schema["type"] = "string";
        json::array allowed;
        for (std::string const& word : split(row.words, ' '))
            allowed.emplace_back(word);
        schema.emplace("enum", std::move(allowed));
    }
    schema.emplace("description", row.about);
    return schema;
}

template <class T>
struct schema_of {
    static json::object make()
    {
        json::object properties;
        json::array required;
        auto const add = [&](auto const& row) {
            properties.emplace(row.name, schema_of_key(row));
            if (row.need == presence::required) required.emplace_back(row.name);
        };
        std::apply([&](auto const&... row) { (add(row), ...); }, config_table<T>::keys);
        json::object schema = of_type("object");
        schema.emplace("properties", std::move(properties));
        if (!required.empty()) schema.emplace("required", std::move(required));
        schema.emplace("additionalProperties", false);
        return schema;
    }
};

}  // namespace

json::object cluster_config_json_schema()
{
    json::object schema;
    schema.emplace("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.emplace("title", "Config file of kubectl ray create cluster");
    for (auto& member : schema_of<cluster_config>::make())
        schema.emplace(member.key(), std::move(member.value()));
    return schema;
}

}  // namespace kuberay::ray
