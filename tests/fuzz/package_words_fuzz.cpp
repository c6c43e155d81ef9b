// Texts that a person brings in for a package: ignore patterns with a path, and runtime environments.
#include "fuzz/fuzz_check.hpp"
#include "ray/ignore_patterns.hpp"

#include <kuberay/ray/runtime_env.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace kuberay;

namespace {

// A pattern for this path and no other; empty for paths that patterns do not take literally.
std::string literal(std::string_view path)
{
    std::string pattern = "/";
    for (char const letter : path) {
        if (letter <= ' ' || letter > '~') return std::string();
        if (letter != '/') pattern += '\\';
        pattern += letter;
    }
    bool const bad = path.empty() || path.front() == '/' || path.back() == '/' || path.find("//") != path.npos;
    return bad ? std::string() : pattern;
}

void match(std::string_view text)
{
    std::size_t const end = std::min(text.find('\0'), text.size());
    std::vector<std::string> lines = ray::ignore_lines(text.substr(0, end));
    std::string const path(text.substr(std::min(text.size(), end + 1)));
    try {
        bool const excluded = ray::ignore_patterns(lines, "x").exclude(path);
        lines.push_back("# words");
        KUBERAY_FUZZ_CHECK(ray::ignore_patterns(lines, "x").exclude(path) == excluded);
        if (std::string const only = literal(path); !only.empty()) {
            lines.push_back(only);
            ray::ignore_patterns const more(lines, "x");
            KUBERAY_FUZZ_CHECK(more.exclude(path) && more.exclude(path + "/x"));
            KUBERAY_FUZZ_CHECK(
                more.exclude(path + "x")
                == ray::ignore_patterns({lines.begin(), lines.end() - 1}, "x").exclude(path + "x")
            );
        }
        lines.push_back("**");
        if (!path.empty() && path.find('\n') == path.npos)
            KUBERAY_FUZZ_CHECK(ray::ignore_patterns(lines, "x").exclude(path));
    } catch (failure const& refused) {
        KUBERAY_FUZZ_CHECK(refused.error().code() == errc::bad_input);
    }
}

void parse(std::string_view text)
{
    json::object env;
    try {
        env = ray::parse_runtime_env(text, "x");
    } catch (failure const& refused) {
        KUBERAY_FUZZ_CHECK(!refused.error().message().empty());
        return;
    }
    ray::check_runtime_env(env, "x");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 1) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    if (data[0] == 'e')
        parse(text);
    else
        match(text);
    return 0;
}
