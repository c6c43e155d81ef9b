#include "streams/cuttable_stream.hpp"

#include <memory>

namespace kuberay::testing {

namespace {

class shared_stream final : public net::byte_stream::implementation {
public:
    explicit shared_stream(std::shared_ptr<net::byte_stream::implementation> inner)
        : inner_(std::move(inner))
    {
    }

    ~shared_stream() override { inner_->close(); }

    net::byte_stream::executor_type get_executor() noexcept override { return inner_->get_executor(); }

    void read_some(asio::mutable_buffer into, net::byte_stream::handler done) override
    {
        inner_->read_some(into, std::move(done));
    }

    void write_some(std::span<asio::const_buffer const> from, net::byte_stream::handler done) override
    {
        inner_->write_some(from, std::move(done));
    }

    void finish_writing(net::byte_stream::handler done) override { inner_->finish_writing(std::move(done)); }
    void close() noexcept override { inner_->close(); }

private:
    std::shared_ptr<net::byte_stream::implementation> inner_;
};

}  // namespace

std::pair<net::byte_stream, std::function<void()>> make_cuttable(net::byte_stream stream)
{
    std::shared_ptr<net::byte_stream::implementation> inner = stream.release();
    return std::pair(net::byte_stream(std::make_unique<shared_stream>(inner)), [inner] { inner->close(); });
}

}  // namespace kuberay::testing
