#include "commands/commands.hpp"

namespace cli::commands {
namespace {

constexpr command_node get_words[] = {
    {"cluster", "clusters raycluster rayclusters", "Show Ray clusters.", make_get_cluster},
};

constexpr command_node create_words[] = {
    {"cluster", "raycluster", "Create a Ray cluster.", make_create_cluster},
};

constexpr command_node cluster_words[] = {
    {"create", "", "Create a Ray cluster.", make_create_cluster},
    {"delete", "", "Delete Ray clusters.", make_delete_cluster},
    {"get", "", "Show Ray clusters.", make_get_cluster},
    {"list", "ls", "Show Ray clusters.", make_get_cluster},
};

constexpr command_node words[] = {
    {"cluster", "clusters", "Work with Ray clusters, noun first.", nullptr, cluster_words},
    {"completion", "", "Print a script that completes commands in your shell.", make_completion},
    {"create", "", "Create Ray resources.", nullptr, create_words},
    {"delete", "", "Delete Ray clusters, jobs and services.", make_delete},
    {"get", "list", "Show Ray resources.", nullptr, get_words},
    {"version", "", "Show the version of the plugin and of the KubeRay operator.", make_version},
};

constexpr command_node top = {"kubectl ray", "", "Work with Ray clusters on Kubernetes.", nullptr, words};

}  // namespace

command_node const& root() { return top; }

}  // namespace cli::commands
