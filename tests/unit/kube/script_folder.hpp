#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace kuberay::kube::test {

/// A folder of its own for small shell scripts; removed at the end.
class script_folder {
public:
    script_folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "kuberay-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path_ = name;
    }

    script_folder(script_folder const&) = delete;
    script_folder& operator=(script_folder const&) = delete;

    ~script_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string path(std::string const& name) const { return (path_ / name).string(); }

    /// Writes an executable script and returns its path.
    std::string script(std::string const& name, std::string const& lines) const
    {
        {
            std::ofstream out(path(name));
            out << "#!/bin/sh\n" << lines;
        }
        std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
        return path(name);
    }

    /// The content of a file that a script wrote; empty when there is none.
    std::string content(std::string const& name) const
    {
        std::ifstream in(path(name));
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

private:
    std::filesystem::path path_;
};

}  // namespace kuberay::kube::test
