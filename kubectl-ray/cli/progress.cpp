#include "cli/progress.hpp"

#include <kuberay/base/text.hpp>

namespace cli {
namespace {

// At most `width` code points of a text that is UTF-8.
std::string cut(std::string text, std::size_t width)
{
    if (kuberay::display_width(text) <= width) return text;
    std::size_t end = 0;
    for (std::size_t points = 0; end < text.size(); ++end) {
        bool const begins_point = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (begins_point && points++ == width) break;
    }
    text.resize(end);
    return text;
}

}  // namespace

progress_line::progress_line(context on)
    : on_(std::move(on))
{
}

progress_line::~progress_line() { clear(); }

void progress_line::show(std::string const& text)
{
    std::string line = kuberay::printable_line(text);
    if (line == shown_) return;
    shown_ = line;
    if (!on_.err_is_terminal()) return on_.err().write(line + "\n");
    live_ = true;
    on_.err().write("\r\x1b[K" + cut(std::move(line), on_.width() > 1 ? on_.width() - 1 : 1));
}

void progress_line::clear()
{
    if (live_) on_.err().write("\r\x1b[K");
    live_ = false;
}

}  // namespace cli
