#include "cli/context.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/version.hpp>

#include <set>
#include <utility>

namespace cli {
namespace {

// The lines of `-v`.
class stderr_log final : public kuberay::log_sink {
public:
    explicit stderr_log(std::shared_ptr<sink> into)
        : into_(std::move(into))
    {
    }

    void write(int, std::string_view message) override
    {
        try {
            into_->write(kuberay::printable(message) + "\n");
        } catch (failure const&) {  // a log that cannot be written must not end the work
        }
    }

private:
    std::shared_ptr<sink> into_;
};

}  // namespace

struct context::state {
    process from;
    global_flags globals;
    kuberay::asio::any_io_executor executor;
    std::optional<kube::client> client;
    std::set<std::string, std::less<>> warned;
};

context::context(process from, global_flags globals, kuberay::asio::any_io_executor executor)
    : state_(std::make_shared<state>())
{
    state_->from = std::move(from);
    state_->globals = std::move(globals);
    state_->executor = std::move(executor);
}

sink& context::out() const { return *state_->from.out; }

sink& context::err() const { return *state_->from.err; }

source& context::in() const { return *state_->from.in; }

kuberay::timestamp context::now() const { return state_->from.now(); }

std::optional<std::string> context::environment(std::string const& name) const
{
    return state_->from.environment(name);
}

kuberay::asio::any_io_executor context::executor() const { return state_->executor; }

bool context::in_is_terminal() const noexcept { return state_->from.in_is_terminal; }

bool context::out_is_terminal() const noexcept { return state_->from.out_is_terminal; }

bool context::err_is_terminal() const noexcept { return state_->from.err_is_terminal; }

int context::in_fd() const noexcept { return state_->from.in_fd; }

int context::out_fd() const noexcept { return state_->from.out_fd; }

int context::err_fd() const noexcept { return state_->from.err_fd; }

std::size_t context::width() const noexcept { return state_->from.width; }

bool context::colour_allowed() const
{
    std::optional<std::string> const no_colour = environment("NO_COLOR");
    return out_is_terminal() && (!no_colour || no_colour->empty());
}

std::string const& context::program() const noexcept { return state_->from.program; }

global_flags const& context::globals() const noexcept { return state_->globals; }

kube::client context::client() const
{
    if (!state_->client) {
        kube::client_options options;
        if (state_->from.client_options) options = state_->from.client_options(state_->executor);
        options.max_connections = state_->globals.max_connections;
        options.user_agent = "kubectl-ray/" KUBERAY_VERSION;
        options.log = kuberay::logger(std::make_shared<stderr_log>(state_->from.err), state_->globals.verbosity);
        std::weak_ptr<state> const weak = state_;  // the client lives in the state
        options.on_warning = [weak](std::string_view text) {
            if (std::shared_ptr<state> const alive = weak.lock()) {
                std::string line = "Warning: " + kuberay::printable_line(text) + "\n";
                if (alive->warned.insert(line).second) alive->from.err->write(line);
            }
        };
        state_->client.emplace(state_->executor, kube::load_config(state_->globals.load), std::move(options));
    }
    return *state_->client;
}

context context::with_context(std::string name) const
{
    global_flags globals = state_->globals;
    globals.load.context = std::move(name);
    return context(state_->from, std::move(globals), state_->executor);
}

std::string context::ns() const
{
    std::string const& chosen = state_->globals.load.ns;
    return chosen.empty() ? client().default_ns() : chosen;
}

std::string context::ns_without_server() const
{
    kube::load_options const& options = state_->globals.load;
    if (!options.ns.empty()) return options.ns;
    try {
        return kube::load_config(options).ns;
    } catch (failure const& unusable) {
        warn("the namespace of the kubeconfig is unknown, \"default\" is used: " + unusable.error().message());
        return "default";
    }
}

void context::note(std::string const& line) const { err().write(kuberay::printable_line(line) + "\n"); }

void context::warn(std::string const& text) const
{
    std::string line = "Warning: " + kuberay::printable_line(text) + "\n";
    if (state_->warned.insert(line).second) err().write(line);
}

}  // namespace cli
