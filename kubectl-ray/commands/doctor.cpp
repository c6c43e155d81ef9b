#include "commands/commands.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/doctor.hpp>

namespace cli::commands {
namespace {

char const* word_of(ray::health state)
{
    switch (state) {
    case ray::health::ok: return "ok";
    case ray::health::warning: return "warn";
    case ray::health::failing: return "fail";
    }
    return "fail";
}

class doctor final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Checks what the commands need: the API server, the Ray resources, the operator, webhooks and your "
                 "rights. Exits "
                 "with 1 when something fails.");
        on.example("In the namespace where you work", "doctor -n team-a");
    }

    task<exit_code> run(context on) override
    {
        std::vector<ray::finding> const findings = co_await ray::examine(on.client(), on.ns());
        bool failing = false;
        for (ray::finding const& each : findings) {
            failing = failing || each.state == ray::health::failing;
            std::string line = word_of(each.state);
            line.resize(6, ' ');
            on.out().write(line + kuberay::printable_line(each.check + ": " + each.message) + "\n");
            if (!each.remedy.empty()) on.out().write("      -> " + kuberay::printable_line(each.remedy) + "\n");
        }
        co_return failing ? exit_code::failed : exit_code::done;
    }
};

}  // namespace

std::unique_ptr<command> make_doctor() { return std::make_unique<doctor>(); }

}  // namespace cli::commands
