#include "fuzz/fuzz_check.hpp"
#include "kube/log_line_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace kuberay;

namespace {

struct outcome {
    std::string lines, text;
    bool operator==(outcome const&) const = default;
};

outcome split(std::string_view text, std::size_t step, std::size_t max_line)
{
    outcome made;
    kube::log_line_codec codec(max_line);
    auto const keep = [&](kube::log_line const& line) {
        KUBERAY_FUZZ_CHECK(!line.more || line.text.size() == max_line);
        if (line.time) made.lines += format_rfc3339_nano(*line.time);
        made.lines += "|" + std::to_string(line.text.size()) + (line.more ? "+" : "\n");
        made.text += line.text;
    };
    for (std::size_t at = 0; at < text.size(); at += step) {
        codec.feed(text.substr(at, step));
        while (auto line = codec.next())
            keep(*line);
    }
    if (auto last = codec.finish()) keep(*last);
    KUBERAY_FUZZ_CHECK(!codec.next() && !codec.finish());
    return made;
}

}  // namespace

// How the bytes are cut changes nothing, and nothing comes out that did not go in.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data + 2), size - 2);
    std::size_t const max_line = std::size_t(data[1] % 64) + 1;
    outcome const whole = split(text, text.size() + 1, max_line);
    KUBERAY_FUZZ_CHECK(whole.text.size() <= text.size());
    KUBERAY_FUZZ_CHECK(split(text, 1, max_line) == whole);
    KUBERAY_FUZZ_CHECK(split(text, std::size_t(data[0] % 40) + 2, max_line) == whole);
    return 0;
}
