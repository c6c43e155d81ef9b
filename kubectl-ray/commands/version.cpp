#include "cli/quote.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/version.hpp>

namespace cli::commands {
namespace {

class version final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Shows the version of this plugin and, unless told otherwise, of the KubeRay operators in the cluster."
        );
        on.example("Without asking the cluster", "version --client");
        on.toggle("client", 0, &client_only_, "The plugin's version alone; nothing is sent.");
        on.group(flag_group::output);
        on.choice("output", 'o', &output_, {candidate("json"), candidate("yaml")}, "Print json or yaml.");
        on.group(flag_group::command);
    }

    task<exit_code> run(context on) override
    {
        json::object document;
        document["clientVersion"].emplace_object()["version"] = KUBERAY_VERSION;
        if (output_.empty())
            on.out().write("kubectl ray plugin version: " KUBERAY_VERSION "\n");
        else if (output_ == "json")
            on.out().write(kuberay::to_pretty_json(document) + "\n");
        else
            on.out().write(kuberay::to_yaml(document));
        co_return exit_code::done;
    }

private:
    bool client_only_ = false;
    std::string output_;
};

}  // namespace

std::unique_ptr<command> make_version() { return std::make_unique<version>(); }

}  // namespace cli::commands
