#include "refusal.hpp"

#include <kuberay/testing/fault.hpp>

#include <boost/json/serialize.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

fault made(fault::kind what)
{
    fault one;
    one.what = what;
    return one;
}

}  // namespace

fault fault::answer(int status, std::string body, std::string content_type)
{
    fault one = made(kind::answer);
    one.code = status;
    one.body = std::move(body);
    one.fields.set("Content-Type", std::move(content_type));
    return one;
}

fault fault::status(int code, std::string reason, std::string message)
{
    return answer(code, json::serialize(failure_status(code, reason, message, std::nullopt)));
}

fault fault::wrong_json() { return answer(200, R"({"kind": "List", "items": [ )"); }

fault fault::drop_after(std::size_t bytes)
{
    fault one = made(kind::drop);
    one.bytes = bytes;
    return one;
}

fault fault::pause_after(std::size_t bytes)
{
    fault one = made(kind::pause);
    one.bytes = bytes;
    return one;
}

fault fault::truncate_after(std::size_t body_bytes)
{
    fault one = made(kind::truncate);
    one.bytes = body_bytes;
    return one;
}

fault fault::gone() { return made(kind::gone); }

fault fault::gone_event() { return made(kind::gone_event); }

fault fault::hang() { return made(kind::hang); }

fault fault::delay(std::chrono::milliseconds time)
{
    fault one = made(kind::delay);
    one.time = time;
    return one;
}

fault fault::on(std::string of_method, std::string prefix) &&
{
    method = std::move(of_method);
    path_prefix = std::move(prefix);
    return std::move(*this);
}

fault fault::when_target_has(std::string text) &&
{
    target_part = std::move(text);
    return std::move(*this);
}

fault fault::times(int count) &&
{
    left = count;
    return std::move(*this);
}

fault fault::after(int count) &&
{
    skip = count;
    return std::move(*this);
}

fault fault::with_field(std::string name, std::string value) &&
{
    fields.add(std::move(name), std::move(value));
    return std::move(*this);
}

bool fault::matches(std::string const& of_method, std::string const& target) const
{
    if (!method.empty() && method != of_method) return false;
    if (!target.starts_with(path_prefix)) return false;
    if (what == kind::gone_event && target.find("watch=") == std::string::npos) return false;
    return target.find(target_part) != std::string::npos;
}

}  // namespace kuberay::testing
