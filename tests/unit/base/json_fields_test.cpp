#include "base/json_fields.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

namespace kuberay {

struct port {
    port() = default;
    std::string name;
    std::int32_t number = 0;
};

struct group {
    group() = default;
    std::string name;
    std::optional<std::int32_t> replicas;
    std::map<std::string, quantity> limits;
    std::vector<port> ports;
};

struct sample {
    sample() = default;
    std::string name;
    bool on = false;
    std::int64_t count = 7;
    double ratio = 0;
    group head;
    std::optional<group> tail;
    std::vector<group> groups;
    std::vector<bool> flags;
    std::optional<std::map<std::string, std::string>> labels;
    int_or_string target;
    std::optional<timestamp> created;
    json::value raw;
    json::object open;
    json::array list;
};

template <>
struct field_table<port> {
    static constexpr auto fields = std::tuple{field{"name", &port::name}, field{"number", &port::number}};
};

template <>
struct field_table<group> {
    using t = group;
    static constexpr auto fields = std::tuple{
        field{"groupName", &t::name},
        field{"replicas", &t::replicas},
        field{"limits", &t::limits},
        field{"ports", &t::ports},
    };
};

template <>
struct field_table<sample> {
    using t = sample;
    static constexpr auto fields = std::tuple{
        field{"name", &t::name},     field{"on", &t::on},           field{"count", &t::count},
        field{"ratio", &t::ratio},   field{"head", &t::head},       field{"tail", &t::tail},
        field{"groups", &t::groups}, field{"flags", &t::flags},     field{"labels", &t::labels},
        field{"target", &t::target}, field{"created", &t::created}, field{"raw", &t::raw},
        field{"open", &t::open},     field{"list", &t::list},
    };
};

namespace {

sample read(std::string_view text, std::string_view path = std::string_view())
{
    return read_fields<sample>(parse_json(text).value(), path);
}

constexpr std::string_view full =
    R"({"name":"demo","on":true,"count":-5,"ratio":2.5,)"
    R"("head":{"groupName":"h","limits":{"cpu":"500m","memory":"1Gi"}},)"
    R"("tail":{"replicas":0},"groups":[{"groupName":"g","ports":[{"name":"p","number":8265}]}],)"
    R"("flags":[true,false],"labels":{"a":"b"},"target":"http",)"
    R"("created":"2026-11-29T00:18:28Z","raw":[1,{"x":null}],"open":{"k":1},"list":[2]})";

TEST(json_fields, what_was_read_is_written_again_in_table_order) { EXPECT_EQ(to_json(write_fields(read(full))), full); }

TEST(json_fields, unknown_keys_are_ignored_and_null_is_absent)
{
    auto const value = read(R"({"unheard":{"of":1},"count":null,"head":null,"groups":null,"tail":{"replicas":null}})");
    EXPECT_EQ(value.count, 7);
    ASSERT_TRUE(value.tail.has_value());
    EXPECT_FALSE(value.tail->replicas.has_value());
}

TEST(json_fields, what_is_empty_is_left_out)
{
    EXPECT_EQ(to_json(write_fields(sample())), R"({"on":false,"count":7,"ratio":0,"target":0})");
    sample value;
    value.tail.emplace();
    value.labels.emplace();
    EXPECT_EQ(to_json(write_fields(value)), R"({"on":false,"count":7,"ratio":0,"tail":{},"labels":{},"target":0})")
        << "an optional that is set is written";
}

TEST(json_fields, numbers_and_text_are_taken_where_kubernetes_takes_both)
{
    auto const value = read(R"({"target":8265,"head":{"limits":{"cpu":2,"gpu":0.5}},"count":3.0})");
    EXPECT_EQ(value.target, int_or_string(8265));
    EXPECT_EQ(value.head.limits.at("cpu"), quantity(2));
    EXPECT_EQ(value.head.limits.at("gpu").str(), "500m");
    EXPECT_EQ(value.count, 3);
}

TEST(json_fields, a_wrong_type_is_reported_with_its_path)
{
    struct row {
        char const *text, *message;
    };
    row const rows[] = {
        {R"([])", "spec: expected an object"},
        {R"({"name":1})", "spec.name: expected a string"},
        {R"({"on":"yes"})", "spec.on: expected true or false"},
        {R"({"count":1.5})", "spec.count: expected an integer"},
        {R"({"count":1e30})", "spec.count: expected a smaller integer"},
        {R"({"count":18446744073709551615})", "spec.count: expected a smaller integer"},
        {R"({"ratio":"x"})", "spec.ratio: expected a number"},
        {R"({"groups":{}})", "spec.groups: expected a list"},
        {R"({"groups":[{},{"replicas":"many"}]})", "spec.groups[1].replicas: expected an integer"},
        {R"({"groups":[{},{"replicas":2147483648}]})", "spec.groups[1].replicas: expected a smaller integer"},
        {R"({"groups":[{"ports":[{"number":[]}]}]})", "spec.groups[0].ports[0].number: expected an integer"},
        {R"({"head":{"limits":{"cpu":true}}})", "spec.head.limits.cpu: expected a quantity"},
        {R"({"head":{"limits":{"cpu":"two"}}})", "spec.head.limits.cpu: invalid quantity \"two\": a number was expected"
        },
        {R"({"target":true})", "spec.target: expected an integer or a string"},
        {R"({"target":1.5})", "spec.target: expected an integer"},
        {R"({"created":"yesterday"})", "spec.created: expected a time such as 2026-01-31T12:00:00Z"},
        {R"({"created":5})", "spec.created: expected a time such as 2026-01-31T12:00:00Z"},
        {R"({"open":[]})", "spec.open: expected an object"},
        {R"({"list":{}})", "spec.list: expected a list"},
        {R"({"labels":{"a":1}})", "spec.labels.a: expected a string"},
    };
    for (auto const& r : rows) {
        try {
            read(r.text, "spec");
            ADD_FAILURE() << r.text << " was read";
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), errc::bad_document);
            EXPECT_EQ(f.error().message(), r.message);
        }
    }
    try {
        read("5");
        ADD_FAILURE();
    } catch (failure const& f) {
        EXPECT_EQ(f.error().message(), "expected an object");
    }
}

}  // namespace
}  // namespace kuberay
