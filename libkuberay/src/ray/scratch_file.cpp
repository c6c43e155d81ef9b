#include "ray/scratch_file.hpp"

#include <kuberay/base/error.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace kuberay::ray {
namespace {

constexpr std::size_t buffer_size = std::size_t(1) << 20;

}  // namespace

scratch_file::scratch_file(std::filesystem::path folder)
    : folder_(std::move(folder))
{
    if (folder_.empty()) {
        std::error_code failed;
        folder_ = std::filesystem::temp_directory_path(failed);
        if (failed)
            throw failure(
                error_code(failed.value(), boost::system::system_category()),
                "could not find a folder for temporary files"
            );
    }
    std::string name = (folder_ / "kuberay-XXXXXX").string();
    int const opened = ::mkostemp(name.data(), O_CLOEXEC);
    if (opened < 0) fail(errno);
    ::unlink(name.c_str());
    open_ = std::make_shared<descriptor const>(opened);
}

void scratch_file::fail(int number) const
{
    throw failure(
        error_code(number, boost::system::system_category()),
        "could not write a temporary file in \"" + folder_.string() + "\""
    );
}

void scratch_file::write(std::string_view bytes)
{
    if (buffer_.size() + bytes.size() > buffer_size) flush();
    buffer_ += bytes;
}

void scratch_file::flush()
{
    if (!open_->write_all(buffer_)) fail(errno);
    flushed_ += buffer_.size();
    buffer_.clear();
}

void scratch_file::rewrite(std::uint64_t offset, std::string_view bytes)
{
    if (offset < flushed_ && offset + bytes.size() > flushed_) flush();
    if (offset >= flushed_) {
        buffer_.replace(static_cast<std::size_t>(offset - flushed_), bytes.size(), bytes);
        return;
    }
    while (!bytes.empty()) {
        ssize_t const count = ::pwrite(open_->get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno != EINTR) fail(errno);
        if (count <= 0) continue;
        offset += static_cast<std::uint64_t>(count);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

kept_file scratch_file::finish()
{
    flush();
    kept_file kept;
    kept.path = "/proc/self/fd/" + std::to_string(open_->get());
    kept.open = open_;
    return kept;
}

}  // namespace kuberay::ray
