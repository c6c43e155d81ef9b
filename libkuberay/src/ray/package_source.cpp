#include "ray/package_source.hpp"

#include <kuberay/base/error.hpp>
#include <kuberay/base/text.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace kuberay::ray {
namespace {

constexpr std::array<std::string_view, 8> packed = {"gcs", "http", "https", "s3", "gs", "azure", "abfss", "file"};
constexpr char const* git_hint = "Ray has no git: give the archive that hosting sites make of a commit, such as "
                                 "https://HOST/OWNER/REPOSITORY/archive/COMMIT.zip, or clone it and give the folder";

bool is_scheme(std::string_view text)
{
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

// Without user, password, query and fragment.
std::string shown(std::string_view scheme, std::string_view rest)
{
    rest = rest.substr(0, rest.find_first_of("?#"));
    std::size_t const host_end = std::min(rest.find('/'), rest.size());
    std::size_t const user = rest.substr(0, host_end).rfind('@');
    if (user != std::string_view::npos) rest.remove_prefix(user + 1);
    return "\"" + printable_line(std::string(scheme) + "://" + std::string(rest)) + "\"";
}

bool has_ending(std::string_view path, std::vector<std::string_view> const& endings)
{
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view one) { return path.ends_with(one); });
}

}  // namespace

bool is_package_uri(std::string_view text, package_use use)
{
    std::size_t const colon = text.find("://");
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) {
        // git@host:owner/repository
        std::size_t const at = text.find('@');
        if (at != std::string_view::npos && at < text.find(':') && text.find(':') < text.find('/')
            && text.ends_with(".git"))
            throw failure(
                error(errc::bad_input, "\"" + printable_line(text) + "\" is a git repository").with_hint(git_hint)
            );
        return false;
    }
    std::string const scheme = to_lower(text.substr(0, colon));
    std::string_view const rest = text.substr(colon + 3);
    std::string_view const path = rest.substr(0, rest.find_first_of("?#"));
    if (scheme == "local") {
        if (!rest.starts_with('/') || has_ending(rest, {".zip", ".whl", ".tar.gz", ".tgz", ".tar.xz"}))
            throw failure(
                errc::bad_input,
                shown(scheme, rest) + " must name a folder that every node has, by its absolute path: local:///PATH"
            );
        return true;
    }
    if (std::find(packed.begin(), packed.end(), scheme) == packed.end()) {
        bool const git = scheme.starts_with("git") || scheme == "ssh";
        error what(
            errc::bad_input, shown(scheme, rest) + " cannot be fetched by Ray, which knows local folders and "
                                 + "the schemes http, https, s3, gs, azure, abfss, file, gcs and local"
        );
        throw failure(git ? what.with_hint(git_hint) : what);
    }
    std::vector<std::string_view> endings = {".zip", ".tar.gz", ".tgz", ".tar.xz"};
    if (use == package_use::module) endings.push_back(".whl");
    if (has_ending(path, endings)) return true;
    error what(
        errc::bad_input, shown(scheme, rest) + " must end in .zip, .tar.gz, .tgz or .tar.xz"
                             + (use == package_use::module ? ", or .whl" : "")
    );
    throw failure(scheme.starts_with("http") ? what.with_hint(git_hint) : what);
}

}  // namespace kuberay::ray
