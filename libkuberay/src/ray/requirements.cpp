#include "ray/requirements.hpp"

#include "ray/ignore_patterns.hpp"

#include <kuberay/base/file.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/array.hpp>

#include <set>

namespace kuberay::ray {
namespace {

namespace json = boost::json;

constexpr std::size_t max_file = std::size_t(4) << 20;
constexpr int setup_timeout = 600;

std::string read(json::string const& path)
{
    result<std::string> text = read_file(std::filesystem::path(std::string_view(path)), max_file);
    if (!text) throw failure(text.error());
    return std::move(*text);
}

json::array unique(json::array const& packages)
{
    std::set<std::string_view> seen;
    json::array kept;
    for (json::value const& one : packages)
        if (seen.insert(one.get_string()).second) kept.push_back(one);
    return kept;
}

json::array lines_of(json::string const& path)
{
    std::string const text = read(path);
    json::array lines;
    for (std::string const& line : ignore_lines(trim(text)))
        lines.emplace_back(line);
    return lines;
}

json::object resolve_packages(json::value const& value, std::string const& flag)
{
    json::object made;
    if (value.is_object())
        made = value.get_object();
    else
        made["packages"] = value;
    json::value& packages = made["packages"];
    if (packages.is_string()) {
        json::array lines = lines_of(packages.get_string());
        packages = std::move(lines);
    }
    packages = unique(packages.get_array());
    if (packages.get_array().empty()) return {};
    if (!made.contains(flag)) made[flag] = false;
    return made;
}

}  // namespace

json::object resolve_pip(json::value const& value) { return resolve_packages(value, "pip_check"); }

json::object resolve_uv(json::value const& value)
{
    json::object made = resolve_packages(value, "uv_check");
    if (!made.empty() && !made.contains("uv_pip_install_options"))
        made["uv_pip_install_options"] = json::array{"--no-cache"};
    return made;
}

json::value resolve_conda(json::value const& value)
{
    if (!value.is_string()) return value;
    json::string const& text = value.get_string();
    std::filesystem::path const path{std::string_view(text)};
    if (path.extension() == ".yaml" || path.extension() == ".yml") {
        std::vector<yaml_document> const documents = parse_yaml(read(text), path.string());
        if (documents.size() != 1 || !documents.front().value().is_object())
            throw failure(errc::bad_input, "\"" + printable_line(path.string()) + "\" holds no conda environment");
        return documents.front().value();
    }
    std::error_code ignored;
    if (path.is_absolute() && !std::filesystem::is_directory(path, ignored))
        throw failure(errc::bad_input, "\"" + printable_line(path.string()) + "\" is no folder");
    return value;
}

json::object resolve_config(json::object const& value)
{
    json::object made = value;
    if (!made.contains("setup_timeout_seconds")) made["setup_timeout_seconds"] = setup_timeout;
    if (!made.contains("eager_install")) made["eager_install"] = true;
    json::value& files = made["log_files"];
    if (files.is_null()) files = json::array();
    return made;
}

}  // namespace kuberay::ray
