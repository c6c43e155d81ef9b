#include "kube/watch_codec.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace kuberay::kube {
namespace {

using type = message_type;

struct seen {
    message_type type;
    std::string object;
    bool operator==(seen const&) const = default;
};

void drain(watch_codec& codec, std::vector<seen>& into)
{
    for (auto message = codec.next(); message; message = codec.next())
        into.push_back({message->type, to_json(json::value(message->object))});
}

std::string const stream =
    "{\"type\":\"ADDED\",\"object\":{\"a\":\"}\\\"\"}}\n{\"type\":\"MODIFIED\",\"object\":{\"b\":[1]}}\n\n"
    "{\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}},\"type\":\"BOOKMARK\"}\n{\"type\":\"DELETED\",\"object\":{}"
    "}"
    "{\"type\":\"ERROR\",\"object\":{\"code\":410}}\n";

std::vector<seen> const wanted = {
    {type::added, R"({"a":"}\""})"},
    {type::modified, R"({"b":[1]})"},
    {type::bookmark, R"({"metadata":{"resourceVersion":"7"}})"},
    {type::deleted, "{}"},
    {type::error, R"({"code":410})"},
};

TEST(WatchCodec, events_come_out_the_same_at_every_split)
{
    for (std::size_t at = 0; at <= stream.size(); ++at) {
        watch_codec codec;
        std::vector<seen> events;
        codec.feed(std::string_view(stream).substr(0, at));
        drain(codec, events);
        codec.feed(std::string_view(stream).substr(at));
        drain(codec, events);
        EXPECT_EQ(events, wanted) << "split at " << at;
        EXPECT_FALSE(codec.has_partial()) << "split at " << at;
    }
}

TEST(WatchCodec, events_come_out_byte_by_byte)
{
    watch_codec codec;
    std::vector<seen> events;
    for (char const& c : stream) {
        codec.feed(std::string_view(&c, 1));
        drain(codec, events);
    }
    EXPECT_EQ(events, wanted);
}

TEST(WatchCodec, a_cut_within_an_event_is_seen)
{
    std::string const event = R"({"type":"ADDED","object":{"a":1}})";
    for (std::size_t length = 0; length <= event.size(); ++length) {
        watch_codec codec;
        codec.feed(std::string_view(event).substr(0, length));
        bool const complete = codec.next().has_value();
        EXPECT_EQ(complete, length == event.size()) << length;
        EXPECT_EQ(codec.has_partial(), length > 0 && length < event.size()) << length;
    }
}

TEST(WatchCodec, what_is_no_event_is_a_violation)
{
    std::string const rows[] = {
        "<html>",
        "[]",
        "null",
        "{}",
        R"({"type":"ADDED"})",
        R"({"type":"ADDED","object":1})",
        R"({"type":"LOST","object":{}})",
        R"({"object":{}})",
        R"({"type":"ADDED","object":{]})",
        R"({"type":7,"object":{}})",
    };
    for (auto const& text : rows) {
        watch_codec codec;
        codec.feed(text);
        try {
            auto const message = codec.next();
            EXPECT_TRUE(false) << "accepted: " << text << " " << message.has_value();
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().code(), errc::protocol_violation) << text;
        }
    }
}

TEST(WatchCodec, an_error_event_is_the_servers_status)
{
    auto const status = parse_json(R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})").value();
    error const told = error_of_event(status.get_object());
    EXPECT_EQ(told.code(), reason::expired);
    EXPECT_EQ(told.message(), "too old");
    auto const bare = parse_json(R"({"kind":"Status","code":410})").value();
    EXPECT_EQ(error_of_event(bare.get_object()).code(), reason::expired);
    EXPECT_EQ(error_of_event(json::object()).code(), reason::internal);
}

}  // namespace
}  // namespace kuberay::kube
