#include "kube/exec_entry.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/array.hpp>

namespace kuberay::kube {
namespace {

constexpr std::string_view api_group = "client.authentication.k8s.io/";

void check_version(entry_reader const& exec, exec_plugin const& plugin)
{
    std::string const& version = plugin.api_version;
    if (version.empty()) {
        exec.complain("apiVersion", "exec has no apiVersion", "Set client.authentication.k8s.io/v1.");
    } else if (version == std::string(api_group) + "v1alpha1") {
        exec.complain(
            "apiVersion", "exec apiVersion " + version + " is no longer supported",
            "Update the plugin, and set client.authentication.k8s.io/v1 or v1beta1."
        );
    } else if (version != std::string(api_group) + "v1" && version != std::string(api_group) + "v1beta1") {
        exec.complain(
            "apiVersion", "exec apiVersion " + printable_line(version) + " is not known",
            "Known are client.authentication.k8s.io/v1 and v1beta1."
        );
    }
}

void read_mode(entry_reader const& exec, exec_plugin& plugin)
{
    plugin.interactive_mode = exec.text("interactiveMode");
    if (plugin.interactive_mode.empty()) {
        if (plugin.api_version == std::string(api_group) + "v1") {
            exec.complain(
                "interactiveMode", "exec with apiVersion " + plugin.api_version + " must have interactiveMode",
                "Set Never, IfAvailable or Always."
            );
        }
        plugin.interactive_mode = "IfAvailable";
    }
    if (plugin.interactive_mode != "Never" && plugin.interactive_mode != "IfAvailable"
        && plugin.interactive_mode != "Always") {
        exec.complain(
            "interactiveMode", "exec interactiveMode " + printable_line(plugin.interactive_mode) + " is not known",
            "Known are Never, IfAvailable and Always."
        );
    }
}

std::string string_of(json::value const& value)
{
    json::string const* text = value.if_string();
    return text ? std::string(text->data(), text->size()) : std::string();
}

void read_args(entry_reader const& exec, exec_plugin& plugin)
{
    json::array const* args = exec.array("args");
    if (!args) return;
    for (auto const& arg : *args) {
        if (arg.is_string())
            plugin.args.push_back(string_of(arg));
        else
            exec.complain("args", "exec args must be strings", "Put numbers and true/false in quotes.");
    }
}

void read_env(entry_reader const& exec, exec_plugin& plugin)
{
    json::array const* env = exec.array("env");
    if (!env) return;
    for (auto const& item : *env) {
        json::object const* pair = item.if_object();
        json::value const* name = pair ? pair->if_contains("name") : nullptr;
        json::value const* value = pair ? pair->if_contains("value") : nullptr;
        std::string key = name ? string_of(*name) : std::string();
        if (key.empty())
            exec.complain("env", "exec has an env entry without name");
        else if (value && !value->is_string() && !value->is_null())
            exec.complain("env", "exec env " + printable_line(key) + " must be a string", "Put it in quotes.");
        else
            plugin.env.emplace_back(std::move(key), value ? string_of(*value) : std::string());
    }
}

// A command without separator is looked up in PATH; another is relative to the kubeconfig (client-go).
std::string command_of(entry_reader const& exec)
{
    std::string const command = exec.text("command");
    if (command.empty()) {
        exec.complain("command", "exec has no command");
        return command;
    }
    if (command.find('/') == std::string::npos) return command;
    return exec.path("command").string();
}

}  // namespace

std::optional<exec_plugin> read_exec(entry_reader const& user)
{
    if (!user.has("exec")) return std::nullopt;
    entry_reader const exec = user.inner("exec");
    if (!exec.exists()) return std::nullopt;
    exec_plugin plugin;
    plugin.api_version = exec.text("apiVersion");
    plugin.command = command_of(exec);
    plugin.install_hint = printable(exec.text("installHint"));
    plugin.provide_cluster_info = exec.flag("provideClusterInfo");
    check_version(exec, plugin);
    read_mode(exec, plugin);
    read_args(exec, plugin);
    read_env(exec, plugin);
    return plugin;
}

}  // namespace kuberay::kube
