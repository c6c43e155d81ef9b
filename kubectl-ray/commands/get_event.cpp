#include "cli/printer.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/get_command.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/ray/describe.hpp>

namespace cli::commands {
namespace {

std::string text(json::value const& item, std::string_view path) { return std::string(kuberay::string_at(item, path)); }

object_view event_view()
{
    object_view view;
    view.type = kube::event::type();
    view.noun = "events";
    view.columns = columns({"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"}, {"COUNT", "NAME"});
    view.cells = [](json::value const& item, kuberay::timestamp now) {
        std::string const kind = kuberay::to_lower(kuberay::string_at(item, "involvedObject.kind"));
        return std::vector<std::string>{
            kuberay::age_since(kuberay::parse_rfc3339(kuberay::string_at(item, "lastTimestamp")), now),
            text(item, "type"),
            text(item, "reason"),
            kind + "/" + text(item, "involvedObject.name"),
            text(item, "message"),
            std::to_string(kuberay::int_at(item, "count").value_or(1)),
            text(item, "metadata.name"),
        };
    };
    return view;
}

json::value item_of(kube::event const& event)
{
    json::object item = event.to_json();
    if (event.last_seen) item["lastTimestamp"] = kuberay::format_rfc3339(*event.last_seen);
    return item;
}

class get_event final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Lists the events of a Ray cluster and of its pods, the newest last.");
        on.example("Why is it not ready?", "get event demo");
        on.words("CLUSTER", 1, 1, &words_).completes = complete_clusters();
        output_.declare(on);
    }

    void complete(flags const&, global_flags&) override { output_.complete(); }

    task<exit_code> run(context on) override
    {
        require_name_in_path(ray::cluster::type(), words_.front());
        std::vector<kube::event> const events = co_await ray::events_of_cluster(on.client(), on.ns(), words_.front());
        printer to(on, output_, event_view());
        for (kube::event const& event : events)
            to.add(item_of(event));
        to.finish("No events found for Ray cluster " + in_quotes(words_.front()) + ".");
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_;
    output_flags output_;
};

}  // namespace

std::unique_ptr<command> make_get_event() { return std::make_unique<get_event>(); }

}  // namespace cli::commands
