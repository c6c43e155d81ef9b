#include "ray/log_collection.hpp"
#include "ray/tar_extract.hpp"
#include "ray/tar_words.hpp"

namespace kuberay::ray {
namespace {

constexpr char const* ray_logs = "/tmp/ray/session_latest/logs/";
constexpr std::uint32_t file_mode = 0644;

// What GNU tar and that of busybox say of it.
bool lacks_folder(std::string const& said)
{
    return said.find("session_latest/logs/") != std::string::npos
           && said.find("No such file or directory") != std::string::npos;
}

// Ends the program when the whole collection has to end.
class abort_registration {
public:
    abort_registration(std::shared_ptr<collection> all, std::function<void()> abort)
        : all_(std::move(all))
        , at_(all_->aborts.insert(all_->aborts.end(), std::move(abort)))
    {
    }

    abort_registration(abort_registration const&) = delete;
    abort_registration& operator=(abort_registration const&) = delete;

    ~abort_registration() { all_->aborts.erase(at_); }

private:
    std::shared_ptr<collection> all_;
    std::list<std::function<void()>>::iterator at_;
};

}  // namespace

task<void> fetch_log(std::shared_ptr<pod_collection> of, transfer* into, kube::log_options options, std::string file)
{
    log_source const next = co_await of->all->from.open_log(of->pod.metadata.name, options);
    folder_way way;
    way.push_back(file);
    std::unique_ptr<new_file> out;
    of->write([&] { out = of->folder.create(std::move(way)); });
    if (!out) throw failure(errc::unexpected, "a folder stands in the way of \"" + file + "\"");
    for (;;) {
        std::string const piece = co_await next();
        of->all->check();
        if (piece.empty()) break;
        into->bytes += piece.size();
        if (into->bytes > of->all->options.max_pod_bytes)
            throw failure(
                errc::too_large, "the log is longer than " + std::to_string(of->all->options.max_pod_bytes) + " bytes"
            );
        of->write([&] { out->write(piece); });
        of->report();
    }
    of->write([&] { out->commit(file_mode); });
    into->files = 1;
    of->report();
}

task<void> fetch_ray_files(std::shared_ptr<pod_collection> of, transfer* into, std::vector<std::string> taken)
{
    kube::exec_options options;
    options.command = std::vector<std::string>();
    for (char const* word : {"tar", "-cf", "-", "-C", ray_logs, "."})
        options.command.emplace_back(word);
    if (!of->pod.containers.empty()) options.container = of->pod.containers.front().name;
    result<pod_program> const started = co_await as_result(of->all->from.start(of->pod.metadata.name, options));
    if (started.has_error()) throw failure(without_program(started.error(), "tar"));
    pod_program const tar = started.value();
    abort_registration const abort(of->all, tar.abort);

    extract_options limits;
    limits.max_bytes = of->all->options.max_pod_bytes;
    limits.max_files = of->all->options.max_pod_files;
    limits.taken = std::move(taken);
    tar_extract extract(of->folder, limits);
    tar_words words;
    for (;;) {
        result<std::optional<kube::exec_output>> read = co_await as_result(tar.read());
        of->all->check();
        if (read.has_error()) throw failure(without_program(read.error(), "tar"));
        if (!read.value()) break;
        kube::exec_output const& piece = *read.value();
        if (piece.channel == kube::output_channel::err) {
            words.add(piece.bytes);
            continue;
        }
        of->write([&] { extract.push(piece.bytes); });
        into->files = extract.files();
        into->bytes = extract.bytes();
        of->report();
    }
    into->skipped = extract.skipped();
    if (extract.files() == 0 && tar.exit_code() > 1 && lacks_folder(words.summary()))
        throw failure(
            errc::unexpected, std::string("there is no folder ") + ray_logs + " in the container; did Ray start there?"
        );
    words.judge(tar.exit_code(), extract.ended());
    into->changed = words.changed();
}

}  // namespace kuberay::ray
