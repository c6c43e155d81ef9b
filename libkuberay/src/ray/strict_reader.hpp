#pragma once

#include "ray/config_tables.hpp"

#include <kuberay/base/yaml.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

/// A fault of a document and where it stands.
struct document_problem {
    yaml_mark at;
    std::string message;
};

/// Reads structs that have a `config_table` out of a document and collects what is wrong instead of stopping.
class strict_reader {
public:
    explicit strict_reader(yaml_document const& document)
        : document_(document)
    {
    }

    template <class T>
    void read(json::value const& from, T& into, std::string const& path);

    std::vector<document_problem> const& problems() const noexcept { return problems_; }

private:
    void read(json::value const& from, std::string& into, std::string const& path);
    void read(json::value const& from, bool& into, std::string const& path);
    void read(json::value const& from, std::int32_t& into, std::string const& path);
    void read(json::value const& from, json::array& into, std::string const& path);
    void read(json::value const& from, string_map& into, std::string const& path);

    template <class T>
    void read(json::value const& from, std::optional<T>& into, std::string const& path)
    {
        read(from, into.emplace(), path);
    }

    template <class T>
    void read(json::value const& from, std::vector<T>& into, std::string const& path);

    /// The members of a map whose keys are all among `known`; null (and a problem) when it is no map.
    json::object const*
    members_of(json::value const& from, std::vector<std::string> const& known, std::string const& path);
    json::array const* items_of(json::value const& from, std::string const& path);

    void wrong_type(json::value const& found, char const* expected, std::string const& path);
    void missing(std::string_view key, std::string const& path);

    yaml_document const& document_;
    std::vector<document_problem> problems_;
};

/// `worker-groups[0].cpu` for the JSON pointer `/worker-groups/0/cpu`, given the document that tells lists from maps.
std::string key_path_of(json::value const& root, std::string_view pointer);

/// The pointer for a key path whose keys hold neither dots nor brackets.
std::string pointer_of(std::string_view key_path);

template <class T>
void strict_reader::read(json::value const& from, T& into, std::string const& path)
{
    constexpr auto& keys = config_table<T>::keys;
    std::vector<std::string> known;
    std::apply([&](auto const&... row) { (known.emplace_back(row.name), ...); }, keys);
    json::object const* members = members_of(from, known, path);
    if (!members) return;
    auto const read_one = [&](auto const& row) {
        json::value const* found = members->if_contains(row.name);
        if (found)
            read(*found, into.*row.member, pointer_child(path, row.name));
        else if (row.need == presence::required)
            missing(row.name, path);
    };
    std::apply([&](auto const&... row) { (read_one(row), ...); }, keys);
}

template <class T>
void strict_reader::read(json::value const& from, std::vector<T>& into, std::string const& path)
{
    json::array const* items = items_of(from, path);
    if (!items) return;
    into.clear();
    for (std::size_t i = 0; i < items->size(); ++i)
        read((*items)[i], into.emplace_back(), pointer_child(path, i));
}

}  // namespace kuberay::ray
