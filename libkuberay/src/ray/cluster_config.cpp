#include "ray/strict_reader.hpp"

#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/validation.hpp>

#include <algorithm>
#include <tuple>

namespace kuberay::ray {
namespace {

failure bad_file(std::string const& name, std::vector<document_problem> problems)
{
    std::ranges::sort(problems, [](document_problem const& a, document_problem const& b) {
        return std::tie(a.at.line, a.at.column, a.message) < std::tie(b.at.line, b.at.column, b.message);
    });
    std::string text;
    for (auto const& p : problems) {
        if (!text.empty()) text += '\n';
        text += name + ":" + std::to_string(p.at.line) + ":" + std::to_string(p.at.column) + ": " + p.message;
    }
    return failure(errc::bad_document, std::move(text));
}

}  // namespace

cluster_config::cluster_config()
    : worker_groups{default_worker_group()}
{
}

worker_group_config default_worker_group()
{
    worker_group_config group;
    group.replicas = 1;
    group.cpu = "2";
    group.memory = "4Gi";
    return group;
}

std::string effective_image(cluster_config const& config)
{
    if (!config.image.empty()) return config.image;
    return "rayproject/ray:" + (config.ray_version.empty() ? std::string(default_ray_version) : config.ray_version);
}

std::string effective_group_name(worker_group_config const& group, std::size_t index)
{
    if (!group.name.empty()) return group.name;
    std::string const name(default_group_name);
    return index == 0 ? name : name + "-" + std::to_string(index);
}

cluster_config parse_cluster_config(std::string_view text, std::string file_name)
{
    std::vector<yaml_document> const documents = parse_yaml(text, file_name, duplicate_keys::collect);
    cluster_config config;
    if (documents.empty()) return config;
    yaml_document const& document = documents.front();
    strict_reader reader(document);
    reader.read(document.value(), config, std::string());
    std::vector<document_problem> problems = reader.problems();
    for (yaml_duplicate const& twice : document.duplicates())
        problems.push_back({twice.at, twice.message});
    validation_options options;
    options.source = config_source::file;
    for (problem const& found : validate(config, options)) {
        yaml_mark const at = document.mark_of(pointer_of(found.where));
        // The reader knew already that nothing usable stands there.
        bool const known = std::ranges::any_of(problems, [&](document_problem const& p) {
            return p.at.line == at.line && p.at.column == at.column;
        });
        if (!known) problems.push_back({at, found.where + ": " + found.message});
    }
    if (!problems.empty()) throw bad_file(file_name, std::move(problems));
    return config;
}

}  // namespace kuberay::ray
