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

task<exit_code>
show_contexts(context on, object_view view, output_flags how, std::vector<std::string> contexts, items_reader items)
{
    std::vector<task<std::vector<json::value>>> asking;
    for (std::string const& each : contexts)
        asking.push_back(items(on.with_context(each)));
    std::vector<result<std::vector<json::value>>> found = co_await kuberay::run_all(std::move(asking));
    std::string const noun = view.noun;
    printer to(on, how, with_context_column(view));
    bool failed = false;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i].has_error()) {
            failed = true;
            on.warn("context " + contexts[i] + ": " + found[i].error().message());
            continue;
        }
        for (json::value& item : *found[i]) {
            if (item.is_object()) item.get_object()[context_tag] = contexts[i];
            to.add(std::move(item));
        }
    }
    to.finish("No " + noun + " found in the contexts " + kuberay::join(contexts, ", ") + ".");
    co_return failed ? exit_code::failed : exit_code::done;
}

}  // namespace cli
