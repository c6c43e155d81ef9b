#include "cli/progress_block.hpp"

#include <kuberay/base/text.hpp>

namespace cli {
namespace {

constexpr std::chrono::milliseconds pause(100);
constexpr std::size_t most_lines = 16;

// A line that wrapped could not be taken back.
std::string cut(std::string const& text, std::size_t width)
{
    std::string line = kuberay::printable_line(text);
    std::size_t points = 0, end = 0;
    for (; end < line.size(); ++end)
        if ((static_cast<unsigned char>(line[end]) & 0xc0) != 0x80 && ++points > width) break;
    line.resize(end);
    return line;
}

}  // namespace

progress_block::progress_block(context on)
    : on_(std::move(on))
{
}

progress_block::~progress_block() { clear(); }

void progress_block::show(std::string const& work, std::string const& text)
{
    lines_[work] = text;
    if (std::chrono::steady_clock::now() - last_ >= pause) redraw();
}

void progress_block::end(std::string const& work, std::string const& said)
{
    lines_.erase(work);
    if (said.empty()) return redraw();
    on_.err().write(erased());
    drawn_ = 0;
    on_.note(said);
    redraw();
}

void progress_block::total(std::string const& text) { total_ = text; }

void progress_block::clear()
{
    on_.err().write(erased());
    drawn_ = 0;
    lines_.clear();
    total_.clear();
}

std::string progress_block::erased() const
{
    if (drawn_ == 0) return std::string();
    return "\x1b[" + std::to_string(drawn_) + "A\x1b[J";
}

void progress_block::redraw()
{
    if (!on_.err_is_terminal()) return;
    last_ = std::chrono::steady_clock::now();
    std::size_t const width = on_.width() > 1 ? on_.width() - 1 : 1;
    std::string text = erased();
    drawn_ = 0;
    for (auto const& [work, line] : lines_) {
        if (drawn_ == most_lines) break;
        text += cut(line, width) + "\n";
        ++drawn_;
    }
    if (!total_.empty()) {
        text += cut(total_, width) + "\n";
        ++drawn_;
    }
    on_.err().write(text);
}

}  // namespace cli
