#include "commands/group_scales.hpp"

#include "cli/names.hpp"
#include "cli/quote.hpp"

namespace cli::commands {
namespace {

std::optional<std::int32_t> unless_absent(std::int32_t value)
{
    return value == -1 ? std::nullopt : std::optional<std::int32_t>(value);
}

}  // namespace

void group_scales::declare(flags& on)
{
    on.value("replicas", 'r', &replicas, "Wanted replicas.").default_text.clear();
    on.value("min-replicas", 0, &least, "Fewest replicas (autoscaler).").default_text.clear();
    on.value("max-replicas", 0, &most, "Most replicas (autoscaler).").default_text.clear();
}

std::vector<ray::group_scale> group_scales::of(std::vector<std::string> const& groups) const
{
    std::vector<ray::group_scale> all;
    for (std::string const& text : groups) {
        std::size_t const equals = text.find('=');
        ray::group_scale& scale = all.emplace_back();
        scale.group = text.substr(0, equals);
        scale.replicas = unless_absent(replicas);
        scale.min_replicas = unless_absent(least);
        scale.max_replicas = unless_absent(most);
        if (equals == std::string::npos) continue;
        try {
            assign(scale.replicas, std::string_view(text).substr(equals + 1));
        } catch (bad_value const& bad) {
            throw usage_error("bad value " + in_quotes(text) + " for flag -w, --worker-group: " + bad.cause);
        }
    }
    return all;
}

void check(std::vector<ray::group_scale> const& wanted)
{
    std::vector<ray::problem> const problems = ray::validate(wanted);
    if (!problems.empty()) throw usage_error(ray::as_error(problems).message());
}

}  // namespace cli::commands
