#include "ray/tar_words.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <array>

namespace kuberay::ray {
namespace {

constexpr std::size_t most_changed = 10'000, longest_line = 8192;

}  // namespace

std::string changed_file(std::string_view line)
{
    static constexpr std::array<std::string_view, 4> endings = {
        ": file changed as we read it",
        ": File removed before we read it",
        ": No such file or directory",
        "; padding with zeros",
    };
    static constexpr std::string_view shrank = ": File shrank by ", cannot_stat = ": Cannot stat";
    if (line.find(": Cannot open: ") != std::string_view::npos) return std::string();  // which is a failure
    auto const is_ending = [&](std::string_view ending) { return line.ends_with(ending); };
    auto const found = std::find_if(endings.begin(), endings.end(), is_ending);
    std::size_t const colon = line.find(": ");
    if (found == endings.end() || colon == std::string_view::npos) return std::string();
    std::string_view name = line.substr(0, line.size() - found->size());
    if (found->starts_with(';')) name = name.substr(0, name.rfind(shrank));
    if (name.size() < colon + 2) return std::string();
    name.remove_prefix(colon + 2);
    if (name.ends_with(cannot_stat)) name.remove_suffix(cannot_stat.size());
    if (name.starts_with("./")) name.remove_prefix(2);
    return name == "." ? std::string() : printable_line(name);
}

void tar_words::add(std::string_view bytes)
{
    tail_.add(bytes);
    for (char const c : bytes) {
        if (c != '\n') {
            if (line_.size() < longest_line) line_ += c;
            continue;
        }
        std::string name = changed_file(line_);
        if (!name.empty() && changed_.size() < most_changed) changed_.push_back(std::move(name));
        line_.clear();
    }
}

void tar_words::judge(int exit_code, bool ended) const
{
    if (exit_code == 126 || exit_code == 127)
        throw failure(without_program(error(errc::unexpected, "executable file not found"), "tar"));
    if (exit_code > 1 || (exit_code == 1 && !ended)) {
        std::string const said = summary();
        throw failure(
            errc::unexpected,
            "tar ended with exit code " + std::to_string(exit_code) + (said.empty() ? "" : ": " + said)
        );
    }
    if (!ended) throw failure(errc::connection_lost, "the archive was cut off: its end did not arrive");
}

}  // namespace kuberay::ray
