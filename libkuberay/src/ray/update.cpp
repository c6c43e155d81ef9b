#include "ray/failing.hpp"
#include "ray/patch_operations.hpp"
#include "ray/pod_amounts.hpp"
#include "ray/scale_plan.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/update.hpp>

#include <boost/json/string.hpp>

namespace kuberay::ray {
namespace {

json::value const* child(json::value const* of, std::string_view key)
{
    return of && of->is_object() ? of->get_object().if_contains(key) : nullptr;
}

std::string text_of(json::value const* value)
{
    if (!value || value->is_null()) return {};
    return value->is_string() ? std::string(value->get_string().c_str()) : to_json(*value);
}

// Collects the operations for one object; every write is one change for a person.
class update_writer {
public:
    explicit update_writer(json::object const& cluster)
        : cluster_(cluster)
    {
        guard_generation(plan_.operations, cluster);
    }

    json::value const* at(std::string_view dotted) const { return find_path(cluster_, dotted); }

    void set(std::string const& pointer, json::value const* now, json::value wanted, std::string field)
    {
        if (now && *now == wanted) return;
        note(std::move(field), text_of(now), text_of(&wanted));
        write(pointer, now, std::move(wanted));
    }

    void write(std::string const& pointer, json::value const* now, json::value wanted)
    {
        add_operation(plan_.operations, now ? "replace" : "add", pointer, std::move(wanted));
    }

    void note(std::string field, std::string from, std::string to)
    {
        plan_.changes.emplace_back(std::move(field), std::move(from), std::move(to));
    }

    std::size_t changes() const noexcept { return plan_.changes.size(); }

    /// Makes the object at `dotted` when it is not there, so that members can be added.
    void need_object(std::string const& dotted)
    {
        if (at(dotted)) return;
        // Labels do not count in the generation: somebody else must not have made the object meanwhile.
        if (json::value const* version = at("metadata.resourceVersion"))
            add_operation(plan_.operations, "test", "/metadata/resourceVersion", *version);
        add_operation(plan_.operations, "add", pointer_to(dotted), json::object());
    }

    void set_members(std::string const& dotted, string_map const& wanted, std::string const& title)
    {
        if (wanted.empty()) return;
        std::string const pointer = pointer_to(dotted);
        json::value const* now = at(dotted);
        need_object(dotted);
        for (auto const& [key, value] : wanted)
            set(pointer_child(pointer, key), child(now, key), json::value(value), title + " " + key);
    }

    void append(edit_plan more)
    {
        for (json::value& operation : more.operations)
            plan_.operations.push_back(std::move(operation));
        for (field_change& change : more.changes)
            plan_.changes.push_back(std::move(change));
    }

    edit_plan take()
    {
        if (plan_.changes.empty()) plan_.operations.clear();
        return std::move(plan_);
    }

private:
    json::value const cluster_;
    edit_plan plan_;
};

void update_amount(
    update_writer& to, json::object& resources, std::string_view name, std::string const& wanted, std::string const& who
)
{
    if (wanted.empty()) return;
    quantity const amount = quantity::parse(wanted).value();
    // As generation: no CPU limit is set, but one that is there follows.
    for (std::string_view const kind : {"requests", "limits"}) {
        json::value& all = resources[kind];
        if (!all.is_object()) all.emplace_object();
        json::object& amounts = all.get_object();
        std::string const before = text_of(amounts.if_contains(name));
        std::string const field = who + " " + std::string(name) + (kind == "limits" ? " limit" : "");
        if (amount.is_zero())
            amounts.erase(name);
        else if (kind == "requests" || name != "cpu" || !before.empty())
            amounts[name] = amount.str();
        std::string const after = text_of(amounts.if_contains(name));
        if (before != after) to.note(field, before, after);
    }
}

void update_amounts(
    update_writer& to, std::string const& container, amount_update const& wanted, std::string const& who
)
{
    json::value const* now = to.at(container + ".resources");
    json::object resources = now && now->is_object() ? now->get_object() : json::object();
    std::size_t const before = to.changes();
    update_amount(to, resources, "cpu", wanted.cpu, who);
    update_amount(to, resources, "memory", wanted.memory, who);
    update_amount(to, resources, gpu_resource, wanted.gpu, who);
    if (to.changes() != before) to.write(pointer_to(container + ".resources"), now, std::move(resources));
}

void update_env(update_writer& to, std::string const& container, string_map const& wanted, std::string const& who)
{
    if (wanted.empty()) return;
    std::string const pointer = pointer_to(container + ".env");
    json::value const* now = to.at(container + ".env");
    json::array const none;
    json::array const& variables = now && now->is_array() ? now->get_array() : none;
    json::array all = variables;
    for (auto const& [name, value] : wanted) {
        json::object variable;
        variable.emplace("name", name);
        variable.emplace("value", value);
        std::size_t at = 0;
        while (at < all.size() && string_at(all[at], "name") != name)
            ++at;
        if (at < all.size())
            all[at] = std::move(variable);
        else
            all.push_back(std::move(variable));
    }
    to.set(pointer, now, std::move(all), who + " env");
}

// The image that a container shall have; empty: the one it has.
std::string wanted_image(cluster_update const& update, std::string_view now, std::string_view old_version)
{
    if (!update.image.empty() || update.ray_version.empty()) return update.image;
    if (now != "rayproject/ray:" + std::string(old_version)) return {};
    return "rayproject/ray:" + update.ray_version;
}

void update_container(
    update_writer& to, std::string const& container, cluster_update const& update, amount_update const& amounts,
    std::string const& who
)
{
    json::value const* image = to.at(container + ".image");
    std::string const now = text_of(image);
    std::string const wanted = wanted_image(update, now, text_of(to.at("spec.rayVersion")));
    if (!wanted.empty()) to.set(pointer_to(container + ".image"), image, json::value(wanted), who + " image");
    update_amounts(to, container, amounts, who);
    update_env(to, container, update.env, who);
}

void update_replicas(update_writer& to, json::object const& cluster, cluster_update const& update)
{
    if (!update.replicas) return;
    std::vector<std::string> const names = group_names_of(cluster);
    if (update.group.empty() && names.size() != 1)
        throw failure(
            error(errc::bad_input, who_is(cluster) + " has " + std::to_string(names.size()) + " worker groups")
                .with_hint("say which one gets the replicas")
        );
    group_scale scale;
    scale.group = update.group.empty() ? names.front() : update.group;
    scale.replicas = update.replicas;
    to.append(plan_scale_at(cluster, cluster_groups, {scale}));
}

constexpr std::string_view container_path = ".template.spec.containers.0";

}  // namespace

std::vector<problem> validate(cluster_update const& update)
{
    std::vector<problem> problems;
    auto const check = [&](char const* flag, std::string const& amount) {
        if (amount.empty()) return;
        if (auto const checked = check_quantity(amount); !checked)
            problems.emplace_back(flag, checked.error().message());
    };
    check("--head-cpu", update.head.cpu);
    check("--head-memory", update.head.memory);
    check("--head-gpu", update.head.gpu);
    check("--worker-cpu", update.workers.cpu);
    check("--worker-memory", update.workers.memory);
    check("--worker-gpu", update.workers.gpu);
    if (update.replicas.value_or(0) < 0)
        problems.emplace_back("--worker-replicas", std::to_string(*update.replicas) + " is negative");
    return problems;
}

edit_plan plan_update(json::object const& cluster, cluster_update const& update)
{
    update_writer to(cluster);
    to.set_members("metadata.labels", update.labels, "label");
    to.set_members("metadata.annotations", update.annotations, "annotation");
    std::vector<std::string> const names = group_names_of(cluster);
    if (!update.group.empty()) index_of_group(cluster, update.group);
    if (update.group.empty() || update.head.cpu + update.head.memory + update.head.gpu != "")
        update_container(to, "spec.headGroupSpec" + std::string(container_path), update, update.head, "head");
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!update.group.empty() && names[i] != update.group) continue;
        std::string const path = "spec.workerGroupSpecs." + std::to_string(i) + std::string(container_path);
        update_container(to, path, update, update.workers, names[i]);
    }
    if (!update.ray_version.empty())
        to.set("/spec/rayVersion", to.at("spec.rayVersion"), json::value(update.ray_version), "Ray version");
    if (update.recreate) {
        to.need_object("spec.upgradeStrategy");
        to.set(
            "/spec/upgradeStrategy/type", to.at("spec.upgradeStrategy.type"), json::value("Recreate"),
            "upgrade strategy"
        );
    }
    update_replicas(to, cluster, update);
    return to.take();
}

task<edit_outcome>
update_cluster(kube::client on, std::string ns, std::string name, cluster_update update, edit_options options)
{
    if (error const refused = as_error(validate(update))) return failing<edit_outcome>(refused);
    edit_builder build = [update = std::move(update)](json::object const& now) { return plan_update(now, update); };
    return edit_object(
        std::move(on), cluster::type(), std::move(ns), std::move(name), std::move(build), std::move(options)
    );
}

}  // namespace kuberay::ray
