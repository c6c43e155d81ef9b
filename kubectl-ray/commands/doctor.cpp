#include "cli/contexts.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/doctor.hpp>

namespace cli::commands {
namespace {

struct look {
    char const* word;
    char const* colour;
};

look look_of(ray::health state)
{
    switch (state) {
    case ray::health::ok: return {"ok", "\x1b[32m"};
    case ray::health::warning: return {"warn", "\x1b[33m"};
    case ray::health::failing: break;
    }
    return {"fail", "\x1b[31m"};
}

std::string line_of(ray::finding const& from, bool coloured)
{
    look const how = look_of(from.state);
    std::string word = how.word;
    word.resize(6, ' ');
    if (coloured) word = how.colour + word + "\x1b[0m";
    std::string text = word + kuberay::printable_line(from.check + ": " + from.message) + "\n";
    if (!from.remedy.empty()) text += "      -> " + kuberay::printable_line(from.remedy) + "\n";
    return text;
}

class doctor final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Checks what the commands need: the API server, the Ray resources, the operator, webhooks and your "
                 "rights. Exits with 1 when something fails.");
        on.example("In the namespace where you work", "doctor -n team-a");
        on.example("Every cluster of the kubeconfig", "doctor --all-contexts");
        contexts_.declare(on);
    }

    task<exit_code> run(context on) override
    {
        std::vector<std::string> const contexts = contexts_.names(on);
        bool failing = false;
        if (contexts.empty()) {
            std::vector<ray::finding> const findings = co_await findings_of(on);
            failing = show(on, findings);
            co_return failing ? exit_code::failed : exit_code::done;
        }
        bool first = true;
        std::function<void(std::string const&, std::vector<ray::finding>)> const show_one =
            [&](std::string const& name, std::vector<ray::finding> const& findings) {
                on.out().write(context_heading(name, first));
                failing = show(on, findings) || failing;
                first = false;
            };
        std::function<task<std::vector<ray::finding>>(context)> const ask = findings_of;
        bool const all = co_await ask_contexts<std::vector<ray::finding>>(on, contexts, ask, show_one);
        co_return all && !failing ? exit_code::done : exit_code::failed;
    }

private:
    static task<std::vector<ray::finding>> findings_of(context on)
    {
        co_return co_await ray::examine(on.client(), on.ns());
    }

    // True: something fails.
    static bool show(context const& on, std::vector<ray::finding> const& findings)
    {
        bool failing = false;
        for (ray::finding const& each : findings) {
            failing = failing || each.state == ray::health::failing;
            on.out().write(line_of(each, on.colour_allowed()));
        }
        return failing;
    }

    context_flags contexts_;
};

}  // namespace

std::unique_ptr<command> make_doctor() { return std::make_unique<doctor>(); }

}  // namespace cli::commands
