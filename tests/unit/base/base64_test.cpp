#include <kuberay/base/base64.hpp>

#include <gtest/gtest.h>

namespace kuberay {
namespace {

using namespace std::string_literals;

TEST(base64, the_vectors_of_the_rfc_hold_both_ways)
{
    struct row {
        std::string bytes, text;
    };
    row const rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\0"s, "//4A"},
        {"\xfb\xef\xbe", "++++"},
    };
    for (auto const& r : rows) {
        EXPECT_EQ(base64_encode(r.bytes), r.text);
        EXPECT_EQ(base64_decode(r.text).value(), r.bytes) << r.text;
    }
}

TEST(base64, white_space_is_ignored) { EXPECT_EQ(base64_decode("Zm9v\r\n Ym\tFy\n").value(), "foobar"); }

TEST(base64, broken_text_is_refused_without_repeating_it)
{
    for (auto const* text : {"Zg", "Zg=", "Z", "Zg===", "Z===", "====", "Zg==Zg==", "Zg=a", "Zm9-", "Zm9_", "Zm!v"}) {
        auto const decoded = base64_decode(text);
        if (decoded) {
            ADD_FAILURE() << text << " was decoded";
            continue;
        }
        EXPECT_EQ(decoded.error().code(), errc::bad_document) << text;
        EXPECT_EQ(decoded.error().message().find(text), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace kuberay
