#include "cli/quote.hpp"
#include "commands/commands.hpp"
#include "commands/completion_scripts.hpp"

namespace cli::commands {
namespace {

struct shell {
    std::string_view name;
    std::string_view const* script;
};

constexpr shell shells[] = {
    {"bash", &bash_script}, {"fish", &fish_script}, {"powershell", &powershell_script}, {"zsh", &zsh_script}
};

class completion final : public command {
public:
    void declare(flags& on) override
    {
        on.about(
            "Prints a script for kubectl-ray called by itself. For \"kubectl ray\" nothing is needed: kubectl finds "
            "kubectl_complete-ray, which is installed beside the plugin."
        );
        on.example("In this bash", "completion bash > ~/.kubectl-ray.bash && source ~/.kubectl-ray.bash");
        std::vector<candidate> names;
        for (shell const& each : shells)
            names.emplace_back(std::string(each.name));
        on.words("(bash | fish | powershell | zsh)", 1, 1, &words_).completes = complete_choices(std::move(names));
    }

    void validate() const override
    {
        if (!script()) throw usage_error(in_quotes(words_.front()) + " is none of bash, fish, powershell, zsh");
    }

    task<exit_code> run(context on) override
    {
        on.out().write(*script());
        co_return exit_code::done;
    }

private:
    std::string_view const* script() const
    {
        for (shell const& each : shells)
            if (each.name == words_.front()) return each.script;
        return nullptr;
    }

    std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<command> make_completion() { return std::make_unique<completion>(); }

}  // namespace cli::commands
