#include "cli/listing.hpp"
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

object_view event_view(std::string const& cluster)
{
    object_view view;
    view.type = kube::event::type();
    view.noun = "events";
    view.among = "of Ray cluster " + in_quotes(cluster);
    // Newer events keep their time elsewhere; where it is looked for is one place here.
    view.takes = [cluster](json::value& item) {
        kube::event const event = kube::event::from_json(item);
        if (event.last_seen) item.get_object()["lastTimestamp"] = kuberay::format_rfc3339(*event.last_seen);
        return ray::concerns_cluster(event, cluster);
    };
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

class get_event final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Lists the events of a Ray cluster and of its pods, the newest last.");
        on.example("Why is it not ready?", "get event demo");
        on.example("What happens from now on", "get event demo --watch");
        on.words("CLUSTER", 1, 1, &words_).completes = complete_clusters();
        list_.declare(on);
        output_.declare(on);
    }

    void complete(flags const&, global_flags&) override
    {
        if (output_.sort_by.empty() && !list_.watch) output_.sort_by = "{.lastTimestamp}";
        output_.complete();
    }

    void validate() const override { list_.validate(std::string(), output_); }

    task<exit_code> run(context on) override
    {
        require_name_in_path(ray::cluster::type(), words_.front());
        object_view view = event_view(words_.front());
        std::string const every_event;
        return show_objects(std::move(on), std::move(view), list_, output_, every_event);
    }

private:
    std::vector<std::string> words_;
    list_flags list_;
    output_flags output_;
};

}  // namespace

std::unique_ptr<command> make_get_event() { return std::make_unique<get_event>(); }

}  // namespace cli::commands
