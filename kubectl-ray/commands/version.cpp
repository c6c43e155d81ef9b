#include "cli/quote.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/operator_version.hpp>
#include <kuberay/version.hpp>

namespace cli::commands {
namespace {

json::object document_of(ray::operator_search const* search, std::string const& fault)
{
    json::object document;
    document["clientVersion"].emplace_object()["version"] = KUBERAY_VERSION;
    if (!fault.empty()) document["operatorError"] = fault;
    if (!search) return document;
    json::array& operators = document["operators"].emplace_array();
    for (ray::operator_info const& found : search->found) {
        json::object& each = operators.emplace_back(json::object()).get_object();
        each["namespace"] = found.ns;
        each["deployment"] = found.deployment;
        each["image"] = found.image;
        each["version"] = found.version;
        each["replicas"] = found.replicas;
        each["readyReplicas"] = found.ready_replicas;
    }
    return document;
}

class version final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Shows the version of this plugin and, unless told otherwise, of the KubeRay operators in the cluster."
        );
        on.example("Without asking the cluster", "version --client");
        on.words("", 0, any_number, &ignored_);
        on.toggle("client", 0, &client_only_, "The plugin's version alone; nothing is sent.");
        on.group(flag_group::output);
        on.choice("output", 'o', &output_, {candidate("json"), candidate("yaml")}, "Print json or yaml.");
        on.group(flag_group::command);
    }

    task<exit_code> run(context on) override
    {
        if (output_.empty()) on.out().write("kubectl ray plugin version: " KUBERAY_VERSION "\n");
        if (client_only_) {
            print_document(on, nullptr, std::string());
            co_return exit_code::done;
        }
        task<ray::operator_search> searching = ray::find_operators(on.client(), on.ns());
        result<ray::operator_search> const search = co_await kuberay::as_result(std::move(searching));
        if (search.has_error() && kuberay::is_cancellation(search.error())) throw failure(search.error());
        if (search.has_error())
            print_document(on, nullptr, search.error().message());
        else
            print_document(on, &*search, std::string());
        if (!output_.empty()) co_return exit_code::done;
        if (search.has_error())
            on.warn("the KubeRay operator's version is unknown: " + search.error().message());
        else
            print_lines(on, *search);
        co_return exit_code::done;
    }

private:
    void print_document(context const& on, ray::operator_search const* search, std::string const& fault) const
    {
        if (output_ == "json") on.out().write(kuberay::to_pretty_json(document_of(search, fault)) + "\n");
        if (output_ == "yaml") on.out().write(kuberay::to_yaml(document_of(search, fault)));
    }

    static void print_lines(context const& on, ray::operator_search const& search)
    {
        if (search.found.empty())
            on.warn(
                std::string("no KubeRay operator (a Deployment labelled app.kubernetes.io/name=kuberay-operator or "
                            "kuberay) found in ")
                + (search.cluster_wide ? "any namespace" : "the namespaces " + kuberay::join(search.looked_in, ", "))
            );
        for (ray::operator_info const& found : search.found) {
            std::string const where = search.found.size() > 1 ? " (" + found.ns + "/" + found.deployment + ")" : "";
            on.out().write("KubeRay operator version: " + kuberay::printable_line(found.version + where) + "\n");
            if (std::string const misfit = ray::misfit_of(found.version); !misfit.empty()) on.warn(misfit);
        }
        if (!search.cluster_wide)
            on.note("Only these namespaces could be searched: " + kuberay::join(search.looked_in, ", ") + ".");
    }

    std::vector<std::string> ignored_;
    bool client_only_ = false;
    std::string output_;
};

}  // namespace

std::unique_ptr<command> make_version() { return std::make_unique<version>(); }

}  // namespace cli::commands
