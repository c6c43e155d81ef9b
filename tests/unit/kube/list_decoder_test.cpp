#include "kube/list_decoder.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace kuberay::kube {
namespace {

struct decoded {
    std::vector<std::string> items;
    std::string version, token, columns;
};

decoded decode(std::vector<std::string_view> const& pieces)
{
    decoded out;
    list_decoder decoder([&](json::value item) { out.items.push_back(to_json(item)); });
    for (auto const piece : pieces)
        decoder.feed(piece);
    decoder.finish();
    out.version = decoder.resource_version();
    out.token = decoder.continue_token();
    out.columns = to_json(decoder.columns());
    return out;
}

std::string const tricky =
    "{\"kind\":\"RayClusterList\",\"apiVersion\":\"ray.io/v1\",\n \"metadata\" : {\"resourceVersion\":\"42\","
    "\"continue\":\"t\\u0041\"},\"remaining\":12, \"flag\":true,\"items\": [ "
    "{\"a\":\"}]{[\\\"\\\\\",\"n\":0.5,\"d\":{\"e\":[1,"
    "[2]]}} ,\n{\"b\":\"\\\\\\\\\\\"\"},{}, "
    "{\"long\":\"0123456789abcdef0123456789abcdef\\\"}\"}],\"after\":[\"x\",{}]}\n";

std::vector<std::string> const tricky_items = {
    R"({"a":"}]{[\"\\","n":0.5,"d":{"e":[1,[2]]}})",
    R"({"b":"\\\\\""})",
    R"({})",
    R"({"long":"0123456789abcdef0123456789abcdef\"}"})",
};

TEST(ListDecoder, items_come_out_the_same_at_every_split)
{
    std::string_view const text = tricky;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        decoded const read = decode({text.substr(0, at), text.substr(at)});
        EXPECT_EQ(read.items, tricky_items) << "split at " << at;
        EXPECT_EQ(read.version, "42") << "split at " << at;
        EXPECT_EQ(read.token, "tA") << "split at " << at;
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < text.size(); ++i)
        bytes.push_back(text.substr(i, 1));
    EXPECT_EQ(decode(bytes).items, tricky_items);
}

TEST(ListDecoder, an_item_is_handed_on_as_soon_as_its_last_byte_came)
{
    int seen = 0;
    list_decoder decoder([&](json::value) { ++seen; });
    decoder.feed(R"({"items":[{"a":1)");
    EXPECT_EQ(seen, 0);
    decoder.feed("}");
    EXPECT_EQ(seen, 1);
    decoder.feed(R"(,{"a":2},{)");
    EXPECT_EQ(seen, 2);
}

TEST(ListDecoder, forms_of_lists)
{
    struct row {
        std::string text;
        std::size_t items;
        std::string version, columns;
    };
    row const rows[] = {
        {R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[]})", 0, "1", "null"},
        {R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":null})", 0, "1", "null"},
        {R"({"apiVersion":"v1","items":[{},{}],"kind":"List","metadata":{"resourceVersion":""}})", 2, "", "null"},
        {R"({"kind":"Table","metadata":{"resourceVersion":"9"},"columnDefinitions":[{"name":"Name"}],"rows":[{"cells":["x"]}]})",
         1, "9", R"([{"name":"Name"}])"},
        {R"({"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"x"}}]})", 1, "", "null"},
    };
    for (auto const& r : rows) {
        decoded const read = decode({r.text});
        EXPECT_EQ(read.items.size(), r.items) << r.text;
        EXPECT_EQ(read.version, r.version) << r.text;
        EXPECT_EQ(read.columns, r.columns) << r.text;
    }
}

TEST(ListDecoder, what_is_no_list_is_named)
{
    struct row {
        std::string text, says;
    };
    row const rows[] = {
        {"", "it is empty"},
        {"  \n", "it is empty"},
        {"<html>", "does not begin with an object"},
        {"[]", "does not begin with an object"},
        {"{}", "it is no list"},
        {R"({"kind":"Status","code":200})", "it is a Status"},
        {R"({"items":[)", "it ends too early"},
        {R"({"items":[{"a":1)", "it ends too early"},
        {R"({"items":[]} x)", "there is more after its end"},
        {R"({"items":[1]})", "item 1 is no object"},
        {R"({"items":[{},null]})", "item 2 is no object"},
        {R"({"items":[{}{}]})", "expected ',' or ']' after item 1"},
        {R"({"items":[{},]})", "item 2 is no object"},
        {R"({"items":[],})", "expected a key"},
        {R"({"items":[{"a":}]})", "item 1: invalid JSON"},
        {R"({"items":[{"a":[}]})", "item 1: invalid JSON"},
        {R"({"items":[{"a":[1}}]})", "item 1: invalid JSON"},
        {R"({"items":{}})", "\"items\" is no list"},
        {R"({"items":7})", "\"items\" is no list"},
        {R"({"items" [])", "expected ':'"},
        {R"({"metadata":nul,"items":[]})", "\"metadata\": invalid JSON"},
        {R"({"ite\u006ds":[]})", "unexpected escape in a key"},
        {R"({1:2})", "expected a key"},
    };
    for (auto const& r : rows) {
        try {
            decode({r.text});
            ADD_FAILURE() << "accepted: " << r.text;
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().code(), errc::bad_document) << r.text;
            EXPECT_NE(refused.error().message().find(r.says), std::string::npos)
                << r.text << " says: " << refused.error().message();
        }
    }
}

TEST(ListDecoder, an_item_without_end_does_not_fill_the_memory)
{
    list_decoder decoder([](json::value) {});
    decoder.feed(R"({"items":[{"a":")");
    std::string const piece(1 << 20, 'x');
    try {
        for (int i = 0; i < 65; ++i)
            decoder.feed(piece);
        ADD_FAILURE() << "65 MiB of one item were accepted";
    } catch (failure const& refused) {
        EXPECT_EQ(refused.error().code(), errc::too_large);
    }
}

TEST(ListDecoder, what_the_sink_throws_ends_the_list)
{
    list_decoder decoder([](json::value) { throw failure(errc::unsatisfiable, "enough"); });
    EXPECT_THROW(decoder.feed(R"({"items":[{}]})"), failure);
}

}  // namespace
}  // namespace kuberay::kube
