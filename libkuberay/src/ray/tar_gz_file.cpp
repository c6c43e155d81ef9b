#include "ray/tar_gz_file.hpp"

#include "ray/local_tree.hpp"
#include "ray/safe_folder.hpp"
#include "ray/tar_writer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kuberay::ray {
namespace {

constexpr std::uint32_t archive_mode = 0644;

std::string top_of(std::filesystem::path const& file)
{
    std::string name = file.filename().string();
    for (std::string_view const ending : {".tar.gz", ".tgz"})
        if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
    return name;
}

}  // namespace

task<void> write_tar_gz(std::filesystem::path file, std::filesystem::path folder)
{
    auto const executor = co_await asio::this_coro::executor;
    std::filesystem::path parent = file.parent_path();
    if (parent.empty()) parent = ".";
    folder_way way;
    way.push_back(file.filename().string());
    std::unique_ptr<new_file> const out = safe_folder(parent).create(std::move(way));
    if (!out) throw failure(errc::bad_input, "\"" + file.string() + "\" is a folder");
    tree_archive tree(folder, top_of(file), compression::gzip);
    for (;;) {
        std::optional<std::string> const piece = tree.next();
        if (!piece) break;
        out->write(*piece);
        co_await asio::post(executor, asio::use_awaitable);
    }
    if (!out->commit(archive_mode)) throw failure(errc::bad_input, "\"" + file.string() + "\" is a folder");
}

}  // namespace kuberay::ray
