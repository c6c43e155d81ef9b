#include "cli/dry_run.hpp"

namespace cli {

void dry_run_flag::declare(flags& on)
{
    std::vector<candidate> const choices{
        candidate("client", "print the object, send nothing"),
        candidate("server", "let the server check it, store nothing"),
        candidate("none", "do it"),
    };
    flag& dry =
        on.choice("dry-run", 0, &text, choices, "Change nothing. client prints the object, server has it checked.");
    dry.bare = "client";
    dry.type = "client|server|none";
    dry.default_text.clear();
    auto const by_choice = dry.assign;
    dry.assign = [this, by_choice](std::string_view given) {
        if (given == "true") return void(text = "client");
        if (given == "false") return void(text = "none");
        by_choice(given);
    };
}

}  // namespace cli
