#include "ray/tar_extract.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

constexpr std::size_t most_named = 1000;
constexpr std::size_t longest_name = 4095, longest_component = 255;
constexpr std::uint64_t most_trailing = std::uint64_t(16) << 20;

std::string_view kind_of(char flag)
{
    switch (flag) {
    case '3': return "a character device";
    case '4': return "a block device";
    case '6': return "a named pipe";
    default: return "of an unknown type";
    }
}

}  // namespace

tar_extract::tar_extract(safe_folder into, extract_options options)
    : into_(std::move(into))
    , options_(std::move(options))
{
}

void tar_extract::push(std::string_view bytes)
{
    for (;;) {
        if (decoder_.ended() && (trailing_ += bytes.size()) > most_trailing)
            throw failure(errc::protocol_violation, "the archive does not stop after its end");
        switch (decoder_.next(bytes)) {
        case tar_event::more: return;
        case tar_event::archive_end: break;
        case tar_event::entry: begin(); break;
        case tar_event::data:
            if (!file_) break;
            file_->write(decoder_.data());
            bytes_ += decoder_.data().size();
            break;
        case tar_event::entry_end: finish_file(); break;
        }
    }
}

void tar_extract::begin()
{
    tar_entry const& entry = decoder_.entry();
    announced_ += std::min(entry.size, options_.max_bytes + 1);
    if (announced_ > options_.max_bytes)
        throw failure(
            errc::too_large, "the archive unpacks to more than " + std::to_string(options_.max_bytes) + " bytes"
        );
    ++entries_;
    if (entries_ + into_.folders_made() > options_.max_files)
        throw failure(
            errc::too_large, "the archive holds more than " + std::to_string(options_.max_files) + " entries"
        );
    switch (entry.type) {
    case tar_type::symbolic_link: return skip("a symbolic link to \"" + printable_line(entry.link) + "\"");
    case tar_type::hard_link: return skip("a hard link to \"" + printable_line(entry.link) + "\"");
    case tar_type::other: return skip(kind_of(entry.flag));
    case tar_type::file:
    case tar_type::folder: break;
    }
    if (entry.sparse) return skip("a sparse file");
    std::optional<folder_way> way = way_of(entry);
    if (way && way->empty() && entry.type == tar_type::file) return skip("a file without a name");
    if (way && !way->empty()) {
        if (entry.type == tar_type::file)
            file_ = into_.create(std::move(*way));
        else if (!into_.make(std::move(*way), mode_of(entry)))
            skip("a link or a file stands in its way");
        if (entry.type == tar_type::file && !file_) skip("a link, a file or a folder stands in its way");
    }
}

void tar_extract::finish_file()
{
    if (!file_) return;
    tar_entry const& entry = decoder_.entry();
    if (file_->commit(mode_of(entry), entry.modified))
        ++files_;
    else
        skip("a folder stands in its way");
    file_.reset();
}

void tar_extract::skip(std::string_view reason)
{
    if (skipped_.size() >= most_named) {
        ++unnamed_;
        return;
    }
    std::string_view name = decoder_.entry().name;
    if (name.starts_with("./") && name.size() > 2) name.remove_prefix(2);
    skipped_.push_back(printable_line(name.substr(0, longest_component)) + ": " + std::string(reason));
}

// Empty for the root itself; nothing when the entry was skipped.
std::optional<folder_way> tar_extract::way_of(tar_entry const& entry)
{
    auto const refuse = [this](std::string_view reason) {
        skip(reason);
        return std::nullopt;
    };
    if (entry.name.starts_with('/')) return refuse("an absolute path");
    if (entry.name.size() > longest_name) return refuse("its name is too long");
    folder_way way;
    for (std::string const& part : split(entry.name, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == "..") return refuse("it leaves the folder");
        std::string safe = safe_component(part);
        if (safe.size() > longest_component) return refuse("its name is too long");
        way.push_back(std::move(safe));
    }
    if (way.empty()) return way;
    if (!options_.top.empty()) {
        if (way.front() != safe_component(options_.top)) return refuse("not what was asked for");
        way.front() = options_.top_becomes;
    }
    if (std::find(options_.taken.begin(), options_.taken.end(), way.front()) != options_.taken.end())
        way.front() += ".ray";
    return way;
}

std::uint32_t tar_extract::mode_of(tar_entry const& entry) const noexcept
{
    bool const folder = entry.type == tar_type::folder;
    if (!options_.keep_permissions) return folder || (entry.mode & 0100) != 0 ? 0755 : 0644;
    // What cannot be written or entered by its owner could not be filled either.
    return (entry.mode & 0777) | (folder ? 0700u : 0u);
}

std::vector<std::string> tar_extract::skipped() const
{
    std::vector<std::string> names = skipped_;
    if (unnamed_ > 0) names.push_back("and " + std::to_string(unnamed_) + " more");
    return names;
}

}  // namespace kuberay::ray
