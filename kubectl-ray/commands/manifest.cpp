#include "commands/manifest.hpp"

#include "cli/quote.hpp"

#include <kuberay/base/file.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/kube/discovery.hpp>

#include <algorithm>
#include <filesystem>

namespace cli::commands {
namespace {

namespace fs = std::filesystem;

bool is_manifest_file(fs::path const& path)
{
    std::string const extension = path.extension().string();
    return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

std::vector<std::string> files_in(std::string const& directory)
{
    std::error_code code;
    std::vector<std::string> files;
    for (fs::directory_iterator at(directory, code), end; !code && at != end; at.increment(code))
        if (is_manifest_file(at->path())) files.push_back(at->path().string());
    if (code) throw failure(error(kuberay::error_code(code), "reading the directory " + in_quotes(directory)));
    std::sort(files.begin(), files.end());
    if (files.empty())
        throw failure(errc::bad_input, "the directory " + in_quotes(directory) + " holds no .yaml, .yml or .json file");
    return files;
}

std::string text_of(context const& on, std::string const& path)
{
    if (path == "-") return on.in().read_all();
    result<std::string> text = kuberay::read_file(path);
    if (text.has_error()) throw failure(text.error().with_context("reading " + in_quotes(path)));
    return std::move(*text);
}

void add_object(json::value const& value, std::string const& where, std::vector<manifest>& into)
{
    json::object const* const object = value.if_object();
    if (!object) throw failure(errc::bad_document, where + ": this is no Kubernetes object");
    manifest made;
    made.object = *object;
    made.where = where;
    if (json::value const* const items = object->if_contains("items");
        items && items->is_array() && made.kind().ends_with("List")) {
        for (json::value const& item : items->get_array())
            add_object(item, where, into);
        return;
    }
    for (char const* field : {"apiVersion", "kind", "metadata.name"})
        if (kuberay::string_at(value, field).empty())
            throw failure(errc::bad_document, where + ": " + field + " is missing");
    if (!kuberay::is_safe_path_segment(made.name()))
        throw failure(errc::bad_document, where + ": " + in_quotes(made.name()) + " cannot be a name");
    into.push_back(std::move(made));
}

}  // namespace

std::string manifest::kind() const { return std::string(kuberay::string_at(object, "kind")); }

std::string manifest::name() const { return std::string(kuberay::string_at(object, "metadata.name")); }

std::string manifest::str() const { return kuberay::to_lower(kind()) + "/" + name(); }

std::vector<manifest> read_manifests(context const& on, std::vector<std::string> const& paths)
{
    std::vector<std::string> files;
    for (std::string const& path : paths) {
        std::error_code ignored;
        if (path == "-" || !fs::is_directory(path, ignored)) {
            files.push_back(path);
            continue;
        }
        std::vector<std::string> const inside = files_in(path);
        files.insert(files.end(), inside.begin(), inside.end());
    }
    std::vector<manifest> all;
    for (std::string const& file : files)
        for (kuberay::yaml_document const& document :
             kuberay::parse_yaml(text_of(on, file), file == "-" ? "<stdin>" : file))
            add_object(document.value(), document.where(""), all);
    if (all.empty()) throw failure(errc::bad_input, "there is no object in " + kuberay::join(paths, ", "));
    return all;
}

task<kube::api_core> place_of(context on, manifest of)
{
    std::string const api_version(kuberay::string_at(of.object, "apiVersion"));
    std::optional<kube::resource_type> const type = co_await kube::find_kind(on.client(), api_version, of.kind());
    if (!type)
        throw failure(error(errc::bad_input, of.where + ": the server knows no " + of.kind() + " in " + api_version)
                          .with_hint("is the CRD installed? " + on.program() + " doctor tells"));
    if (type->scope == kube::scope::cluster) co_return kube::api_core(on.client(), *type, std::string());
    std::string ns(kuberay::string_at(of.object, "metadata.namespace"));
    std::string const& wanted = on.globals().load.ns;
    if (!ns.empty() && !wanted.empty() && ns != wanted)
        throw failure(error(
                          errc::bad_input, of.where + ": " + of.str() + " says namespace " + in_quotes(ns)
                                               + ", but flag -n, --namespace says " + in_quotes(wanted)
        )
                          .with_hint("leave one of the two out"));
    if (ns.empty()) ns = on.ns();
    co_return kube::api_core(on.client(), *type, ns);
}

}  // namespace cli::commands
