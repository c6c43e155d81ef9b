// Unpacks any bytes as an archive in pieces: whatever they are, nothing appears outside the folder, and the size of the
// pieces makes no difference.
#include "fuzz/fuzz_check.hpp"
#include "ray/tar_extract.hpp"

#include <kuberay/base/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

namespace ray = kuberay::ray;

struct seen {
    std::string events, failed;
    bool ended = false;
    bool operator==(seen const&) const = default;
};

seen decode(std::string_view bytes, std::size_t piece)
{
    seen what;
    ray::tar_decoder decoder;
    try {
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            std::string_view input = bytes.substr(at, piece);
            for (auto event = decoder.next(input); event != ray::tar_event::more; event = decoder.next(input)) {
                if (event == ray::tar_event::data)
                    what.events += decoder.data();
                else if (event == ray::tar_event::entry)
                    what.events += "<" + decoder.entry().name + ">" + std::to_string(decoder.entry().size);
                else
                    what.events += event == ray::tar_event::entry_end ? "</>" : "<end>";
            }
        }
    } catch (kuberay::failure const&) {
        what.failed = "refused";
    }
    what.ended = decoder.ended();
    return what;
}

struct scratch_place {
    scratch_place()
    {
        std::string name = (std::filesystem::temp_directory_path() / "kuberay-fuzz-XXXXXX").string();
        KUBERAY_FUZZ_CHECK(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    scratch_place(scratch_place const&) = delete;
    scratch_place& operator=(scratch_place const&) = delete;
    ~scratch_place() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

std::filesystem::path const& scratch()
{
    static scratch_place const made;
    return made.path;
}

void unpack(std::string_view bytes)
{
    ray::extract_options options;
    options.max_bytes = 1u << 20;
    options.max_files = 100;
    std::filesystem::path const folder = scratch() / "pod";
    {
        ray::tar_extract extract(ray::safe_folder(folder), options);
        try {
            extract.push(bytes);
        } catch (kuberay::failure const& thrown) {
            KUBERAY_FUZZ_CHECK(thrown.error().code().category() != boost::system::system_category());
        }
    }
    for (auto const& one : std::filesystem::recursive_directory_iterator(folder))
        KUBERAY_FUZZ_CHECK(one.is_directory() || (one.is_regular_file() && !one.is_symlink()));
    std::filesystem::remove_all(folder);
    KUBERAY_FUZZ_CHECK(std::filesystem::is_empty(scratch()));
}

// Any block becomes a header when its checksum is right: few mutations would keep it so.
std::string with_checksums(std::string_view bytes)
{
    std::string fixed(bytes);
    for (std::size_t at = 0; at + 512 <= fixed.size(); at += 512) {
        if (fixed.substr(at + 257, 5) != "ustar") continue;
        fixed.replace(at + 148, 8, 8, ' ');
        unsigned sum = 0;
        for (std::size_t i = at; i < at + 512; ++i)
            sum += static_cast<unsigned char>(fixed[i]);
        for (int digit = 5; digit >= 0; --digit, sum /= 8)
            fixed[at + 148 + static_cast<std::size_t>(digit)] = static_cast<char>('0' + sum % 8);
    }
    return fixed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 1) return 0;
    std::string const bytes = with_checksums(std::string_view(reinterpret_cast<char const*>(data) + 1, size - 1));
    KUBERAY_FUZZ_CHECK(decode(bytes, data[0] + 1u) == decode(bytes, bytes.size() + 1));
    if (data[0] % 8 == 0) unpack(bytes);  // files are slow
    return 0;
}
