#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kuberay::ray {

enum class tar_type { file, folder, symbolic_link, hard_link, other };

/// One entry of an archive as its headers name it: nothing about it is to be trusted.
struct tar_entry {
    tar_entry() = default;
    std::string name, link;
    tar_type type = tar_type::file;
    char flag = '0';            ///< as in the header; tells kinds of `other` apart
    bool sparse = false;        ///< what follows is not the file's content but a packed form of it
    std::uint64_t size = 0;     ///< of what follows
    std::uint32_t mode = 0;     ///< permission bits
    std::int64_t modified = 0;  ///< seconds since 1970
};

enum class tar_event {
    more,         ///< everything given was used up
    entry,        ///< `entry()` is new
    data,         ///< `data()` is the next piece of the entry's content
    entry_end,    ///< the content is complete
    archive_end,  ///< the two blocks of zeros: the archive is complete. What follows is not looked at
};

/// Decodes a tar stream piece by piece: POSIX ustar and pax, GNU (long names, base-256 numbers, old sparse maps), v7.
/// Bounded: it holds one header and at most 1 MiB of names. Entries of any kind are reported; judging them is the
/// caller's. Thread safety: distinct objects.
///
/// Source: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format".
class tar_decoder {
public:
    /// Takes what it needs from the front of `input`; to be called until it returns `more`. `data()` is part of `input`.
    /// Errors: `errc::protocol_violation` for what is no archive or a damaged one, `errc::too_large` for its names.
    tar_event next(std::string_view& input);

    tar_entry const& entry() const noexcept { return entry_; }

    std::string_view data() const noexcept { return data_; }

    /// True after `archive_end`.
    bool ended() const noexcept { return state_ == state::ended; }

    /// True between an `entry` and its `entry_end`.
    bool inside_entry() const noexcept { return state_ == state::sparse_map || state_ == state::body; }

private:
    enum class state { header, extension, sparse_map, body, padding, ended };
    using block = std::array<char, 512>;

    [[noreturn]] void damaged(std::string_view why) const;
    bool fill(std::string_view& input);
    bool read_header();
    bool begin_extension(char flag, std::uint64_t size);
    void begin_entry(char flag, std::uint64_t size);
    void end_extension();
    void read_pax_records();
    std::uint64_t number(std::size_t at, std::size_t length, std::string_view what) const;
    std::string text(std::size_t at, std::size_t length) const;

    state state_ = state::header;
    block block_{};
    std::size_t filled_ = 0;
    std::uint64_t offset_ = 0;  // of the input, for messages
    bool zeros_seen_ = false;
    std::uint64_t left_ = 0;  // of the body or the extension
    std::size_t padding_ = 0;
    char extension_flag_ = 0;
    std::string extension_;

    // What the extensions before an entry say about it.
    struct overrides {
        std::string pax_name, pax_link, long_name, long_link;
        std::uint64_t size = 0;
        std::int64_t modified = 0;
        bool has_size = false, has_modified = false, sparse = false, pax = false;
    };
    overrides next_;
    tar_entry entry_;
    std::string_view data_;
};

}  // namespace kuberay::ray
