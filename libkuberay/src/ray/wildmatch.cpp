#include "ray/wildmatch.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace kuberay::ray {
namespace {

struct letter {
    char32_t value = 0;
    std::size_t length = 1;
};

// Bytes that are no UTF-8 have the values that Python gives them in file names.
letter letter_at(std::string_view path, std::size_t at)
{
    auto const byte = static_cast<unsigned char>(path[at]);
    if (byte < 0x80) return {byte, 1};
    utf8_step const step = next_code_point(path.substr(at));
    if (step.valid) return {step.code_point, step.length};
    return {0xDC00u + byte, 1};
}

}  // namespace

bool wildmatch::character_set::holds(char32_t letter) const noexcept
{
    bool const found = std::any_of(ranges.begin(), ranges.end(), [&](auto const& range) {
        return range.first <= letter && letter <= range.second;
    });
    return found != negated;
}

void wildmatch::add_step(action what, std::size_t number)
{
    bool const branches = what == action::loop_one || what == action::loop_any || what == action::fork;
    steps_.push_back({what, number, branches ? branches_++ : 0});
}

bool wildmatch::ends_with(action what) const noexcept { return steps_.size() > joined_ && steps_.back().what == what; }

void wildmatch::add_bare_text(std::string_view bytes)
{
    add_step(action::text, texts_.size());
    texts_.emplace_back(bytes);
}

void wildmatch::add_text(std::string_view bytes)
{
    if (bytes.empty()) return;
    least_ += bytes.size();
    if (ends_with(action::text))
        texts_.back() += bytes;
    else
        add_bare_text(bytes);
    if (texts_.back().size() > needed_.size()) needed_ = texts_.back();
}

void wildmatch::add_one()
{
    ++least_;
    add_step(action::one);
}

void wildmatch::add_set(character_set set)
{
    ++least_;
    add_step(action::set, sets_.size());
    sets_.push_back(std::move(set));
}

void wildmatch::add_some()
{
    if (!ends_with(action::loop_one)) add_step(action::loop_one);  // two in a row are one
}

void wildmatch::add_anything(std::size_t least)
{
    for (std::size_t i = 0; i < least; ++i, ++least_)
        add_step(action::any);
    add_step(action::loop_any);
}

void wildmatch::add_leading_folders()
{
    add_step(action::fork, steps_.size() + 4);
    add_step(action::any);
    add_step(action::loop_any);
    add_bare_text("/");
    joined_ = steps_.size();
}

void wildmatch::add_inner_folders()
{
    // Two in a row are one.
    if (inner_end_ != 0 && inner_end_ == steps_.size()) return;
    add_step(action::fork, steps_.size() + 4);
    add_bare_text("/");
    add_step(action::any);
    add_step(action::loop_any);
    inner_end_ = joined_ = steps_.size();
}

void wildmatch::add_below()
{
    add_step(action::fork, steps_.size() + 3);
    add_bare_text("/");
    add_step(action::loop_any);
    joined_ = steps_.size();
}

// Tries the alternatives one after the other; which of them failed already is kept, so that none is tried twice.
struct wildmatch::run {
    struct place {
        std::size_t step = 0, at = 0;
    };

    run(wildmatch const& pattern, std::string_view path)
        : pattern(pattern)
        , path(path)
    {
    }

    wildmatch const& pattern;
    std::string_view path;
    std::vector<bool> tried;
    std::vector<place> left;

    bool first_time(std::size_t branch, std::size_t at)
    {
        if (tried.empty()) tried.resize(pattern.branches_ * (path.size() + 1));
        auto one = tried[branch * (path.size() + 1) + at];
        bool const before = one;
        one = true;
        return !before;
    }

    // Python's `$`: a newline may follow.
    bool is_end(std::size_t at) const { return at == path.size() || (at + 1 == path.size() && path[at] == '\n'); }

    // The length of the character at `at` when the step takes it; 0 when it does not.
    std::size_t taken(step const& one, std::size_t at) const
    {
        if (at == path.size()) return 0;
        letter const next = letter_at(path, at);
        bool takes = false;
        if (one.what == action::set)
            takes = pattern.sets_[one.number].holds(next.value);
        else
            takes = next.value != (one.what == action::one || one.what == action::loop_one ? U'/' : U'\n');
        return takes ? next.length : 0;
    }

    bool follow(place from)
    {
        for (;;) {
            if (from.step == pattern.steps_.size()) return is_end(from.at);
            step const& one = pattern.steps_[from.step];
            if (one.what == action::text) {
                std::string const& text = pattern.texts_[one.number];
                if (path.compare(from.at, text.size(), text) != 0) return false;
                from.at += text.size();
                ++from.step;
                continue;
            }
            if (one.what == action::fork) {
                if (!first_time(one.branch, from.at)) return false;
                left.push_back({one.number, from.at});
                ++from.step;
                continue;
            }
            bool const loops = one.what == action::loop_one || one.what == action::loop_any;
            if (loops && !first_time(one.branch, from.at)) return false;
            std::size_t const length = taken(one, from.at);
            if (loops) {
                if (length > 0) left.push_back({from.step, from.at + length});
            } else {
                if (length == 0) return false;
                from.at += length;
            }
            ++from.step;
        }
    }
};

bool wildmatch::matches(std::string_view path) const
{
    if (path.size() < least_ || path.find(needed_) == std::string_view::npos) return false;
    run on(*this, path);
    on.left.push_back({0, 0});
    while (!on.left.empty()) {
        run::place const next = on.left.back();
        on.left.pop_back();
        if (on.follow(next)) return true;
    }
    return false;
}

}  // namespace kuberay::ray
