#include "cli/command_line.hpp"
#include "cli/names.hpp"
#include "fuzz/fuzz_check.hpp"

#include <kuberay/base/text.hpp>

#include <cstddef>
#include <cstdint>

using namespace cli;

namespace {

// A flag of each sort.
struct sample {
    std::string text, choice = "none";
    std::int32_t count = 0;
    bool all = false;
    string_map labels;
    std::vector<std::string> groups, words;
    std::chrono::nanoseconds timeout{0};
    flags on;

    sample()
    {
        on.words("NAME...", 0, any_number, &words);
        on.value("text", 't', &text, "");
        on.value("count", 'c', &count, "");
        on.toggle("all", 'A', &all, "");
        on.value("labels", 'l', &labels, "");
        on.value("group", 'g', &groups, "");
        on.value("timeout", 0, &timeout, "");
        on.choice("dry-run", 0, &choice, {candidate("client"), candidate("none")}, "").bare = "client";
    }
};

}  // namespace

// The input's lines are the arguments. Every argument ends up somewhere: as a word, in a flag, or the line is refused
// with a message.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::vector<std::string> const arguments =
        kuberay::split(std::string_view(reinterpret_cast<char const*>(data), size), '\n');
    sample from;
    command_line const apart = take_apart(from.on, arguments);
    KUBERAY_FUZZ_CHECK(!apart.dash_at || *apart.dash_at <= apart.words.size());
    KUBERAY_FUZZ_CHECK(!apart.open || !apart.fault.empty());
    try {
        command_line const line = read_command_line(from.on, arguments);
        check_command_line(from.on, line);
        KUBERAY_FUZZ_CHECK(apart.fault.empty());
        KUBERAY_FUZZ_CHECK(from.words == line.words);
        for (flag_use const& use : line.uses)
            KUBERAY_FUZZ_CHECK(use.which->given);
    } catch (usage_error const& wrong) {
        KUBERAY_FUZZ_CHECK(!wrong.error().message().empty());
    }
    return 0;
}
