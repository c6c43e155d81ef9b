#include "ray/pod_copy.hpp"
#include "ray/tar_extract.hpp"
#include "ray/tar_words.hpp"

#include <kuberay/base/text.hpp>

#include <cstdint>

namespace kuberay::ray {
namespace {

// How a path there becomes an argument of tar and a name here.
struct download_plan {
    download_plan() = default;
    std::string folder;    // tar's -C
    std::string argument;  // "./NAME", or "." for the content of `folder`
    std::string name;      // what it is called here; empty for the root
};

download_plan plan_of(std::string const& from)
{
    if (from.empty()) throw failure(errc::bad_input, "the path in the container is empty");
    std::filesystem::path const path = std::filesystem::path(from).lexically_normal();
    download_plan plan;
    std::string const last = path.filename().string();
    if (last.empty() || last == "." || last == "..") {
        // "folder/" is a folder even where it is a link to one.
        plan.folder = from;
        plan.argument = ".";
        plan.name = last.empty() ? path.parent_path().filename().string() : std::string();
        return plan;
    }
    plan.folder = path.parent_path().empty() ? std::string(".") : path.parent_path().string();
    plan.argument = "./" + last;
    plan.name = last;
    return plan;
}

std::filesystem::path target_of(download_plan const& plan, std::filesystem::path to)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(to, ignored)) return plan.name.empty() ? to : to / safe_component(plan.name);
    return to.has_filename() ? to : to.parent_path();
}

tar_extract extract_into(download_plan const& plan, std::filesystem::path const& target)
{
    extract_options options;
    options.keep_permissions = true;
    options.max_bytes = std::uint64_t(1) << 62;  // the caller asked for it, whatever its size
    options.max_files = std::uint64_t(1) << 32;
    if (plan.argument == ".") return tar_extract(safe_folder(target), options);
    options.top = plan.name;
    options.top_becomes = target.filename().string();
    std::filesystem::path const parent = target.parent_path();
    return tar_extract(safe_folder(parent.empty() ? std::filesystem::path(".") : parent), options);
}

failure not_there(std::string const& path, std::string const& said)
{
    server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = "there is no \"" + printable_line(path) + "\" in the container (" + said + ")";
    return failure(error(std::move(status)));
}

}  // namespace

task<copy_result> download(start_program start, pod_place from, std::filesystem::path to, copy_progress on_progress)
{
    download_plan const plan = plan_of(from.path);
    kube::exec_options options;
    options.command = std::vector<std::string>();
    for (char const* word : {"tar", "-cf", "-", "-C"})
        options.command.emplace_back(word);
    options.command.push_back(plan.folder);
    options.command.push_back(plan.argument);
    options.container = from.container;
    result<pod_program> const started = co_await as_result(start(from.pod, options));
    if (started.has_error()) throw failure(without_program(started.error(), "tar"));
    pod_program const tar = started.value();
    std::filesystem::path const target = target_of(plan, to);
    std::optional<tar_extract> extract;  // made with the first byte: a path that is not there makes no folder here
    tar_words words;
    for (;;) {
        result<std::optional<kube::exec_output>> const read = co_await as_result(tar.read());
        if (read.has_error()) throw failure(without_program(read.error(), "tar"));
        if (!read.value()) break;
        kube::exec_output const& piece = *read.value();
        if (piece.channel == kube::output_channel::err) {
            words.add(piece.bytes);
            continue;
        }
        if (!extract) extract.emplace(extract_into(plan, target));
        extract->push(piece.bytes);
        if (on_progress) on_progress(extract->bytes());
    }
    copy_result done;
    if (extract) {
        done.files = extract->files();
        done.bytes = extract->bytes();
        done.skipped = extract->skipped();
    }
    int const exit_code = tar.exit_code();
    std::string const said = words.summary();
    bool const missing = said.find("No such file or directory") != std::string::npos;
    if (exit_code != 0 && missing && done.files == 0) throw not_there(from.path, said);
    words.judge(exit_code, extract && extract->ended());
    for (std::string const& name : words.changed())
        done.skipped.push_back(name + ": it changed while it was read");
    co_return done;
}

task<copy_result> copy_from_pod(
    kube::client on, std::string ns, std::string pod, std::string container, std::string from, std::filesystem::path to,
    std::function<void(std::uint64_t bytes)> on_progress
)
{
    if (ns.empty()) ns = on.default_ns();
    pod_place place;
    place.pod = std::move(pod);
    place.container = std::move(container);
    place.path = std::move(from);
    return download(programs_in(on, ns), std::move(place), std::move(to), std::move(on_progress));
}

}  // namespace kuberay::ray
