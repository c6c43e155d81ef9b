#include "cli/contexts.hpp"
#include "cli/quote.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/operator_version.hpp>
#include <kuberay/version.hpp>

namespace cli::commands {
namespace {

// What one context answered; a search that failed is an answer too: the version is unknown then.
struct operators_seen {
    operators_seen() = default;
    ray::operator_search search;
    std::string fault;
};

task<operators_seen> look_for_operators(context on)
{
    task<ray::operator_search> searching = ray::find_operators(on.client(), on.ns());
    result<ray::operator_search> const search = co_await kuberay::as_result(std::move(searching));
    if (search.has_error() && kuberay::is_cancellation(search.error())) throw failure(search.error());
    operators_seen seen;
    if (search.has_error())
        seen.fault = search.error().message();
    else
        seen.search = *search;
    co_return seen;
}

void add_operators(json::object& to, operators_seen const& seen)
{
    if (!seen.fault.empty()) {
        to["operatorError"] = seen.fault;
        return;
    }
    json::array& operators = to["operators"].emplace_array();
    for (ray::operator_info const& found : seen.search.found) {
        json::object& each = operators.emplace_back(json::object()).get_object();
        each["namespace"] = found.ns;
        each["deployment"] = found.deployment;
        each["image"] = found.image;
        each["version"] = found.version;
        each["replicas"] = found.replicas;
        each["readyReplicas"] = found.ready_replicas;
    }
}

class version final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Shows the version of this plugin and, unless told otherwise, of the KubeRay operators in the cluster."
        );
        on.example("Without asking the cluster", "version --client");
        on.words("", 0, any_number, &ignored_);
        contexts_.declare(on);
        on.toggle("client", 0, &client_only_, "The plugin's version alone; nothing is sent.");
        on.group(flag_group::output);
        on.choice("output", 'o', &output_, {candidate("json"), candidate("yaml")}, "Print json or yaml.");
        on.group(flag_group::command);
    }

    task<exit_code> run(context on) override
    {
        if (output_.empty()) on.out().write("kubectl ray plugin version: " KUBERAY_VERSION "\n");
        json::object document;
        document["clientVersion"].emplace_object()["version"] = KUBERAY_VERSION;
        bool all = true;
        if (!client_only_) {
            std::vector<std::string> const contexts = contexts_.names(on);
            if (contexts.empty())
                co_await show_one(on, &document);
            else
                all = co_await show_several(on, contexts, &document);
        }
        if (output_ == "json") on.out().write(kuberay::to_pretty_json(document) + "\n");
        if (output_ == "yaml") on.out().write(kuberay::to_yaml(document));
        co_return all ? exit_code::done : exit_code::failed;
    }

private:
    task<void> show_one(context on, json::object* document)
    {
        operators_seen const seen = co_await look_for_operators(on);
        add_operators(*document, seen);
        if (output_.empty()) print_lines(on, seen, std::string());
    }

    task<bool> show_several(context on, std::vector<std::string> contexts, json::object* document)
    {
        bool known = true;
        json::array& items = (*document)["contexts"].emplace_array();
        std::function<void(std::string const&, operators_seen)> const show = [&](std::string const& name,
                                                                                 operators_seen const& seen) {
            known = known && seen.fault.empty();
            json::object& item = items.emplace_back(json::object()).get_object();
            item["context"] = name;
            add_operators(item, seen);
            if (output_.empty()) print_lines(on, seen, name);
        };
        std::function<task<operators_seen>(context)> const ask = look_for_operators;
        bool const all = co_await ask_contexts<operators_seen>(on, contexts, ask, show);
        co_return all&& known;
    }

    // `name`: the context, when several were asked.
    static void print_lines(context const& on, operators_seen const& seen, std::string const& name)
    {
        std::string const start = name.empty() ? std::string() : "context " + name + ": ";
        if (!seen.fault.empty()) return on.warn(start + "the KubeRay operator's version is unknown: " + seen.fault);
        ray::operator_search const& search = seen.search;
        if (search.found.empty())
            on.warn(
                start
                + "no KubeRay operator (a Deployment labelled app.kubernetes.io/name=kuberay-operator or kuberay) "
                  "found in "
                + (search.cluster_wide ? "any namespace" : "the namespaces " + kuberay::join(search.looked_in, ", "))
            );
        for (ray::operator_info const& found : search.found) {
            std::string const where = search.found.size() > 1 ? " (" + found.ns + "/" + found.deployment + ")" : "";
            std::string const line = found.version + where + (name.empty() ? "" : " in context " + name);
            on.out().write("KubeRay operator version: " + kuberay::printable_line(line) + "\n");
            if (std::string const misfit = ray::misfit_of(found.version); !misfit.empty()) on.warn(start + misfit);
        }
        if (!search.cluster_wide)
            on.note(start + "Only these namespaces could be searched: " + kuberay::join(search.looked_in, ", ") + ".");
    }

    context_flags contexts_;
    std::vector<std::string> ignored_;
    bool client_only_ = false;
    std::string output_;
};

}  // namespace

std::unique_ptr<command> make_version() { return std::make_unique<version>(); }

}  // namespace cli::commands
