#include "net/http_parser.hpp"
#include "net/http_server_codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

struct answer_row {
    answer_row() = default;
    std::string name, wire;
    int status = 200;
    std::string body, rest;
    bool to_head_request = false, ends_by_close = false, keep_alive = true;
};

std::vector<answer_row> answers()
{
    std::vector<answer_row> rows;
    auto const add = [&](std::string name, std::string wire) -> answer_row& {
        rows.emplace_back();
        rows.back().name = std::move(name);
        rows.back().wire = std::move(wire);
        return rows.back();
    };
    add("content length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").body = "hello";
    add("empty content length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    add("chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n").body =
        "hello world";
    add("chunk extension and trailer", "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
                                       "5;a=b;c=\"d\"\r\nhello\r\n0;last\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n")
        .body = "hello";
    add("empty chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    add("empty chunked with trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na: b\r\n\r\n");
    add("first byte of a chunk is 0", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n01\r\n0\r\n0\r\n\r\n")
        .body = "0";
    auto& closed = add("until the close", "HTTP/1.1 200 OK\r\nX: y\r\n\r\nall of it");
    closed.body = "all of it";
    closed.ends_by_close = true;
    closed.keep_alive = false;
    auto& head = add("answer to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
    head.to_head_request = true;
    auto& chunked_head = add("chunked answer to HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    chunked_head.to_head_request = true;
    add("no content", "HTTP/1.1 204 No Content\r\n\r\n").status = 204;
    add("not modified with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n").status = 304;
    auto& switched =
        add("switching protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi");
    switched.status = 101;
    switched.rest = "\x81\x02hi";
    add("connection close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").body = "ok";
    rows.back().keep_alive = false;
    add("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok").body = "ok";
    rows.back().keep_alive = false;
    add("bytes behind the message", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1").body = "no";
    rows.back().status = 404;
    rows.back().rest = "HTTP/1.1";
    return rows;
}

http_parser parser_for(answer_row const& row)
{
    http_parser parser(http_parser::kind::response, 4096);
    if (row.to_head_request) parser.expect_no_body();
    return parser;
}

void expect_read(answer_row const& row, http_parser& parser, std::string const& body)
{
    ASSERT_TRUE(parser.is_done());
    EXPECT_EQ(parser.head().status, row.status);
    EXPECT_EQ(body, row.body);
    EXPECT_EQ(parser.keep_alive(), row.keep_alive);
    EXPECT_EQ(parser.take_rest(), row.rest);
}

TEST(http_parser, reads_every_answer_split_at_every_position)
{
    for (auto const& row : answers()) {
        for (std::size_t split = 0; split <= row.wire.size(); ++split) {
            SCOPED_TRACE(row.name + " split at " + std::to_string(split));
            http_parser parser = parser_for(row);
            parser.put(row.wire.substr(0, split));
            std::string body = parser.take_body();
            parser.put(row.wire.substr(split));
            if (row.ends_by_close) parser.put_end();
            body += parser.take_body();
            expect_read(row, parser, body);
        }
    }
}

TEST(http_parser, reads_every_answer_byte_by_byte)
{
    for (auto const& row : answers()) {
        SCOPED_TRACE(row.name);
        http_parser parser = parser_for(row);
        std::string body;
        for (char const byte : row.wire) {
            parser.put(std::string_view(&byte, 1));
            body += parser.take_body();
        }
        if (row.ends_by_close) parser.put_end();
        expect_read(row, parser, body);
    }
}

TEST(http_parser, an_answer_that_ends_early_is_a_lost_connection)
{
    for (auto const& row : answers()) {
        if (row.ends_by_close) continue;
        std::size_t const whole = row.wire.size() - row.rest.size();
        for (std::size_t size = 0; size < whole; ++size) {
            SCOPED_TRACE(row.name + " cut at " + std::to_string(size));
            http_parser parser = parser_for(row);
            parser.put(row.wire.substr(0, size));
            try {
                parser.put_end();
                ADD_FAILURE() << "taken for complete";
            } catch (failure const& f) {
                EXPECT_EQ(f.error().code(), errc::connection_lost) << f.what();
            }
        }
    }
}

TEST(http_parser, keeps_fields_and_trailers_apart)
{
    http_parser parser(http_parser::kind::response, 4096);
    parser.put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nWarning: a\r\nwarning: b\r\n\r\n0\r\nX-Sum: 1\r\n\r\n"
    );
    EXPECT_EQ(parser.head().fields.all("Warning"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(parser.trailers().get("x-sum"), "1");
    EXPECT_FALSE(parser.head().fields.contains("X-Sum"));
}

errc code_of(http_parser::kind of, std::string const& wire, std::size_t piece)
{
    http_parser parser(of, 1024);
    try {
        for (std::size_t at = 0; at < wire.size(); at += piece)
            parser.put(wire.substr(at, piece));
    } catch (failure const& f) {
        for (errc const code : {errc::protocol_violation, errc::too_large, errc::connection_lost})
            if (f.error().code() == code) return code;
    }
    return errc::unexpected;
}

TEST(http_parser, refuses_what_is_no_http)
{
    std::vector<std::string> const wires{
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
    };
    for (auto const& wire : wires) {
        EXPECT_EQ(code_of(http_parser::kind::response, wire, wire.size()), errc::protocol_violation) << wire;
        EXPECT_EQ(code_of(http_parser::kind::response, wire, 1), errc::protocol_violation) << wire;
    }
}

TEST(http_parser, bounds_the_head_and_chunk_lines)
{
    std::string const start = "HTTP/1.1 200 OK\r\n";
    std::string many = start;
    for (int i = 0; i < 200; ++i)
        many += "Field-" + std::to_string(i) + ": value\r\n";
    std::string const chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
    std::string endless_trailer = chunked + "0\r\n";
    for (int i = 0; i < 2000; ++i)
        endless_trailer += "Field-" + std::to_string(i) + ": value\r\n";
    std::vector<std::string> const wires{
        start + "Long: " + std::string(2000, 'x'),
        many,
        "HTTP/1.1 200 " + std::string(2000, 'r'),
        chunked + "5;" + std::string(20000, 'e'),
        endless_trailer,
    };
    for (auto const& wire : wires) {
        EXPECT_EQ(code_of(http_parser::kind::response, wire, wire.size()), errc::too_large) << wire.substr(0, 60);
        EXPECT_EQ(code_of(http_parser::kind::response, wire, 17), errc::too_large) << wire.substr(0, 60);
    }
}

TEST(http_request_parser, reads_pipelined_requests_split_at_every_position)
{
    std::string const wire = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                             "PATCH /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
                             "GET / HTTP/1.1\r\n\r\n";
    for (std::size_t split = 0; split <= wire.size(); ++split) {
        http_request_parser parser;
        std::vector<std::string> seen;
        std::string body;
        for (auto const& piece : {wire.substr(0, split), wire.substr(split)}) {
            parser.put(piece);
            body += parser.take_body();
            while (parser.is_done()) {
                seen.push_back(parser.head().method + " " + parser.head().target + " " + body);
                parser.start_next();
                body = parser.take_body();
            }
        }
        EXPECT_EQ(seen, (std::vector<std::string>{"POST /a?b=c abc", "PATCH /d de", "GET / "})) << "split at " << split;
        EXPECT_TRUE(parser.put_end());
    }
}

TEST(http_request_parser, an_end_inside_a_request_is_a_lost_connection)
{
    http_request_parser parser;
    parser.put("GET / HT");
    EXPECT_THROW(parser.put_end(), failure);
}

TEST(http_server_codec, what_it_writes_is_read_back)
{
    http_fields fields;
    fields.add("Transfer-Encoding", "chunked");
    fields.add("Warning", "299 - \"old\"");
    http_parser parser(http_parser::kind::response, 1024);
    parser.put(
        response_head_bytes(409, fields) + chunk_bytes("first ") + chunk_bytes("") + chunk_bytes("second")
        + last_chunk_bytes()
    );
    EXPECT_TRUE(parser.is_done());
    EXPECT_EQ(parser.head().status, 409);
    EXPECT_EQ(parser.head().fields, fields);
    EXPECT_EQ(parser.take_body(), "first second");
    EXPECT_EQ(response_bytes(200, http_fields(), "ok"), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

}  // namespace
}  // namespace kuberay::net
