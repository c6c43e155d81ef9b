// Packs a folder as Ray's client would, and says what the package is: pack_working_dir FOLDER [ARCHIVE [EXCLUDE...]]

#include <kuberay/ray/working_dir.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>

using namespace kuberay;

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::cerr << "usage: pack_working_dir FOLDER [ARCHIVE [EXCLUDE...]]\n";
        return 2;
    }
    try {
        ray::package_options options;
        options.excludes.assign(argv + std::min(argc, 3), argv + argc);
        ray::package const packed = ray::pack_folder(argv[1], options);
        std::cout << packed.name << ' ' << packed.files << " files " << packed.unpacked_bytes << " bytes, packed "
                  << packed.bytes << '\n';
        for (auto const& path : packed.notes.loops)
            std::cerr << "left out, a link back to a folder above it: " << path << '\n';
        // The temporary file goes with the package.
        if (argc > 2)
            std::filesystem::copy_file(packed.file, argv[2], std::filesystem::copy_options::overwrite_existing);
        return 0;
    } catch (failure const& f) {
        std::cerr << "error: " << f.error().message() << '\n';
        if (!f.error().hint().empty()) std::cerr << "hint: " << f.error().hint() << '\n';
    } catch (std::filesystem::filesystem_error const& e) {
        std::cerr << "error: " << e.what() << '\n';
    }
    return 1;
}
