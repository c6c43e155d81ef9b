#include "commands/job_command.hpp"

namespace cli::commands {

void job_command::declare(flags& on)
{
    on.words("(NAME | SUBMISSION-ID)", 1, 1, &words_).completes = complete_job_names(&place_);
    place_.declare(
        on, "Ray cluster whose job it is; the word is then a submission id, no RayJob.",
        "URL of the dashboard whose job it is."
    );
    describe(on);
}

void job_command::complete(flags const&, global_flags& globals)
{
    place_.complete(globals);
    name_ = read_job_word(words_.front(), place_.is_given());
}

task<exit_code> job_command::run(context on)
{
    place_.tell(on);
    co_await place_.settle(on);
    co_return co_await act(on);
}

}  // namespace cli::commands
