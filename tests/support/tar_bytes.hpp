#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace kuberay::test {

/// What the header of a tar entry is to say, true or not.
struct tar_header {
    tar_header() = default;

    tar_header(std::string name, char flag = '0', std::uint64_t size = 0)
        : name(std::move(name))
        , flag(flag)
        , size(size)
    {
    }

    std::string name;
    char flag = '0';
    std::uint64_t size = 0;
    std::string link, prefix;
    std::string raw_size;  ///< the twelve bytes of the field as they are
    std::string magic = "ustar";
    unsigned mode = 0644;
    std::uint64_t modified = 1'700'000'000;
    int checksum_off_by = 0;
    bool sparse_goes_on = false;
};

inline std::string tar_octal(std::uint64_t value, int digits)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%0*llo", digits, static_cast<unsigned long long>(value));
    return std::string(text.data());
}

inline std::string tar_block(tar_header const& of)
{
    std::string block(512, '\0');
    auto const put = [&](std::size_t at, std::string const& text, std::size_t room) {
        std::copy_n(text.data(), std::min(room, text.size()), block.data() + at);
    };
    put(0, of.name, 100);
    put(100, tar_octal(of.mode, 7), 8);
    put(124, of.raw_size.empty() ? tar_octal(of.size, 11) : of.raw_size, 12);
    put(136, tar_octal(of.modified, 11), 12);
    put(148, std::string(8, ' '), 8);
    block[156] = of.flag;
    put(157, of.link, 100);
    put(257, of.magic, 6);
    if (of.magic == "ustar") put(263, "00", 2);
    put(345, of.prefix, 155);
    if (of.sparse_goes_on) block[482] = 1;
    int sum = of.checksum_off_by;
    for (char const c : block)
        sum += static_cast<unsigned char>(c);
    put(148, tar_octal(static_cast<std::uint64_t>(sum), 6) + std::string("\0 ", 2), 8);
    return block;
}

inline std::string tar_padded(std::string content)
{
    content.resize((content.size() + 511) / 512 * 512);
    return content;
}

/// Header, content, padding.
inline std::string tar_member(tar_header of, std::string const& content)
{
    of.size = content.size();
    return tar_block(of) + tar_padded(content);
}

inline std::string tar_file(std::string const& name, std::string const& content)
{
    return tar_member(tar_header(name), content);
}

inline std::string tar_link(std::string const& name, char flag, std::string const& to)
{
    tar_header header(name, flag);
    header.link = to;
    return tar_block(header);
}

/// A GNU long name ('L') or link ('K') for the entry that follows.
inline std::string tar_long(char flag, std::string const& text)
{
    return tar_member(tar_header("././@LongLink", flag), text + '\0');
}

inline std::string pax_record(std::string const& key, std::string const& value)
{
    std::size_t const rest = key.size() + value.size() + 3;
    std::size_t length = rest + 1;
    while (std::to_string(length).size() + rest != length)
        length = std::to_string(length).size() + rest;
    return std::to_string(length) + " " + key + "=" + value + "\n";
}

inline std::string tar_pax(std::string const& records, char flag = 'x')
{
    return tar_member(tar_header("PaxHeaders/x", flag), records);
}

inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace kuberay::test
