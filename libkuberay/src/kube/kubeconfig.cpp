#include "kube/kubeconfig.hpp"

#include "kube/config_problems.hpp"

#include <kuberay/base/text.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>

namespace kuberay::kube {
namespace {

bool is_missing(error const& e) { return e.code() == boost::system::errc::no_such_file_or_directory; }

std::shared_ptr<kubeconfig_file const>
read(std::filesystem::path const& path, bool must_exist, process_environment const& from, config_problems& problems)
{
    result<std::string> const text = from.read(path);
    if (!text) {
        if (must_exist && is_missing(text.error()))
            problems.add(
                "the kubeconfig " + path.string() + " does not exist", "A \"~\" is expanded by the shell only."
            );
        else if (!is_missing(text.error()))
            problems.add("the kubeconfig " + path.string() + " cannot be read: " + text.error().code().message());
        return nullptr;
    }
    try {
        return std::make_shared<kubeconfig_file const>(*text, path);
    } catch (failure const& f) {
        problems.add(f.error().message(), std::string(f.error().hint()));
        return nullptr;
    }
}

}  // namespace

std::vector<std::filesystem::path> kubeconfig_list(process_environment const& from)
{
    std::vector<std::filesystem::path> list;
    std::string const variable = from.text("KUBECONFIG");
    if (variable.empty()) {
        if (!from.home.empty()) list.push_back(from.home / ".kube" / "config");
        return list;
    }
    for (auto const& name : split(variable, ':')) {
        std::filesystem::path path(name);
        if (!name.empty() && std::find(list.begin(), list.end(), path) == list.end()) list.push_back(std::move(path));
    }
    return list;
}

kubeconfig kubeconfig::load(std::string const& explicit_path, process_environment const& from)
{
    std::vector<std::filesystem::path> const list =
        explicit_path.empty() ? kubeconfig_list(from) : std::vector<std::filesystem::path>(1, explicit_path);
    config_problems problems;
    std::vector<std::shared_ptr<kubeconfig_file const>> files;
    for (auto const& path : list)
        if (auto file = read(path, !explicit_path.empty(), from, problems)) files.push_back(std::move(file));
    problems.throw_if_any();
    return kubeconfig(std::move(files));
}

kubeconfig::kubeconfig(std::vector<std::shared_ptr<kubeconfig_file const>> files)
    : files_(std::move(files))
{
}

std::optional<config_entry> kubeconfig::find(entry_kind kind, std::string_view name) const
{
    for (auto const& file : files_) {
        std::vector<std::size_t> const at = file->find(kind, name);
        if (at.empty()) continue;
        config_entry found;
        found.kind = kind;
        found.name = std::string(name);
        found.file = file;
        found.pointer = pointer_child(pointer_child(pointer_child("", list_key(kind)), at.front()), entry_word(kind));
        found.body = file->at(kind, at.front());
        found.repeated = at.size() > 1;
        return found;
    }
    return std::nullopt;
}

std::vector<std::string> kubeconfig::names(entry_kind kind) const
{
    std::vector<std::string> all;
    for (auto const& file : files_)
        for (auto& name : file->names(kind))
            if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
    return all;
}

std::string kubeconfig::current_context() const
{
    for (auto const& file : files_)
        if (std::string name = file->current_context(); !name.empty()) return name;
    return std::string();
}

std::string kubeconfig::where_current_context() const
{
    for (auto const& file : files_)
        if (!file->current_context().empty()) return file->where("/current-context");
    return sources();
}

bool kubeconfig::empty() const noexcept
{
    return std::all_of(files_.begin(), files_.end(), [](auto const& file) { return file->empty(); });
}

std::string kubeconfig::sources() const
{
    std::vector<std::string> names;
    for (auto const& file : files_)
        names.push_back(file->path().string());
    return names.empty() ? "the kubeconfig (no file was found)" : join(names, ", ");
}

void kubeconfig::check(config_problems& problems) const
{
    for (auto const& file : files_)
        file->check(problems);
}

}  // namespace kuberay::kube
