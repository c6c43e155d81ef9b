#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace kuberay::test {

/// What was read until the end, and the code of the end.
struct ending {
    ending() = default;
    std::string bytes;
    error_code code;
};

inline task<ending> end_of(net::byte_stream* stream)
{
    ending all;
    std::string buffer(65536, '\0');
    while (!all.code) {
        asio::mutable_buffer const into = asio::buffer(buffer);
        std::size_t const size =
            co_await stream->async_read_some(into, asio::redirect_error(asio::use_awaitable, all.code));
        all.bytes.append(buffer, 0, size);
    }
    co_return all;
}

}  // namespace kuberay::test
