#include "schema.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>
#include <functional>
#include <utility>

namespace kuberay::testing {

namespace {

using type = schema::type;

type type_named(std::string_view name)
{
    if (name == "string" || name == "time") return type::string;
    if (name == "int") return type::integer;
    if (name == "number") return type::number;
    if (name == "bool") return type::boolean;
    if (name == "quantity") return type::quantity;
    return type::any;
}

json::value default_from(type is, std::string_view text)
{
    if (is == type::boolean) return json::value(text == "true");
    if (is == type::string) return json::value(text);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return json::value(number);
}

void read_scalar(std::string_view notation, schema& into)
{
    if (notation.starts_with("enum:")) {
        into.is = type::string;
        notation.remove_prefix(5);
        while (!notation.empty()) {
            std::size_t const bar = std::min(notation.find('|'), notation.size());
            into.values.emplace_back(notation.substr(0, bar));
            notation.remove_prefix(std::min(bar + 1, notation.size()));
        }
        return;
    }
    if (std::size_t const bound = notation.find('>'); bound != std::string_view::npos) {
        into.minimum = default_from(type::integer, notation.substr(bound + 1)).as_int64();
        notation = notation.substr(0, bound);
    }
    std::size_t const equals = notation.find('=');
    into.is = type_named(notation.substr(0, equals));
    if (equals != std::string_view::npos) into.default_value = default_from(into.is, notation.substr(equals + 1));
}

std::string_view name_of(json::value const& value)
{
    switch (value.kind()) {
    case json::kind::object: return "object";
    case json::kind::array: return "array";
    case json::kind::string: return "string";
    case json::kind::bool_: return "boolean";
    case json::kind::double_: return "number";
    case json::kind::null: return "null";
    default: return "integer";
    }
}

bool is_integer(json::value const& value)
{
    if (value.is_int64() || value.is_uint64()) return true;
    return value.is_double()
           && value.get_double() == static_cast<double>(static_cast<std::int64_t>(value.get_double()));
}

bool fits(json::value const& value, type is)
{
    switch (is) {
    case type::any: return true;
    case type::object:
    case type::map: return value.is_object();
    case type::list: return value.is_array();
    case type::string: return value.is_string();
    case type::integer: return is_integer(value);
    case type::number: return value.is_number();
    case type::boolean: return value.is_bool();
    case type::quantity: return value.is_string() || is_integer(value);
    }
    return true;
}

std::string_view wanted_name(type is)
{
    switch (is) {
    case type::object:
    case type::map: return "object";
    case type::list: return "array";
    case type::integer: return "integer";
    case type::number: return "number";
    case type::boolean: return "boolean";
    default: return "string";
    }
}

std::string child(std::string const& path, std::string_view name)
{
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string item(std::string const& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

void prune_at(json::value& value, schema const& by, std::string const& path, std::vector<std::string>& removed)
{
    if (by.is == type::object && value.is_object()) {
        json::object& object = value.get_object();
        std::vector<std::string> unknown;
        for (auto& [key, field] : object) {
            auto const known = by.fields.find(std::string_view(key));
            if (known != by.fields.end())
                prune_at(field, *known->second, child(path, key), removed);
            else if (!by.keeps_unknown)
                unknown.emplace_back(key);
        }
        for (std::string const& key : unknown) {
            object.erase(key);
            removed.push_back(child(path, key));
        }
    } else if (by.is == type::map && value.is_object() && by.element) {
        for (auto& [key, field] : value.get_object())
            prune_at(field, *by.element, child(path, key), removed);
    } else if (by.is == type::list && value.is_array() && by.element) {
        for (std::size_t i = 0; i < value.get_array().size(); ++i)
            prune_at(value.get_array()[i], *by.element, item(path, i), removed);
    }
}

std::string quoted_list(std::vector<std::string> const& values)
{
    std::string text;
    for (std::string const& value : values)
        text += (text.empty() ? "\"" : ", \"") + value + "\"";
    return text;
}

void validate_scalar(
    json::value const& value, schema const& by, std::string const& path, std::vector<refusal_cause>& found
)
{
    if (!by.values.empty() && value.is_string()) {
        std::string_view const text = value.get_string();
        for (std::string const& allowed : by.values)
            if (allowed == text) return;
        found.emplace_back(
            "FieldValueNotSupported",
            "Unsupported value: " + json::serialize(value) + ": supported values: " + quoted_list(by.values), path
        );
    } else if (by.minimum && value.is_int64() && value.get_int64() < *by.minimum) {
        std::string const number = std::to_string(value.get_int64());
        found.emplace_back(
            "FieldValueInvalid",
            "Invalid value: " + number + ": " + path + " in body should be greater than or equal to "
                + std::to_string(*by.minimum),
            path
        );
    }
}

void validate_at(json::value const& value, schema const& by, std::string const& path, std::vector<refusal_cause>& found)
{
    if (!fits(value, by.is)) {
        std::string const is = "\"" + std::string(name_of(value)) + "\"";
        found.emplace_back(
            "FieldValueTypeInvalid",
            "Invalid value: " + is + ": " + path + " in body must be of type " + std::string(wanted_name(by.is)) + ": "
                + is,
            path
        );
        return;
    }
    if (by.is == type::object) {
        json::object const& object = value.get_object();
        for (std::string const& name : by.required)
            if (!object.contains(name)) found.emplace_back("FieldValueRequired", "Required value", child(path, name));
        for (auto const& [key, field] : object)
            if (auto const known = by.fields.find(std::string_view(key)); known != by.fields.end())
                validate_at(field, *known->second, child(path, key), found);
    } else if (by.is == type::map && by.element) {
        for (auto const& [key, field] : value.get_object())
            validate_at(field, *by.element, child(path, key), found);
    } else if (by.is == type::list && by.element) {
        for (std::size_t i = 0; i < value.get_array().size(); ++i)
            validate_at(value.get_array()[i], *by.element, item(path, i), found);
    } else {
        validate_scalar(value, by, path, found);
    }
}

std::string typing_fault_at(json::value const& value, schema const& by, std::string const& path)
{
    if (value.is_null()) return std::string();
    if (!fits(value, by.is)) {
        std::string const wanted = by.is == type::object || by.is == type::map       ? "map"
                                   : by.is == type::list                             ? "list"
                                   : by.is == type::integer || by.is == type::number ? "numeric"
                                                                                     : std::string(wanted_name(by.is));
        return path + ": expected " + wanted + ", got &value.valueUnstructured{Value:" + json::serialize(value) + "}";
    }
    if (by.is == type::object || by.is == type::map) {
        for (auto const& [key, field] : value.get_object()) {
            std::string const at = path + "." + std::string(key);
            auto const known = by.fields.find(std::string_view(key));
            schema const* of = known != by.fields.end() ? known->second.get() : by.element.get();
            if (!of && !by.keeps_unknown) return at + ": field not declared in schema";
            if (of)
                if (std::string fault = typing_fault_at(field, *of, at); !fault.empty()) return fault;
        }
    } else if (by.is == type::list && by.element) {
        for (std::size_t i = 0; i < value.get_array().size(); ++i)
            if (std::string fault = typing_fault_at(value.get_array()[i], *by.element, item(path, i)); !fault.empty())
                return fault;
    }
    return std::string();
}

}  // namespace

std::shared_ptr<schema const> read_schema(json::value const& notation, json::object const& named)
{
    auto made = std::make_shared<schema>();
    if (notation.is_string()) {
        std::string_view const text = notation.get_string();
        if (text.starts_with("$")) return read_schema(named.at(text.substr(1)), named);
        read_scalar(text, *made);
    } else if (notation.is_array()) {
        made->is = type::list;
        made->element = read_schema(notation.get_array().at(0), named);
    } else {
        made->is = type::object;
        for (auto const& [key, field] : notation.as_object()) {
            std::string name(key);
            if (name == "*") {
                made->is = type::map;
                made->element = read_schema(field, named);
                continue;
            }
            if (name == "~") {
                made->keeps_unknown = true;
                continue;
            }
            if (name.ends_with("!")) {
                name.pop_back();
                made->required.push_back(name);
            }
            made->fields[name] = read_schema(field, named);
        }
    }
    return made;
}

std::vector<std::string> prune(json::value& value, schema const& by)
{
    std::vector<std::string> removed;
    prune_at(value, by, std::string(), removed);
    return removed;
}

void set_defaults(json::value& value, schema const& by)
{
    if (by.is == type::object && value.is_object()) {
        json::object& object = value.get_object();
        for (auto const& [name, field] : by.fields) {
            json::value* there = object.if_contains(name);
            // A null where a default exists is replaced by it, as the server does.
            if ((!there || there->is_null()) && field->default_value)
                object[name] = *field->default_value;
            else if (there)
                set_defaults(*there, *field);
        }
    } else if (by.is == type::map && value.is_object() && by.element) {
        for (auto& [key, field] : value.get_object())
            set_defaults(field, *by.element);
    } else if (by.is == type::list && value.is_array() && by.element) {
        for (json::value& one : value.get_array())
            set_defaults(one, *by.element);
    }
}

std::vector<refusal_cause> validate(json::value const& value, schema const& by)
{
    std::vector<refusal_cause> found;
    validate_at(value, by, std::string(), found);
    return found;
}

std::string typing_fault(json::value const& value, schema const& by)
{
    return typing_fault_at(value, by, std::string());
}

}  // namespace kuberay::testing
