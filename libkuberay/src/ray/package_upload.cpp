#include "ray/package_upload.hpp"

#include "base/descriptor.hpp"
#include "ray/job_exchange.hpp"
#include "ray/job_requests.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace kuberay::ray {
namespace {

constexpr std::size_t piece_size = 128 * 1024;

failure file_failure(int number, std::filesystem::path const& path)
{
    return failure(error_code(number, boost::system::system_category()), "reading the package file " + path.string());
}

/// A file that is read from its beginning.
class package_file {
public:
    explicit package_file(std::filesystem::path path)
        : path_(std::move(path))
        , open_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC))
    {
        if (!open_.is_open()) throw file_failure(errno, path_);
        struct stat found{};
        if (::fstat(open_.get(), &found) != 0) throw file_failure(errno, path_);
        if (S_ISDIR(found.st_mode)) throw file_failure(EISDIR, path_);
        size_ = static_cast<std::uint64_t>(found.st_size);
    }

    std::uint64_t size() const noexcept { return size_; }

    std::string next()
    {
        std::string piece(piece_size, '\0');
        ssize_t const got = open_.read_some(piece.data(), piece.size());
        if (got < 0) throw file_failure(errno, path_);
        piece.resize(static_cast<std::size_t>(got));
        return piece;
    }

private:
    std::filesystem::path path_;
    descriptor open_;
    std::uint64_t size_ = 0;
};

using progress_sink = std::function<void(std::uint64_t sent)>;

task<std::string>
next_piece(std::shared_ptr<package_file> file, std::shared_ptr<std::uint64_t> sent, progress_sink tell)
{
    // Asked for the next piece, the connection has taken the one before.
    if (tell && *sent > 0) tell(*sent);
    std::string piece = file->next();
    *sent += piece.size();
    co_return piece;
}

net::http_request put_request(std::string const& name, std::filesystem::path const& path, progress_sink const& tell)
{
    auto const file = std::make_shared<package_file>(path);
    auto const sent = std::make_shared<std::uint64_t>(0);
    net::http_request request("PUT", package_target(name));
    request.fields.set("Content-Type", "application/zip");
    net::body_source source;
    source.length = file->size();
    source.next = [file, sent, tell] { return next_piece(file, sent, tell); };
    request.source = std::move(source);
    return request;
}

task<void> send_once(job_client on, std::string name, std::filesystem::path path, progress_sink tell)
{
    net::http_request request = put_request(name, path, tell);
    net::http_response response = co_await ask(on, job_lane::requests, std::move(request));
    std::string const body = co_await response.read_all();
}

task<void> send(job_client on, std::string name, std::filesystem::path path, progress_sink tell)
{
    task<void> sending = send_once(on, name, path, tell);
    result<void> sent = co_await as_result(std::move(sending));
    if (sent.has_error() && sent.error().code() == errc::connection_lost) {
        task<void> again = send_once(on, name, path, tell);
        sent = co_await as_result(std::move(again));
    }
    if (sent.has_error()) throw failure(sent.error().with_context("uploading the package " + name));
}

}  // namespace

task<void> send_package(
    job_client on, std::string name, std::filesystem::path file, std::function<void(std::uint64_t sent)> on_progress
)
{
    return send(std::move(on), std::move(name), std::move(file), std::move(on_progress));
}

}  // namespace kuberay::ray
