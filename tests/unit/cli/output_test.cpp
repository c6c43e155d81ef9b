#include "cli/output_format.hpp"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(output_format, every_kind_is_recognised)
{
    EXPECT_EQ(parse_output_format("")->kind, output_kind::table);
    EXPECT_EQ(parse_output_format("table")->kind, output_kind::table);
    EXPECT_EQ(parse_output_format("wide")->kind, output_kind::wide);
    EXPECT_EQ(parse_output_format("json")->kind, output_kind::json);
    EXPECT_EQ(parse_output_format("yaml")->kind, output_kind::yaml);
    EXPECT_EQ(parse_output_format("name")->kind, output_kind::name);
    EXPECT_EQ(parse_output_format("jsonpath={.a}")->kind, output_kind::jsonpath);
    result<output_format> const columns = parse_output_format("custom-columns=A:.a,B:.b[?(@.x==\"1,2\")].c");
    ASSERT_TRUE(columns.has_value()) << columns.error().message();
    ASSERT_EQ(columns->columns.size(), 2u);
    EXPECT_EQ(columns->columns[1].first, "B");
}

TEST(output_format, mistakes_are_refused)
{
    for (char const* text :
         {"xml", "jsonpath", "jsonpath=", "custom-columns=", "custom-columns=A",
          "custom-columns=A:", "custom-columns=:.a", "jsonpath={.a", "JSON"})
        EXPECT_TRUE(parse_output_format(text).has_error()) << text;
}

}  // namespace
}  // namespace cli
