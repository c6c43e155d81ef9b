#pragma once

#include "support/ending.hpp"

#include <kuberay/base/task.hpp>
#include <kuberay/net/byte_stream.hpp>

#include <string>
#include <utility>
#include <vector>

namespace kuberay::contract {

/// Sends back what comes, and a "!" behind its end.
inline task<void> echo(net::byte_stream connection)
{
    for (;;) {
        std::string bytes = co_await net::read_some(&connection);
        if (bytes.empty()) break;
        co_await net::write_all(&connection, std::move(bytes));
    }
    co_await net::write_all(&connection, "!");
    co_await connection.finish_writing();
}

using test::end_of;
using test::ending;

inline task<ending> send_all(net::byte_stream* stream, std::string bytes)
{
    co_await net::write_all(stream, std::move(bytes));
    co_await stream->finish_writing();
    co_return ending();
}

/// Both directions at once, each to its end.
inline task<ending> exchange(net::byte_stream* stream, std::string bytes)
{
    std::vector<task<ending>> both;
    both.push_back(send_all(stream, std::move(bytes)));
    both.push_back(end_of(stream));
    std::vector<result<ending>> const ends = co_await run_all(std::move(both));
    co_return ends[1].value();
}

}  // namespace kuberay::contract
