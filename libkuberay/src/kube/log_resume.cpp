#include "kube/log_resume.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::kube {

namespace {

// Standard output and standard error are stamped by two writers of the runtime: a line may be a little older than the
// one before it, on the other side of a second.
constexpr std::chrono::milliseconds disorder(100);

}  // namespace

std::optional<timestamp> log_resume::since() const
{
    if (!last_) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*last_ - disorder);
}

void log_resume::begin_body()
{
    before_mark_ = last_.has_value();
    at_start_ = true;
    equal_ = 0;
    within_ = false;
}

void log_resume::give_up_line()
{
    if (open_parts_ == 0) return;
    time_ = open_time_;
    complete();
}

bool log_resume::is_repeat(log_line const& first)
{
    bool const is_first = std::exchange(at_start_, false);
    if (!first.time) {
        // Before the mark it is the rest of a line that began before the second asked for, which has its timestamp on
        // its first piece only. Behind it the kubelet tells of a trouble, again with every attempt.
        if (before_mark_ || (is_first && first.text == last_untimed_)) return true;
        last_untimed_ = first.text;
        return false;
    }
    if (!before_mark_) return false;
    if (*first.time > *latest_) {
        before_mark_ = false;
        return false;
    }
    if (*first.time == *last_) {
        ++equal_;
        if (equal_ >= with_last_) before_mark_ = false;
    }
    return true;
}

log_resume::verdict log_resume::judge(log_line const& piece)
{
    if (within_) {
        ++parts_;
        if (skipped_ || parts_ <= open_parts_) return verdict::repeat;
        return verdict::fresh;
    }
    parts_ = 1;
    time_ = piece.time;
    skipped_ = is_repeat(piece);
    if (skipped_) return verdict::repeat;
    if (open_parts_ == 0) return verdict::fresh;
    if (piece.time == open_time_) return verdict::repeat;  // the parts that were reported come first
    give_up_line();
    time_ = piece.time;
    return verdict::fresh_other;
}

log_resume::verdict log_resume::take(log_line const& piece)
{
    verdict const judged = judge(piece);
    within_ = piece.more;
    if (skipped_) return judged;
    if (judged != verdict::repeat) open_parts_ = parts_;
    if (piece.more) {
        open_time_ = time_;
    } else {
        complete();
    }
    return judged;
}

// A line was reported to its end.
void log_resume::complete()
{
    open_parts_ = 0;
    if (!time_) return;
    with_last_ = last_ && *last_ == *time_ ? with_last_ + 1 : 1;
    last_ = time_;
    latest_ = latest_ ? std::max(*latest_, *time_) : *time_;
    last_untimed_.clear();
}

}  // namespace kuberay::kube
