#include "ray/zip_writer.hpp"

#include "ray/deflater.hpp"

#include <kuberay/base/error.hpp>
#include <kuberay/base/text.hpp>

#include <zlib.h>

#include <algorithm>
#include <ctime>

namespace kuberay::ray {
namespace {

constexpr std::uint64_t max32 = 0xFFFFFFFF;
constexpr std::uint16_t stored = 0, deflated = 8;
constexpr std::uint16_t utf8_names = 0x800;
constexpr std::uint16_t plain_version = 20, zip64_version = 45, made_on_unix = 3 << 8;
constexpr std::uint32_t dos_folder = 0x10;
constexpr std::size_t end_size = 22, zip64_end_size = 56 + 20;

void put(std::string& to, std::uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i, value >>= 8)
        to += static_cast<char>(value & 0xFF);
}

// Date and time as FAT has them, date in the upper half.
std::uint32_t dos_time(std::int64_t seconds)
{
    std::time_t const when = static_cast<std::time_t>(seconds);
    std::tm parts{};
    if (!::gmtime_r(&when, &parts)) parts.tm_year = seconds < 0 ? 0 : 1000;
    auto const pack = [](int year, int month, int day, int hour, int minute, int second) {
        return static_cast<std::uint32_t>(
            (year - 1980) << 25 | month << 21 | day << 16 | hour << 11 | minute << 5 | second / 2
        );
    };
    int const year = parts.tm_year + 1900;
    if (year < 1980) return pack(1980, 1, 1, 0, 0, 0);
    if (year > 2107) return pack(2107, 12, 31, 23, 59, 59);
    return pack(year, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, std::min(parts.tm_sec, 59));
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x80; });
}

struct entry {
    std::string name;
    std::uint32_t mode = 0, time = 0, crc = 0;
    std::uint64_t offset = 0, packed = 0, size = 0;
    std::uint16_t method = stored;
    bool has_zip64 = false;  // its local header has room for long sizes

    std::uint16_t flags() const { return is_ascii(name) ? 0 : utf8_names; }

    std::string local() const
    {
        std::string to = "PK\3\4";
        put(to, has_zip64 ? zip64_version : plain_version, 2);
        put(to, flags(), 2);
        put(to, method, 2);
        put(to, time, 4);
        put(to, crc, 4);
        put(to, has_zip64 ? max32 : packed, 4);
        put(to, has_zip64 ? max32 : size, 4);
        put(to, name.size(), 2);
        put(to, has_zip64 ? 20 : 0, 2);
        to += name;
        if (!has_zip64) return to;
        put(to, 1, 2);
        put(to, 16, 2);
        put(to, size, 8);
        put(to, packed, 8);
        return to;
    }

    std::string central() const
    {
        std::string extra;
        for (std::uint64_t const one : {size, packed, offset})
            if (one >= max32) put(extra, one, 8);
        std::string to = "PK\1\2";
        std::uint16_t const version = extra.empty() && !has_zip64 ? plain_version : zip64_version;
        put(to, version | made_on_unix, 2);
        put(to, version, 2);
        put(to, flags(), 2);
        put(to, method, 2);
        put(to, time, 4);
        put(to, crc, 4);
        put(to, std::min(packed, max32), 4);
        put(to, std::min(size, max32), 4);
        put(to, name.size(), 2);
        put(to, extra.empty() ? 0 : extra.size() + 4, 2);
        put(to, 0, 2 + 2 + 2);  // no comment, first disk, no hint about the content
        put(to, std::uint32_t(mode) << 16 | (name.ends_with('/') ? dos_folder : 0), 4);
        put(to, std::min(offset, max32), 4);
        to += name;
        if (extra.empty()) return to;
        put(to, 1, 2);
        put(to, extra.size(), 2);
        return to + extra;
    }
};

}  // namespace

struct zip_writer::state {
    explicit state(scratch_file& file)
        : file(file)
    {
    }

    scratch_file& file;
    deflater deflate;
    std::string directory, packed;
    std::uint64_t entries = 0;
    entry current;

    bool needs_zip64() const { return entries >= 0xFFFF || directory.size() >= max32 || file.size() >= max32; }

    void begin(std::string name, std::uint32_t mode, std::int64_t modified)
    {
        current = entry();
        current.name = std::move(name);
        current.mode = mode;
        current.time = dos_time(modified);
        current.offset = file.size();
    }

    void count(std::string_view bytes)
    {
        auto const* const data = reinterpret_cast<Bytef const*>(bytes.data());
        current.crc = static_cast<std::uint32_t>(::crc32_z(current.crc, data, bytes.size()));
        current.size += bytes.size();
    }

    void write_content(std::string_view bytes)
    {
        current.packed += bytes.size();
        file.write(bytes);
    }

    void close()
    {
        directory += current.central();
        ++entries;
    }
};

zip_writer::zip_writer(scratch_file& to)
    : state_(std::make_unique<state>(to))
{
}

zip_writer::~zip_writer() = default;

void zip_writer::folder(std::string const& name, std::uint32_t mode, std::int64_t modified)
{
    state& on = *state_;
    on.begin(name + "/", mode, modified);
    on.file.write(on.current.local());
    on.close();
}

void zip_writer::file(std::string const& name, std::uint32_t mode, std::int64_t modified, std::string_view content)
{
    state& on = *state_;
    on.begin(name, mode, modified);
    on.count(content);
    bool const smaller = on.deflate.shrink(content, on.packed);
    if (smaller) content = on.packed;
    on.current.method = smaller ? deflated : stored;
    on.current.packed = content.size();
    on.file.write(on.current.local());
    on.file.write(content);
    on.close();
}

void zip_writer::begin_file(std::string const& name, std::uint32_t mode, std::int64_t modified, std::uint64_t size)
{
    state& on = *state_;
    on.begin(name, mode, modified);
    on.current.method = deflated;
    // It may grow while it is read, and what does not shrink becomes a little longer.
    on.current.has_zip64 = size >= max32 / 2;
    on.file.write(on.current.local());
    on.deflate.begin();
}

void zip_writer::data(std::string_view bytes)
{
    state& on = *state_;
    on.count(bytes);
    on.deflate.add(bytes, false, on.packed);
    on.write_content(on.packed);
}

void zip_writer::end_file()
{
    state& on = *state_;
    on.deflate.add({}, true, on.packed);
    on.write_content(on.packed);
    if (!on.current.has_zip64 && std::max(on.current.size, on.current.packed) >= max32)
        throw failure(errc::too_large, "\"" + printable_line(on.current.name) + "\" grew while it was read");
    on.file.rewrite(on.current.offset, on.current.local());
    on.close();
}

void zip_writer::finish()
{
    state& on = *state_;
    bool const zip64 = on.needs_zip64();
    std::uint64_t const begin = on.file.size();
    on.file.write(on.directory);
    std::string end;
    if (zip64) {
        std::uint64_t const at = on.file.size();
        end += "PK\6\6";
        put(end, 44, 8);
        put(end, zip64_version | made_on_unix, 2);
        put(end, zip64_version, 2);
        put(end, 0, 4 + 4);
        put(end, on.entries, 8);
        put(end, on.entries, 8);
        put(end, on.directory.size(), 8);
        put(end, begin, 8);
        end += "PK\6\7";
        put(end, 0, 4);
        put(end, at, 8);
        put(end, 1, 4);
    }
    end += "PK\5\6";
    put(end, 0, 2 + 2);
    for (int i = 0; i < 2; ++i)
        put(end, std::min<std::uint64_t>(on.entries, 0xFFFF), 2);
    put(end, std::min<std::uint64_t>(on.directory.size(), max32), 4);
    put(end, std::min(begin, max32), 4);
    put(end, 0, 2);
    on.file.write(end);
}

std::uint64_t zip_writer::size() const noexcept
{
    state const& on = *state_;
    return on.file.size() + on.directory.size() + end_size + (on.needs_zip64() ? zip64_end_size : 0);
}

}  // namespace kuberay::ray
