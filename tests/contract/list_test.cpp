#include "place.hpp"

#include <kuberay/base/json.hpp>

using namespace kuberay;
using kuberay::contract::cluster_named;
using kuberay::contract::config_map;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

namespace {

kube::object labelled(std::string const& name, std::string const& team)
{
    kube::object map = config_map(name, "a", "b");
    map.content["metadata"].as_object()["labels"] = json::object({{"suite", "contract"}, {"team", team}});
    return map;
}

/// Five ConfigMaps m0..m4: team red, blue, red, blue, red.
task<void> fill(kube::api<kube::object> maps)
{
    for (int i = 0; i < 5; ++i) {
        kube::object const map = labelled("m" + std::to_string(i), i % 2 == 0 ? "red" : "blue");
        kube::object const made = co_await maps.create(map);
    }
}

task<std::string> names_for(kube::api<kube::object> maps, std::string labels, std::string fields)
{
    kube::list_params params;
    params.label_selector = std::move(labels);
    params.field_selector = std::move(fields);
    kube::object_list<kube::object> const list = co_await maps.list(params);
    std::string names;
    for (kube::object const& one : list.items)
        names += (names.empty() ? "" : " ") + one.metadata.name;
    co_return names;
}

}  // namespace

KUBERAY_CONTRACT(label_selectors_select)
{
    kube::api<kube::object> const maps = at.configmaps();
    co_await fill(maps);
    struct row {
        char const* selector;
        char const* names;
    };
    static constexpr row rows[] = {
        row{"suite=contract", "m0 m1 m2 m3 m4"},
        row{"team=red", "m0 m2 m4"},
        row{"team==blue", "m1 m3"},
        row{"suite=contract,team!=red", "m1 m3"},
        row{"team in (red,green)", "m0 m2 m4"},
        row{"suite,team notin (red)", "m1 m3"},
        row{"team,suite=contract", "m0 m1 m2 m3 m4"},
        row{"!team,suite", ""},
        row{"team=green", ""},
    };
    for (row const& one : rows) {
        std::string const names = co_await names_for(maps, one.selector, "");
        EXPECT_EQ(names, one.names) << one.selector;
    }
}

KUBERAY_CONTRACT(field_selectors_select_and_refuse_other_fields)
{
    kube::api<kube::object> const maps = at.configmaps();
    co_await fill(maps);
    std::string const one = co_await names_for(maps, "", "metadata.name=m3");
    EXPECT_EQ(one, "m3");
    std::string const others = co_await names_for(maps, "suite", "metadata.name!=m3");
    EXPECT_EQ(others, "m0 m1 m2 m4");
    task<std::string> listing = names_for(maps, "", "data.a=b");
    result<std::string> const listed = co_await as_result(std::move(listing));
    error const why = refused(listed);
    EXPECT_EQ(why.code(), reason::bad_request);
    EXPECT_EQ(
        kuberay::contract::said(why).message,
        "\"data.a\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    );
}

KUBERAY_CONTRACT(a_selector_that_does_not_parse_is_refused)
{
    task<std::string> listing = names_for(at.configmaps(), "a b c", "");
    result<std::string> const listed = co_await as_result(std::move(listing));
    error const why = refused(listed);
    EXPECT_EQ(why.code(), reason::bad_request);
    EXPECT_EQ(
        kuberay::contract::said(why).message,
        "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"
    );
}

KUBERAY_CONTRACT(pages_give_the_same_objects_as_one_list)
{
    kube::api<kube::object> const maps = at.configmaps();
    co_await fill(maps);
    kube::list_params params;
    params.label_selector = "suite=contract";
    kube::object_list<kube::object> const whole = co_await maps.list(params);
    EXPECT_EQ(whole.items.size(), 5u);
    EXPECT_FALSE(whole.resource_version.empty());
    static constexpr std::int64_t limits[] = {1, 2, 5, 100};
    for (std::int64_t const limit : limits) {
        params.limit = limit;
        kube::object_list<kube::object> const paged = co_await maps.list(params);
        bool const same = paged.items.size() == whole.items.size()
                          && paged.items.front().content == whole.items.front().content
                          && paged.items.back().content == whole.items.back().content;
        EXPECT_TRUE(same) << "limit " << limit << ": " << paged.items.size() << " objects";
    }
}

KUBERAY_CONTRACT(list_each_gives_every_object_once)
{
    kube::api<kube::object> const clusters = at.clusters();
    static constexpr char const* names[] = {"a", "b", "c"};
    for (char const* name : names) {
        kube::object const wanted = cluster_named(name);
        kube::object const made = co_await clusters.create(wanted);
    }
    std::string seen;
    auto const sink = [&seen](kube::object one) { seen += one.metadata.name + one.kind() + " "; };
    kube::list_params const all;
    std::string const version = co_await clusters.list_each(all, sink);
    EXPECT_EQ(seen, "aRayCluster bRayCluster cRayCluster ");
    EXPECT_FALSE(version.empty());
}

KUBERAY_CONTRACT(metadata_lists_have_no_spec)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    std::vector<std::string> seen;
    auto const sink = [&seen](json::value item) {
        seen.emplace_back(string_at(item, "metadata.uid"));
        EXPECT_EQ(find_path(item, "spec"), nullptr);
    };
    kube::list_params const all;
    std::string const version = co_await clusters.core().list_metadata_each(all, sink);
    EXPECT_EQ(seen, std::vector<std::string>{made.metadata.uid});
}

KUBERAY_CONTRACT(tables_have_the_columns_of_the_definition)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    kube::list_params const all;
    kube::table const table = co_await clusters.core().list_table(all, kube::table_content::metadata);
    std::string columns;
    for (kube::table_column const& column : table.columns)
        columns += column.name + ":" + column.type + ":" + std::to_string(column.priority) + " ";
    EXPECT_EQ(
        columns, "Name:string:0 desired workers:integer:0 available workers:integer:0 cpus:string:0 memory:string:0 "
                 "gpus:string:0 "
                 "tpus:string:1 status:string:0 age:date:0 head pod IP:string:1 head service IP:string:1 "
    );
    EXPECT_EQ(table.rows.size(), 1u);
    kube::table_row const row = table.rows.empty() ? kube::table_row() : table.rows.front();
    EXPECT_EQ(row.cells.size(), 11u);
    EXPECT_EQ(row.cells.front(), json::value("demo"));
    EXPECT_TRUE(row.cells.at(1).is_null()) << to_json(row.cells.at(1));
    EXPECT_TRUE(row.cells.at(8).is_string());
    EXPECT_EQ(string_at(row.object, "kind"), "PartialObjectMetadata");
    EXPECT_EQ(string_at(row.object, "metadata.uid"), made.metadata.uid);
    kube::table const bare = co_await clusters.core().list_table(all, kube::table_content::none);
    EXPECT_TRUE(bare.rows.at(0).object.is_null());
    kube::table const rich = co_await clusters.core().list_table(all, kube::table_content::object);
    EXPECT_EQ(string_at(rich.rows.at(0).object, "kind"), "RayCluster");
}

KUBERAY_CONTRACT(an_empty_list_is_no_error)
{
    kube::object_list<kube::object> const list = co_await at.clusters().list();
    EXPECT_TRUE(list.items.empty());
    EXPECT_FALSE(list.resource_version.empty());
    kube::list_params const all;
    auto const sink = [](json::value) { ADD_FAILURE() << "an object out of nothing"; };
    std::string const version = co_await at.clusters().core().list_metadata_each(all, sink);
    EXPECT_FALSE(version.empty());
}
