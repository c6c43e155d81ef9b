#include "cli/contexts.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

namespace cli {
namespace {

object_view with_context_column(object_view view)
{
    view.columns.insert(view.columns.begin(), view_column("CONTEXT"));
    view.cells = [inner = view.cells](json::value const& item, kuberay::timestamp now) {
        std::vector<std::string> cells = inner(item, now);
        cells.insert(cells.begin(), std::string(kuberay::string_at(item, context_tag)));
        return cells;
    };
    return view;
}

}  // namespace

void context_flags::declare(flags& on)
{
    on.toggle("all-contexts", 0, &all, "Ask every context of the kubeconfig; --context a,b asks these.");
}

std::vector<std::string> context_flags::names(context const& on) const
{
    kube::load_options const& options = on.globals().load;
    if (all) return kube::load_names(options).contexts;
    if (options.context.find(',') == std::string::npos) return {};
    for (std::string const& known : kube::load_names(options).contexts)
        if (known == options.context) return {};
    return kuberay::split(options.context, ',');
}

std::string context_heading(std::string const& name, bool first)
{
    return (first ? "" : "\n") + std::string("Context ") + kuberay::printable_line(name) + ":\n";
}

task<exit_code>
show_contexts(context on, object_view view, output_flags how, std::vector<std::string> contexts, items_reader items)
{
    std::string const noun = view.noun;
    printer to(on, how, with_context_column(view));
    std::function<void(std::string const&, std::vector<json::value>)> const show =
        [&to](std::string const& name, std::vector<json::value> found) {
            for (json::value& item : found) {
                if (item.is_object()) item.get_object()[context_tag] = name;
                to.add(std::move(item));
            }
        };
    bool const all = co_await ask_contexts<std::vector<json::value>>(on, contexts, items, show);
    to.finish("No " + noun + " found in the contexts " + kuberay::join(contexts, ", ") + ".");
    co_return all ? exit_code::done : exit_code::failed;
}

}  // namespace cli
