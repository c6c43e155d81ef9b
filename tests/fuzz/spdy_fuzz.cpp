// SPDY from a peer that sends what it likes: as frames, as the plain bytes of a header block, and as a script of what
// both ends of a connection do. The first byte chooses.
#include "fuzz/fuzz_check.hpp"
#include "net/spdy_codec.hpp"
#include "net/spdy_connection.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/io_context.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace kuberay;
using namespace kuberay::net;

std::string told(spdy_frame const& frame)
{
    if (frame.type == spdy_frame_type::data) return std::string(frame.payload) + (frame.fin ? "<fin>" : "");
    std::string text = "<" + std::to_string(static_cast<int>(frame.type)) + " " + std::to_string(frame.id) + " "
                       + std::to_string(frame.value) + (frame.unidirectional ? "u" : "") + (frame.fin ? "f" : "");
    for (auto const& [name, value] : frame.headers)
        text += " " + name + "=" + value;
    return text + ">";
}

std::string frames_of(std::string_view bytes, std::size_t piece)
{
    std::string seen;
    try {
        spdy_decoder decoder;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            std::string_view rest = bytes.substr(at, piece);
            while (auto const frame = decoder.next(rest))
                seen += told(*frame);
            KUBERAY_FUZZ_CHECK(rest.empty());
        }
    } catch (failure const& refused) {
        seen += refused.error().message();
    }
    return seen;
}

std::string packed(std::string_view plain)
{
    z_stream zlib = z_stream();
    deflateInit(&zlib, 1);
    std::string_view const start = spdy_dictionary();
    deflateSetDictionary(&zlib, reinterpret_cast<Bytef const*>(start.data()), static_cast<uInt>(start.size()));
    std::string block(deflateBound(&zlib, plain.size()) + 64, '\0');
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    zlib.avail_in = static_cast<uInt>(plain.size());
    zlib.next_out = reinterpret_cast<Bytef*>(block.data());
    zlib.avail_out = static_cast<uInt>(block.size());
    deflate(&zlib, Z_SYNC_FLUSH);
    block.resize(block.size() - zlib.avail_out);
    deflateEnd(&zlib);
    return block;
}

// Headers that are read are headers that can be sent, and arrive as they were.
void read_block(std::string_view plain)
{
    spdy_headers headers;
    try {
        headers = spdy_inflater().put(packed(plain));
    } catch (failure const&) {
        return;
    }
    if (plain.size() > spdy_inflater::max_block_size / 2) return;
    spdy_deflater deflater;
    spdy_inflater inflater;
    for (int i = 0; i < 2; ++i)
        KUBERAY_FUZZ_CHECK(inflater.put(deflater.put(headers)) == headers);
}

struct held_stream {
    byte_stream bytes;
    bool reading = false, writing = false;
};

/// A connection, the peer's end of its transport, and the streams that its user holds.
struct play : std::enable_shared_from_this<play> {
    play(asio::any_io_executor executor, spdy_role role)
        : executor(executor)
    {
        auto pair = make_stream_pair(executor, std::size_t(1) << 22);
        spdy_options options;
        options.stream_buffer = 1000;
        options.max_streams = 8;
        options.ping_interval = std::chrono::seconds(0);
        on = spdy_connection(std::move(pair.first), role, options);
        wire = std::move(pair.second);
    }

    void start()
    {
        drain();
        accept();
        async_run(executor, wait_for_end(shared_from_this()), [](result<void>) {});
    }

    static task<void> wait_for_end(std::shared_ptr<play> self)
    {
        error const why = co_await self->on.ended();
        self->ended = true;
    }

    void drain()
    {
        async_run(executor, read_some(&wire), [self = shared_from_this()](result<std::string> got) {
            if (got.has_value() && !got->empty()) self->drain();
        });
    }

    void accept()
    {
        async_run(executor, on.accept(), [self = shared_from_this()](result<std::optional<spdy_incoming>> got) {
            if (got.has_error() || !*got) return;
            self->hold(std::move((*got)->stream));
            self->accept();
        });
    }

    void hold(byte_stream stream)
    {
        streams.push_back(std::make_shared<held_stream>());
        streams.back()->bytes = std::move(stream);
    }

    void open(std::string value, bool finished)
    {
        spdy_headers headers;
        headers.emplace_back("streamtype", std::move(value));
        async_run(
            executor, on.open(std::move(headers), finished),
            [self = shared_from_this()](result<byte_stream> got) {
                if (got.has_value()) self->hold(std::move(*got));
            }
        );
    }

    void read(std::shared_ptr<held_stream> from)
    {
        if (std::exchange(from->reading, true)) return;
        async_run(executor, read_some(&from->bytes), [from](result<std::string>) { from->reading = false; });
    }

    void write(std::shared_ptr<held_stream> to, std::string bytes)
    {
        if (std::exchange(to->writing, true)) return;
        async_run(executor, write_all(&to->bytes, std::move(bytes)), [to](result<void>) { to->writing = false; });
    }

    void send(std::string bytes)
    {
        if (std::exchange(sending, true)) return;
        async_run(executor, write_all(&wire, std::move(bytes)), [self = shared_from_this()](result<void>) {
            self->sending = false;
        });
    }

    asio::any_io_executor executor;
    spdy_connection on;
    byte_stream wire;
    spdy_encoder peer;
    std::vector<std::shared_ptr<held_stream>> streams;
    bool ended = false, sending = false;
};

/// Numbers and texts out of the input.
struct script {
    std::string_view rest;

    unsigned byte()
    {
        if (rest.empty()) return 0;
        unsigned const value = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
        return value;
    }

    std::string text()
    {
        std::string const all(rest.substr(0, byte()));
        rest.remove_prefix(std::min(rest.size(), all.size()));
        return all;
    }
};

std::string data_frame(std::uint32_t id, std::string const& payload, bool fin)
{
    std::array<char, 8> const head = spdy_data_head(id, payload.size(), fin);
    return std::string(head.data(), head.size()) + payload;
}

void act(play& with, script& from)
{
    unsigned const what = from.byte();
    unsigned const number = from.byte();
    std::uint32_t const id = number & 31;
    bool const flag = (number & 32) != 0;
    std::shared_ptr<held_stream> const mine =
        with.streams.empty() ? nullptr : with.streams[number % with.streams.size()];
    spdy_headers const headers{{"streamtype", "data"}};
    switch (what % 14) {
    case 0: return with.send(with.peer.syn_stream(id, headers, flag));
    case 1: return with.send(with.peer.syn_reply(id, headers, flag));
    case 2: return with.send(data_frame(id, from.text(), flag));
    case 3: return with.send(data_frame(id, std::string(number * 64, 'x'), false));
    case 4: return with.send(spdy_rst_stream(id, spdy_status::cancel));
    case 5: return with.send(spdy_ping(id));
    case 6: return with.send(spdy_goaway(id, 0));
    case 7: return with.send(with.peer.headers(id, headers, flag));
    case 8: return with.send(from.text());
    case 9: return with.open("data", flag);
    case 10: return mine ? with.read(mine) : void();
    case 11: return mine ? with.write(mine, std::string(number * 64, 'y')) : void();
    case 12:
        if (mine) mine->bytes.close();
        return;
    case 13:
        if (mine && !mine->writing) async_run(with.executor, mine->bytes.finish_writing(), [mine](result<void>) {});
        return;
    default: return;
    }
}

void run_script(std::string_view bytes)
{
    script from{bytes};
    asio::io_context io(1);
    auto const with =
        std::make_shared<play>(io.get_executor(), (from.byte() & 1) != 0 ? spdy_role::server : spdy_role::client);
    with->start();
    for (int i = 0; i < 200 && !from.rest.empty(); ++i) {
        act(*with, from);
        io.poll();
    }
    with->on.close();
    io.poll();
    KUBERAY_FUZZ_CHECK(with->ended);
    KUBERAY_FUZZ_CHECK(with->on.open_streams() == 0);
    for (auto const& stream : with->streams)
        stream->bytes.close();
    with->wire.close();
    io.poll();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 2, size - 2);
    switch (data[0] % 3) {
    case 0: {
        std::string const whole = frames_of(bytes, std::max<std::size_t>(bytes.size(), 1));
        KUBERAY_FUZZ_CHECK(frames_of(bytes, data[1] + 1u) == whole);
        break;
    }
    case 1: read_block(bytes); break;
    default: run_script(bytes); break;
    }
    return 0;
}
