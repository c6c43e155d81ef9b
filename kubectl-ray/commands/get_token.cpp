#include "cli/contexts.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"

#include <kuberay/ray/token.hpp>

namespace cli::commands {
namespace {

class get_token final : public command {
public:
    void declare(flags& on) override
    {
        on.about(
            "Prints the authentication token of a Ray cluster, without a newline. Of several contexts: a line each, "
            "with the context before the token."
        );
        on.example("For Ray's own tools", "get token demo");
        on.words("CLUSTER", 1, 1, &words_).completes = complete_clusters();
        contexts_.declare(on);
    }

    task<exit_code> run(context on) override
    {
        std::string const name = words_.front();
        require_name_in_path(ray::cluster::type(), name);
        std::vector<std::string> const contexts = contexts_.names(on);
        if (contexts.empty()) {
            std::string const token = co_await ray::read_token(on.client(), on.ns(), name);
            on.out().write(token);
            co_return exit_code::done;
        }
        std::function<task<std::string>(context)> const ask = [name](context one) {
            return token_in(std::move(one), name);
        };
        std::function<void(std::string const&, std::string)> const show =
            [on](std::string const& context_name, std::string const& token) {
                on.out().write(context_name + "\t" + token + "\n");
            };
        bool const all = co_await ask_contexts<std::string>(on, contexts, ask, show);
        co_return all ? exit_code::done : exit_code::failed;
    }

private:
    static task<std::string> token_in(context on, std::string name)
    {
        co_return co_await ray::read_token(on.client(), on.ns(), name);
    }

    std::vector<std::string> words_;
    context_flags contexts_;
};

}  // namespace

std::unique_ptr<command> make_get_token() { return std::make_unique<get_token>(); }

}  // namespace cli::commands
