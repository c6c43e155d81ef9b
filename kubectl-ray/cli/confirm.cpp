#include "cli/confirm.hpp"

#include <kuberay/base/text.hpp>

namespace cli {

bool confirmed(context const& on, std::string const& question)
{
    on.out().flush();
    on.err().write(question + " (y/yes/n/no) ");
    std::optional<std::string> const line = on.in().read_line();
    if (!on.in_is_terminal()) on.err().write("\n");  // nobody's return key has ended the line
    if (!line)
        throw failure(error(errc::bad_input, "no answer, nothing was changed").with_hint("--yes goes on without asking")
        );
    std::string const word = kuberay::to_lower(kuberay::trim(*line));
    if (word == "y" || word == "yes") return true;
    if (word != "n" && word != "no")
        throw failure(errc::bad_input, "the answer is none of y, yes, n, no; nothing was changed");
    on.note("Cancelled, nothing was changed.");
    return false;
}

}  // namespace cli
