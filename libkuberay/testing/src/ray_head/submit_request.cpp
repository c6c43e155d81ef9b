#include "ray_head/submit_request.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <random>
#include <string_view>

namespace kuberay::testing {

namespace {

constexpr std::array<std::string_view, 10> known_fields = {
    "entrypoint",
    "submission_id",
    "job_id",
    "runtime_env",
    "metadata",
    "entrypoint_num_cpus",
    "entrypoint_num_gpus",
    "entrypoint_memory",
    "entrypoint_resources",
    "entrypoint_label_selector",
};

std::string type_of(json::value const& value)
{
    switch (value.kind()) {
    case json::kind::null: return "<class 'NoneType'>";
    case json::kind::bool_: return "<class 'bool'>";
    case json::kind::int64:
    case json::kind::uint64: return "<class 'int'>";
    case json::kind::double_: return "<class 'float'>";
    case json::kind::string: return "<class 'str'>";
    case json::kind::array: return "<class 'list'>";
    case json::kind::object: break;
    }
    return "<class 'dict'>";
}

// In Python a bool is an int.
bool is_integer(json::value const& value) { return value.is_int64() || value.is_uint64() || value.is_bool(); }

bool is_number(json::value const& value) { return is_integer(value) || value.is_double(); }

bool is_text(json::value const& value) { return value.is_string(); }

/// The field when it is there and not null.
json::value const* field_of(json::object const& request, std::string_view name)
{
    json::value const* value = request.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

std::string wrong(std::string_view name, std::string_view must, json::value const& value)
{
    return "TypeError: " + std::string(name) + " must be " + std::string(must) + ", got " + type_of(value);
}

std::optional<std::string> dict_fault(
    json::object const& request, std::string_view name, std::string_view must, bool (*is_good)(json::value const&)
)
{
    json::value const* dict = field_of(request, name);
    if (!dict) return std::nullopt;
    if (!dict->is_object()) return wrong(name, "a dict", *dict);
    for (auto const& [key, value] : dict->get_object())
        if (is_good && !is_good(value))
            return "TypeError: " + std::string(name) + " values must be " + std::string(must) + ", got "
                   + type_of(value);
    return std::nullopt;
}

bool is_label(std::string_view text)
{
    auto const is_end = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    return !text.empty() && text.size() <= 63 && is_end(text.front()) && is_end(text.back())
           && std::ranges::all_of(text, [&](char c) { return is_end(c) || c == '-' || c == '_' || c == '.'; });
}

double number_of(json::object const& request, std::string_view name)
{
    json::value const* value = field_of(request, name);
    if (!value) return 0;
    return value->is_bool() ? (value->get_bool() ? 1.0 : 0.0) : value->to_number<double>();
}

std::string text_of(json::object const& request, std::string_view name)
{
    json::value const* value = field_of(request, name);
    return value ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::optional<std::string> submit_fault(json::object const& request)
{
    std::string const made = "TypeError: JobSubmitRequest.__init__() ";
    for (auto const& [name, value] : request)
        if (!value.is_null() && std::ranges::find(known_fields, std::string_view(name)) == known_fields.end())
            return made + "got an unexpected keyword argument '" + std::string(name) + "'";
    json::value const* entrypoint = field_of(request, "entrypoint");
    if (!entrypoint) return made + "missing 1 required positional argument: 'entrypoint'";
    if (!entrypoint->is_string()) return wrong("entrypoint", "a string", *entrypoint);
    for (char const* name : {"submission_id", "job_id"})
        if (json::value const* id = field_of(request, name); id && !id->is_string())
            return wrong(name, "a string if provided", *id);
    if (auto fault = dict_fault(request, "runtime_env", "", nullptr)) return fault;
    if (auto fault = dict_fault(request, "metadata", "strings", &is_text)) return fault;
    for (char const* name : {"entrypoint_num_cpus", "entrypoint_num_gpus"})
        if (json::value const* number = field_of(request, name); number && !is_number(*number))
            return wrong(name, "a number", *number);
    if (json::value const* memory = field_of(request, "entrypoint_memory"); memory && !is_integer(*memory))
        return wrong("entrypoint_memory", "an integer", *memory);
    if (auto fault = dict_fault(request, "entrypoint_resources", "numbers", &is_number)) return fault;
    return dict_fault(request, "entrypoint_label_selector", "strings", &is_text);
}

std::optional<std::string> label_fault(json::object const& request)
{
    json::value const* selector = field_of(request, "entrypoint_label_selector");
    if (!selector) return std::nullopt;
    for (auto const& [key, value] : selector->get_object()) {
        std::string const text(key);
        std::size_t const slash = text.rfind('/');
        std::string const name = slash == std::string::npos ? text : text.substr(slash + 1);
        if (slash != std::string::npos && !is_dns1123_subdomain(text.substr(0, slash)))
            return "ValueError: Invalid label key prefix `" + text.substr(0, slash)
                   + "`. Prefix must be a series of DNS labels separated by dots (.), not longer than 253 characters "
                     "in "
                     "total.";
        if (!is_label(name))
            return "ValueError: Invalid label key name `" + name
                   + "`. Name must be 63 chars or less beginning and ending with an alphanumeric character "
                     "([a-z0-9A-Z]) with dashes (-), underscores (_),dots (.), and alphanumerics between.";
    }
    return std::nullopt;
}

void fill_job(head_job& job, json::object const& request)
{
    job.entrypoint = text_of(request, "entrypoint");
    job.submission_id = text_of(request, "submission_id");
    if (job.submission_id.empty()) job.submission_id = text_of(request, "job_id");
    if (json::value const* metadata = field_of(request, "metadata")) job.metadata = *metadata;
    if (json::value const* env = field_of(request, "runtime_env")) job.runtime_env = *env;
    job.cpus = number_of(request, "entrypoint_num_cpus");
    job.gpus = number_of(request, "entrypoint_num_gpus");
    json::value const* resources = field_of(request, "entrypoint_resources");
    job.has_resources = resources && !resources->get_object().empty();
}

std::string new_submission_id()
{
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789";
    std::random_device source;
    std::string id = "raysubmit_";
    for (int i = 0; i < 16; ++i)
        id += letters[source() % letters.size()];
    return id;
}

}  // namespace kuberay::testing
