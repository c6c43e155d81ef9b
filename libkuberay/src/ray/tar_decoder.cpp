#include "ray/tar_decoder.hpp"

#include <kuberay/base/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace kuberay::ray {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::uint64_t largest_extension = std::uint64_t(1) << 20;
constexpr std::uint64_t largest_size = std::numeric_limits<std::int64_t>::max();

// Offsets in a header block.
constexpr std::size_t mode_at = 100, size_at = 124, modified_at = 136, checksum_at = 148, flag_at = 156, link_at = 157,
                      magic_at = 257, prefix_at = 345, sparse_extended_at = 482, sparse_map_extended_at = 504;

std::size_t padding_of(std::uint64_t size) { return (block_size - size % block_size) % block_size; }

tar_type type_of(char flag)
{
    switch (flag) {
    case '0':
    case '\0':
    case '7':
    case 'S': return tar_type::file;
    case '1': return tar_type::hard_link;
    case '2': return tar_type::symbolic_link;
    case '5': return tar_type::folder;
    default: return tar_type::other;
    }
}

// Links, devices and folders have no content, whatever the size in their header is (POSIX). A hard link may have with pax.
bool has_body(char flag, bool pax)
{
    if (flag == '1') return pax;
    return flag < '2' || flag > '6';
}

template <class Number>
bool parse_decimal(std::string_view text, Number& into)
{
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
    return failed == std::errc() && end == text.data() + text.size();
}

}  // namespace

void tar_decoder::damaged(std::string_view why) const
{
    throw failure(
        errc::protocol_violation,
        "the archive is damaged near byte " + std::to_string(offset_) + ": " + std::string(why)
    );
}

// Collects one block; false when the input is used up before.
bool tar_decoder::fill(std::string_view& input)
{
    std::size_t const taken = std::min(input.size(), block_size - filled_);
    std::copy_n(input.data(), taken, block_.data() + filled_);
    input.remove_prefix(taken);
    filled_ += taken;
    offset_ += taken;
    if (filled_ < block_size) return false;
    filled_ = 0;
    return true;
}

tar_event tar_decoder::next(std::string_view& input)
{
    for (;;) {
        switch (state_) {
        case state::header:
            if (!fill(input)) return tar_event::more;
            if (read_header()) return ended() ? tar_event::archive_end : tar_event::entry;
            break;
        case state::extension: {
            auto const taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
            extension_.append(input.substr(0, taken));
            input.remove_prefix(taken);
            offset_ += taken;
            left_ -= taken;
            if (left_ > 0) return tar_event::more;
            end_extension();
            state_ = state::padding;
            break;
        }
        case state::sparse_map:
            if (!fill(input)) return tar_event::more;
            if (block_[sparse_map_extended_at] == 0) state_ = state::body;
            break;
        case state::body: {
            if (left_ == 0) {
                state_ = state::padding;
                return tar_event::entry_end;
            }
            if (input.empty()) return tar_event::more;
            data_ = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
            input.remove_prefix(data_.size());
            offset_ += data_.size();
            left_ -= data_.size();
            return tar_event::data;
        }
        case state::padding: {
            std::size_t const taken = std::min(padding_, input.size());
            input.remove_prefix(taken);
            offset_ += taken;
            padding_ -= taken;
            if (padding_ > 0) return tar_event::more;
            state_ = state::header;
            break;
        }
        case state::ended:
            offset_ += input.size();
            input = std::string_view();
            return tar_event::more;
        }
    }
}

// True when there is something to report: an entry or the end.
bool tar_decoder::read_header()
{
    if (std::all_of(block_.begin(), block_.end(), [](char c) { return c == 0; })) {
        if (zeros_seen_) state_ = state::ended;
        zeros_seen_ = true;
        return ended();
    }
    if (zeros_seen_) damaged("something follows a single block of zeros");
    // The checksum counts its own field as spaces. Some old programs summed signed bytes.
    std::int64_t plain = 0, with_signs = 0;
    for (std::size_t i = 0; i < block_size; ++i) {
        char const c = i >= checksum_at && i < checksum_at + 8 ? ' ' : block_[i];
        plain += static_cast<unsigned char>(c);
        with_signs += static_cast<signed char>(c);
    }
    auto const said = static_cast<std::int64_t>(number(checksum_at, 8, "checksum"));
    if (said != plain && said != with_signs) damaged("the checksum of a header is wrong");
    char const flag = block_[flag_at];
    std::uint64_t const size = number(size_at, 12, "size");
    if (begin_extension(flag, size)) return false;
    begin_entry(flag, size);
    return true;
}

bool tar_decoder::begin_extension(char flag, std::uint64_t size)
{
    if (std::string_view("xXgLK").find(flag) == std::string_view::npos || flag == 0) return false;
    if (size > largest_extension)
        throw failure(errc::too_large, "the archive holds a name of " + std::to_string(size) + " bytes");
    extension_flag_ = flag;
    extension_.clear();
    left_ = size;
    padding_ = padding_of(size);
    state_ = state::extension;
    return true;
}

void tar_decoder::end_extension()
{
    switch (extension_flag_) {
    case 'x':
    case 'X': read_pax_records(); break;
    case 'L': next_.long_name = extension_.substr(0, extension_.find('\0')); break;
    case 'K': next_.long_link = extension_.substr(0, extension_.find('\0')); break;
    default: break;  // global records: nothing that could apply to all entries is used here
    }
    extension_.clear();
}

// "LENGTH KEY=VALUE\n", where the length counts all of it.
void tar_decoder::read_pax_records()
{
    next_.pax = true;
    std::string_view rest = extension_;
    while (!rest.empty()) {
        std::size_t const space = rest.find(' ');
        std::size_t length = 0;
        if (space == std::string_view::npos || !parse_decimal(rest.substr(0, space), length)) damaged("a pax length");
        if (length <= space + 1 || length > rest.size() || rest[length - 1] != '\n') damaged("a pax record");
        std::string_view const record = rest.substr(space + 1, length - space - 2);
        rest.remove_prefix(length);
        std::size_t const equals = record.find('=');
        if (equals == std::string_view::npos) damaged("a pax record without value");
        std::string_view const key = record.substr(0, equals), value = record.substr(equals + 1);
        if (key.starts_with("GNU.sparse.")) next_.sparse = true;
        if (key == "path" || key == "GNU.sparse.name")
            next_.pax_name = value;
        else if (key == "linkpath")
            next_.pax_link = value;
        else if (key == "size") {
            if (!parse_decimal(value, next_.size) || next_.size > largest_size) damaged("a pax size");
            next_.has_size = true;
        } else if (key == "mtime") {
            next_.has_modified = parse_decimal(value.substr(0, value.find('.')), next_.modified);
        }
    }
}

void tar_decoder::begin_entry(char flag, std::uint64_t size)
{
    overrides const said = std::move(next_);
    next_ = overrides();
    entry_ = tar_entry();
    entry_.flag = flag;
    entry_.type = type_of(flag);
    entry_.sparse = said.sparse || flag == 'S';
    entry_.name = text(0, 100);
    bool const posix = std::memcmp(block_.data() + magic_at, "ustar\0", 6) == 0;
    if (posix && block_[prefix_at] != 0) entry_.name = text(prefix_at, 155) + "/" + entry_.name;
    if (!said.long_name.empty()) entry_.name = said.long_name;
    if (!said.pax_name.empty()) entry_.name = said.pax_name;
    entry_.link = text(link_at, 100);
    if (!said.long_link.empty()) entry_.link = said.long_link;
    if (!said.pax_link.empty()) entry_.link = said.pax_link;
    // v7 has no flag for folders.
    if (entry_.type == tar_type::file && entry_.name.ends_with('/')) entry_.type = tar_type::folder;
    entry_.mode = static_cast<std::uint32_t>(number(mode_at, 8, "mode") & 07777);
    bool const plain_time = (static_cast<unsigned char>(block_[modified_at]) & 0x80) == 0;
    if (plain_time) entry_.modified = static_cast<std::int64_t>(number(modified_at, 12, "time"));
    if (said.has_modified) entry_.modified = said.modified;
    if (said.has_size) size = said.size;
    entry_.size = has_body(flag, said.pax) ? size : 0;
    left_ = entry_.size;
    padding_ = padding_of(entry_.size);
    state_ = flag == 'S' && block_[sparse_extended_at] != 0 ? state::sparse_map : state::body;
}

// Octal digits, or base-256 with the first bit set (GNU); the second bit is the sign.
std::uint64_t tar_decoder::number(std::size_t at, std::size_t length, std::string_view what) const
{
    std::string const wrong = "the " + std::string(what) + " of a header is no number";
    std::string_view field(block_.data() + at, length);
    auto const first = static_cast<unsigned char>(field.front());
    std::uint64_t value = 0;
    if (first & 0x80) {
        if (first & 0x40) damaged("the " + std::string(what) + " of a header is negative");
        value = first & 0x3f;
        for (char const c : field.substr(1)) {
            if (value > largest_size >> 8) damaged(wrong);
            value = value << 8 | static_cast<unsigned char>(c);
        }
        return value;
    }
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    for (char const c : field) {
        if (c == 0 || c == ' ') break;
        if (c < '0' || c > '7' || value > largest_size >> 3) damaged(wrong);
        value = value << 3 | static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

std::string tar_decoder::text(std::size_t at, std::size_t length) const
{
    return std::string(block_.data() + at, ::strnlen(block_.data() + at, length));
}

}  // namespace kuberay::ray
