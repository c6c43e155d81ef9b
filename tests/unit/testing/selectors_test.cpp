#include "refusal.hpp"
#include "selectors.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace json = boost::json;
using kuberay::testing::field_selector;
using kuberay::testing::find_resource;
using kuberay::testing::label_selector;
using kuberay::testing::refusal;

namespace {

json::object pod()
{
    return json::parse(R"({"metadata":{"name":"p","namespace":"ns","labels":{"app.example/team":"red","tier":""}},
        "spec":{"nodeName":"node-1"},"status":{"phase":"Running"}})")
        .as_object();
}

}  // namespace

TEST(label_selector, matches_what_it_says)
{
    struct row {
        char const* text;
        bool matches;
    };
    for (row const& one : {
             row{"", true},
             row{"  ", true},
             row{"app.example/team=red", true},
             row{"app.example/team==red", true},
             row{" app.example/team = red ", true},
             row{"app.example/team=blue", false},
             row{"app.example/team!=blue", true},
             row{"other!=blue", true},
             row{"app.example/team", true},
             row{"other", false},
             row{"!other", true},
             row{"!tier", false},
             row{"tier=", true},
             row{"app.example/team in (blue, red)", true},
             row{"app.example/team in (blue,green)", false},
             row{"app.example/team notin (blue,green)", true},
             row{"other notin (blue)", true},
             row{"app.example/team in (red),tier,!other", true},
             row{"app.example/team in (red),other", false},
         })
        EXPECT_EQ(label_selector(one.text).matches(pod()), one.matches) << one.text;
}

TEST(label_selector, refuses_what_does_not_parse)
{
    for (char const* text : {"a b", "a within (b)", ",", "=b", "a,,b"})
        EXPECT_THROW(label_selector{text}, refusal) << text;
}

TEST(field_selector, matches_the_fields_of_the_kind)
{
    struct row {
        char const* text;
        bool matches;
    };
    for (row const& one : {
             row{"", true},
             row{"metadata.name=p", true},
             row{"metadata.name=p,metadata.namespace=ns", true},
             row{"metadata.name!=p", false},
             row{"status.phase=Running", true},
             row{"status.phase==Pending", false},
             row{"status.phase!=Pending,spec.nodeName=node-1", true},
         })
        EXPECT_EQ(field_selector(one.text, *find_resource("pods")).matches(pod()), one.matches) << one.text;
}

TEST(field_selector, refuses_other_fields)
{
    struct row {
        char const* resource;
        char const* text;
    };
    for (row const& one : {
             row{"pods", "spec.foo=1"},
             row{"rayclusters.ray.io", "status.phase=Running"},
             row{"namespaces", "metadata.namespace=a"},
             row{"pods", "metadata.name"},
         })
        EXPECT_THROW(field_selector(one.text, *find_resource(one.resource)), refusal) << one.text;
}
