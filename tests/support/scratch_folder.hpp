#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace kuberay::test {

/// A new, empty folder that is removed with all that is in it.
class scratch_folder {
public:
    scratch_folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "kuberay-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for the test");
        path_ = name;
    }

    scratch_folder(scratch_folder const&) = delete;
    scratch_folder& operator=(scratch_folder const&) = delete;

    ~scratch_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path const& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string content_of(std::filesystem::path const& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

inline void put_content(std::filesystem::path const& file, std::string const& content)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

/// Everything below a folder: relative path to content; folders end in '/', links are "-> target".
inline std::map<std::string, std::string> tree_of(std::filesystem::path const& folder)
{
    std::map<std::string, std::string> found;
    for (auto const& one : std::filesystem::recursive_directory_iterator(folder)) {
        std::string const name = one.path().lexically_relative(folder).string();
        if (one.is_symlink())
            found[name] = "-> " + std::filesystem::read_symlink(one.path()).string();
        else if (one.is_directory())
            found[name + "/"] = std::string();
        else
            found[name] = content_of(one.path());
    }
    return found;
}

}  // namespace kuberay::test
