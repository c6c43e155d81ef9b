#include "net/prefixed_stream.hpp"

#include "net/pending_operation.hpp"

#include <utility>

namespace kuberay::net {
namespace {

class prefixed_stream final : public byte_stream::implementation {
public:
    prefixed_stream(std::string bytes, std::unique_ptr<byte_stream::implementation> stream)
        : bytes_(std::move(bytes))
        , stream_(std::move(stream))
    {
    }

    byte_stream::executor_type get_executor() noexcept override { return stream_->get_executor(); }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        if (bytes_.empty()) return stream_->read_some(into, std::move(done));
        std::size_t const size = asio::buffer_copy(into, asio::buffer(bytes_) + used_);
        used_ += size;
        if (used_ == bytes_.size()) bytes_ = std::string();
        complete(stream_->get_executor(), std::move(done), error_code(), size);
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        stream_->write_some(from, std::move(done));
    }

    void finish_writing(byte_stream::handler done) override { stream_->finish_writing(std::move(done)); }

    void close() noexcept override
    {
        bytes_ = std::string();
        stream_->close();
    }

private:
    std::string bytes_;
    std::size_t used_ = 0;
    std::unique_ptr<byte_stream::implementation> stream_;
};

}  // namespace

byte_stream with_prefix(std::string bytes, byte_stream stream)
{
    if (bytes.empty()) return stream;
    return byte_stream(std::make_unique<prefixed_stream>(std::move(bytes), stream.release()));
}

}  // namespace kuberay::net
