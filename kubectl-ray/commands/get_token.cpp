#include "cli/resource_names.hpp"
#include "commands/commands.hpp"

#include <kuberay/ray/token.hpp>

namespace cli::commands {
namespace {

class get_token final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Prints the authentication token of a Ray cluster, without a newline.");
        on.example("For Ray's own tools", "get token demo");
        on.words("CLUSTER", 1, 1, &words_).completes = complete_clusters();
    }

    task<exit_code> run(context on) override
    {
        require_name_in_path(ray::cluster::type(), words_.front());
        std::string const token = co_await ray::read_token(on.client(), on.ns(), words_.front());
        on.out().write(token);
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<command> make_get_token() { return std::make_unique<get_token>(); }

}  // namespace cli::commands
