#include "ray/log_text_decoder.hpp"
#include "ray/output_position.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

// Decoded in pieces of every size up to the whole.
void expect_text(std::string const& answer, std::string const& text)
{
    for (std::size_t size = 1; size <= answer.size(); ++size) {
        log_text_decoder decoder;
        std::string decoded;
        for (std::size_t at = 0; at < answer.size(); at += size)
            decoded += decoder.put(std::string_view(answer).substr(at, size));
        decoder.finish();
        ASSERT_EQ(decoded, text) << answer << " in pieces of " << size;
    }
}

TEST(log_text_decoder, gives_the_text_whatever_the_pieces)
{
    struct row {
        char const *answer, *text;
    };
    row const rows[] = {
        {R"({"logs": "one\ntwo\n"})", "one\ntwo\n"},
        {R"({"logs":""})", ""},
        {R"( { "logs" : "a" } )", "a"},
        {R"({"logs": "\"\\\/\b\f\n\r\t"})", "\"\\/\b\f\n\r\t"},
        {R"({"logs": "\u00fc\u20AC\ud83d\ude00"})", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80"},
        {R"({"logs": "\ud83dx\ud83d"})", "\xef\xbf\xbdx\xef\xbf\xbd"},
        {R"({"logs": "\ude00\ud83d\u0041"})", "\xef\xbf\xbd\xef\xbf\xbd\x41"},
        {"{\"logs\": \"\xc3\xbc}\"}", "\xc3\xbc}"},
        {R"({"logs": "\u001b[0m"})", "\x1b[0m"},
    };
    for (row const& r : rows)
        expect_text(r.answer, r.text);
}

TEST(log_text_decoder, agrees_with_a_json_parser_on_every_character)
{
    std::string text;
    for (int c = 1; c < 128; ++c)
        text += static_cast<char>(c);
    json::object object;
    object["logs"] = text;
    expect_text(kuberay::to_json(object), text);
}

TEST(log_text_decoder, refuses_what_is_no_log)
{
    for (char const* answer :
         {"[]", "{\"log\":\"\"}", "{\"logs\":5}", "{\"logs\":\"a\"", "{\"logs\":\"a", "", "{\"logs\":\"a\"},",
          "{\"logs\":\"\\x\"}", "{\"logs\":\"\\u00g0\"}", "{\"lo gs\":\"\"}"})
        EXPECT_THROW(
            {
                log_text_decoder decoder;
                decoder.put(answer);
                decoder.finish();
            },
            failure
        ) << answer;
}

TEST(output_position, counts_a_line_end_of_windows_once_in_text)
{
    output_position position;
    position.advance(output_way::stream, "a\r\nb\rc\r");
    position.advance(output_way::stream, "\nd\r");
    position.advance(output_way::stream, "e\r\r\n");
    std::string const translated = "a\nb\nc\nd\ne\n\n";
    EXPECT_EQ(position.in(output_way::file), 14u);
    EXPECT_EQ(position.in(output_way::text), translated.size());
    EXPECT_EQ(position.given(), 14u);
    EXPECT_TRUE(position.can_go_on_by(output_way::file));
}

TEST(output_position, behind_text_only_text_can_go_on)
{
    output_position position(3);
    EXPECT_EQ(position.in(output_way::tail), 3u);
    position.advance(output_way::text, "ab");
    EXPECT_EQ(position.in(output_way::tail), 5u);
    EXPECT_EQ(position.given(), 5u);
    EXPECT_FALSE(position.can_go_on_by(output_way::stream));
    EXPECT_FALSE(position.can_go_on_by(output_way::file));
    EXPECT_TRUE(position.can_go_on_by(output_way::tail));
}

}  // namespace
}  // namespace kuberay::ray
