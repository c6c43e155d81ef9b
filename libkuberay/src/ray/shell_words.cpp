#include <kuberay/base/text.hpp>
#include <kuberay/ray/job_client.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

bool is_plain(char c) noexcept
{
    bool const is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_alphanumeric || std::string_view("@%+=:,./_-").find(c) != std::string_view::npos;
}

// Python's shlex.quote.
std::string quoted_for_shell(std::string const& word)
{
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
    std::string made = "'";
    for (char const c : word) {
        if (c == '\'')
            made += "'\"'\"'";
        else
            made += c;
    }
    return made + "'";
}

}  // namespace

std::string shell_words(std::vector<std::string> const& argv)
{
    std::vector<std::string> words;
    words.reserve(argv.size());
    for (std::string const& word : argv)
        words.push_back(quoted_for_shell(word));
    return join(words, " ");
}

}  // namespace kuberay::ray
