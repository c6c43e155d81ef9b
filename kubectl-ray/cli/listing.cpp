#include "cli/listing.hpp"

#include "cli/resource_names.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>

namespace cli {
namespace {

std::string named(object_view const& view, std::string const& name)
{
    return kuberay::to_lower(view.type.kind) + " \"" + kuberay::printable_line(name) + "\"";
}

failure absent_object(context const& on, object_view const& view, list_flags const& which, std::string const& name)
{
    std::string const among = view.among.empty() ? std::string() : " " + view.among;
    return failure(not_found(named(view, name) + among + " not found in " + scope_text(on, which.all_namespaces)));
}

task<exit_code> show_one(kube::api_core core, printer* to, failure absent, std::string name)
{
    task<json::value> reading = core.get(name);
    result<json::value> read = co_await kuberay::as_result(std::move(reading));
    if (read.has_error() && kube::is_absence(read.error(), core.type(), name)) throw absent;
    if (read.has_error()) throw failure(read.error());
    to->show(std::move(*read));
    co_return exit_code::done;
}

bool belongs(object_view const& view, json::value& item) { return !view.takes || view.takes(item); }

task<exit_code> follow(kube::api_core core, printer* to, kube::watch_params params, object_view view)
{
    kube::raw_watcher changes = core.watch(std::move(params));
    bool initial = true;
    for (;;) {
        kube::raw_event event = co_await changes.next();
        if (event.change == kube::change::synced) {
            if (initial) to->finish_initial();
            initial = false;
        } else if (!belongs(view, event.object)) {
            continue;
        } else if (initial) {
            to->add_initial(std::move(event.object));
        } else {
            to->changed(std::move(event.object));
        }
    }
}

kube::list_params selected(object_view const& view, list_flags const& which, std::string const& name)
{
    kube::list_params params = which.params();
    if (!name.empty()) params.field_selector = "metadata.name=" + name;
    if (!view.selector.empty())
        params.label_selector = view.selector + (params.label_selector.empty() ? "" : "," + params.label_selector);
    return params;
}

std::string none_text(object_view const& view, std::string const& scope)
{
    return "No " + view.noun + (view.among.empty() ? "" : " " + view.among) + " found in " + scope + ".";
}

task<std::vector<json::value>> items_of(context on, object_view view, list_flags which, std::string name)
{
    std::string const ns = which.all_namespaces ? std::string() : on.ns();
    kube::api_core const core(on.client(), view.type, ns);
    kube::list_params const params = selected(view, which, name);
    std::vector<json::value> items;
    kube::api_core::item_sink const each = [&items, &view](json::value item) {
        if (belongs(view, item)) items.push_back(std::move(item));
    };
    std::string const version = co_await core.list_each(params, each);
    co_return items;
}

}  // namespace

void list_flags::declare(flags& on)
{
    on.toggle("all-namespaces", 'A', &all_namespaces, "Look in every namespace; beats --namespace.");
    on.value("selector", 'l', &selector, "Only objects with these labels (a=b,c!=d,e in (x,y)).");
    on.value("field-selector", 0, &field_selector, "Only objects with these field values (metadata.name=x).");
    contexts.declare(on);
    on.toggle("watch", 'w', &watch, "Show what is there, then every change, until interrupted.");
    on.value(
        "chunk-size", 0, &chunk_size, "Read the list in pages of this size; 0 reads it in one piece, the fastest."
    );
}

void list_flags::validate(std::string const& name, output_flags const& how) const
{
    if (chunk_size < 0) throw usage_error("flag --chunk-size cannot be negative");
    if (!name.empty() && !(selector.empty() && field_selector.empty()))
        throw usage_error("a NAME cannot be combined with -l, --selector or --field-selector");
    if (watch && contexts.all) throw usage_error("--watch cannot be combined with --all-contexts");
    if (watch && how.sort_key) throw usage_error("--watch cannot be combined with --sort-by");
}

kube::list_params list_flags::params() const
{
    kube::list_params params;
    params.label_selector = selector;
    params.field_selector = field_selector;
    if (chunk_size > 0) params.limit = chunk_size;
    return params;
}

std::string scope_text(context const& on, bool all_namespaces)
{
    return all_namespaces ? "all namespaces" : "namespace \"" + kuberay::printable_line(on.ns()) + "\"";
}

task<exit_code> show_objects(context on, object_view view, list_flags which, output_flags how, std::string name)
{
    require_name_in_path(view.type, name);
    std::vector<std::string> const contexts = which.contexts.names(on);
    if (!contexts.empty()) {
        if (which.watch) throw failure(errc::bad_input, "--watch follows one context only");
        items_reader const items = [view, which, name](context one) {
            return items_of(std::move(one), view, which, name);
        };
        co_return co_await show_contexts(on, view, how, contexts, items);
    }
    std::string const ns = which.all_namespaces ? std::string() : on.ns();
    kube::api_core const core(on.client(), view.type, ns);
    printer to(on, how, view);
    kube::list_params const params = selected(view, which, name);
    if (which.watch) {
        kube::watch_params watched;
        watched.label_selector = params.label_selector;
        watched.field_selector = params.field_selector;
        co_return co_await follow(core, &to, watched, view);
    }
    failure const absent = absent_object(on, view, which, name);
    if (!name.empty() && !which.all_namespaces && view.selector.empty())
        co_return co_await show_one(core, &to, absent, name);
    std::size_t count = 0;
    kube::api_core::item_sink const each = [&to, &count, &view](json::value item) {
        if (!belongs(view, item)) return;
        ++count;
        to.add(std::move(item));
    };
    std::string const version = co_await core.list_each(params, each);
    if (count == 0 && !name.empty()) throw absent;
    to.finish(none_text(view, scope_text(on, which.all_namespaces)));
    co_return exit_code::done;
}

}  // namespace cli
