#include "cli/dry_run.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/delete_targets.hpp"

#include <kuberay/base/text.hpp>

namespace cli::commands {
namespace {

// `kind`: the form that names a kind before the names (`cluster delete NAME`).
class delete_command final : public command {
public:
    explicit delete_command(std::optional<ray::target_kind> kind)
        : kind_(kind)
    {
    }

    void declare(flags& on) override
    {
        on.about(
            "Deletes what is named, after asking. A NAME without type is a Ray cluster; TYPE is raycluster, rayjob, "
            "rayservice or raycronjob."
        );
        on.about("What is shown in the question is what is deleted: an object that was replaced meanwhile stays.");
        std::string const start = kind_ ? "cluster delete" : "delete";
        on.example("A Ray cluster, without being asked", start + " demo --yes");
        if (!kind_) on.example("A RayJob and a RayService", "delete rayjob/nightly rayservice/chat");
        on.example("All clusters with a label, waiting until they are gone", start + " -l team=a --wait");
        on.words(kind_ ? "NAME..." : "(NAME | TYPE/NAME | TYPE NAME)...", 0, any_number, &words_).completes =
            complete_targets(completed_words());
        on.toggle("yes", 'y', &how_.yes, "Do not ask.");
        on.toggle("wait", 0, &how_.wait, "Wait until the objects are gone.");
        on.value("timeout", 0, &how_.timeout, "Longest wait with --wait; 0 means no limit.");
        on.toggle("ignore-not-found", 0, &how_.ignore_not_found, "An object that is not there is no error.");
        on.toggle("force", 0, &how_.force, "Also delete a cluster that a RayJob or RayService owns.");
        on.toggle("all", 0, &how_.all, "All objects of the type in the namespace.");
        on.value("selector", 'l', &how_.selector, "All objects of the type with these labels.");
        how_.dry_run.declare(on);
    }

    void complete(flags const&, global_flags&) override
    {
        std::vector<std::string> names = words_;
        how_.kind = kind_.value_or(ray::target_kind::cluster);
        // `delete job a b`: a first word that is a kind, when more words follow or a selector takes their place.
        bool const by_rule = how_.all || !how_.selector.empty();
        if (!kind_ && !names.empty() && (names.size() > 1 || by_rule)) {
            if (std::optional<ray::target_kind> const kind = kind_of_word(names.front())) {
                how_.kind = *kind;
                how_.typed = true;
                names.erase(names.begin());
            }
        }
        for (std::string const& name : names)
            add_target(name);
    }

    void validate() const override
    {
        bool const by_rule = how_.all || !how_.selector.empty();
        if (how_.all && !how_.selector.empty()) throw usage_error("--all and --selector exclude each other");
        if (by_rule && !how_.targets.empty()) throw usage_error("names cannot be combined with --all or --selector");
        if (!by_rule && how_.targets.empty())
            throw usage_error("at least one argument (NAME or TYPE/NAME) needed, 0 were given");
        refuse_negative("timeout", how_.timeout);
    }

    task<exit_code> run(context on) override { return run_delete(std::move(on), how_); }

private:
    target_words completed_words() const
    {
        target_words allowed;
        allowed.several = true;
        allowed.kind_first = !kind_;
        if (kind_) allowed.kinds.clear();
        return allowed;
    }

    void add_target(std::string const& word)
    {
        bool const typed = how_.typed || word.find('/') != std::string::npos;
        std::string const full =
            word.find('/') == std::string::npos ? std::string(ray::word_of(how_.kind)) + "/" + word : word;
        result<ray::target> const parsed = ray::parse_target(full);
        if (parsed.has_error()) throw usage_error(parsed.error().message(), std::string(parsed.error().hint()));
        requested_target& added = how_.targets.emplace_back();
        added.what = *parsed;
        added.typed = typed;
    }

    std::optional<ray::target_kind> kind_;
    std::vector<std::string> words_;
    delete_request how_;
};

}  // namespace

std::unique_ptr<command> make_delete() { return std::make_unique<delete_command>(std::nullopt); }

std::unique_ptr<command> make_delete_cluster() { return std::make_unique<delete_command>(ray::target_kind::cluster); }

}  // namespace cli::commands
