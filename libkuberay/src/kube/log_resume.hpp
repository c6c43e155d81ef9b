#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/kube/logs.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace kuberay::kube {

/// Decides which lines of a log that is read again were reported before. Pure state.
///
/// The mark is the last line reported: its time, and how many lines had that time. A server answers from the second asked
/// for, in the order of the file: everything up to the mark is a repeat, everything behind it is new. Should the mark be
/// missing (the file was rotated), the first line later than any reported one is new. Clocks may go back: the mark then
/// still is the last line reported, not the latest.
class log_resume {
public:
    enum class verdict {
        fresh,       ///< to be reported
        repeat,      ///< was reported
        fresh_other  ///< to be reported, after an end of the line whose parts were reported: its rest is gone
    };

    /// From which moment the next request has to ask; nullopt: nothing was reported.
    std::optional<timestamp> since() const;

    /// A body begins: it repeats lines if any were reported.
    void begin_body();

    /// The next line, or part of one, of this body.
    verdict take(log_line const& piece);

    /// Parts of a line were reported, but not its end.
    bool is_within_line() const noexcept { return open_parts_ > 0; }

    /// The rest of that line will not come.
    void give_up_line();

private:
    verdict judge(log_line const& piece);
    bool is_repeat(log_line const& first);
    void complete();

    std::optional<timestamp> last_, latest_;
    std::size_t with_last_ = 0;
    std::string last_untimed_;  // since the last line with a time

    std::size_t open_parts_ = 0;  // reported of a line whose end was not
    std::optional<timestamp> open_time_;

    // Of the body at hand.
    bool before_mark_ = false;
    bool at_start_ = true;
    std::size_t equal_ = 0;
    bool within_ = false;   // of a line
    bool skipped_ = false;  // that line is a repeat
    std::size_t parts_ = 0;
    std::optional<timestamp> time_;
};

}  // namespace kuberay::kube
