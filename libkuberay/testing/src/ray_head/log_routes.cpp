#include "base/utf8.hpp"
#include "ray_head/head_routes.hpp"
#include "ray_head/log_file.hpp"

#include <boost/json/array.hpp>

#include <fnmatch.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace kuberay::testing {

namespace {

std::optional<std::int64_t> integer_of(std::string const& text)
{
    std::int64_t number = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

head_answer no_such_submission(std::string const& id)
{
    return text_answer(
        500, "Could not find a log file. Please make sure the given option exists in the cluster.\n\tnode_id: None\n"
             "\tfilename: None\n\tactor_id: None\n\ttask_id: None\n\tpid: None\n\tsuffix: out\n\tsubmission_id: "
                 + id + "\n\tattempt_number: 0\n"
    );
}

/// The kind of a log by its name.
std::string component_of(std::string const& name)
{
    if (name.starts_with("raylet")) return "raylet";
    if (name.starts_with("gcs_server")) return "gcs_server";
    if (name.starts_with("dashboard")) return "dashboard";
    return "internal";
}

json::object envelope(bool good, std::string const& message, json::value result)
{
    json::object whole;
    whole["result"] = good;
    whole["msg"] = message;
    whole["data"] = json::object({{"result", std::move(result)}});
    return whole;
}

/// The file that is asked for, or why there is none.
std::filesystem::path find_file(head_core& core, head_request const& request, std::optional<head_answer>& refusal)
{
    std::string const submission = request.parameter("submission_id");
    if (!submission.empty()) {
        std::shared_ptr<head_job> const job = core.find(submission);
        if (!job || job->is_driver) {
            refusal = no_such_submission(submission);
            return {};
        }
        if (!job->placed) {
            refusal = text_answer(
                500, "Job " + submission + " has no driver node id info. This is likely a bug. Please file an issue."
            );
            return {};
        }
        return core.log_of(*job);
    }
    std::string const name = request.parameter("filename");
    if (name.empty()) {
        refusal = bare_500();
    } else if (std::string const node = request.parameter("node_id"); !node.empty() && node != core.node_id) {
        refusal = text_answer(500, "Agent for node id: " + node + " doesn't exist.");
    }
    std::filesystem::path const path = (core.logs() / name).lexically_normal();
    // What leads out of the folder is not found, whether it is there or not.
    if (!refusal && !path.string().starts_with(core.logs().string() + "/"))
        refusal = text_answer(500, "A file is not found at: " + path.string());
    return path;
}

}  // namespace

head_answer list_logs(head_core& core, head_request const& request)
{
    std::string const node = request.parameter("node_id");
    std::string const ip = request.parameter("node_ip");
    if (node.empty() && ip.empty())
        return json_answer_of(
            envelope(false, "Both node id and node ip are not provided. Please provide at least one of them.", nullptr),
            400
        );
    if (node.empty() && ip != core.address)
        return json_answer_of(envelope(false, "Cannot find matching node_id for a given node ip " + ip, nullptr), 404);
    if (!node.empty() && node != core.node_id) return bare_500();
    std::string const glob = request.has_parameter("glob") ? request.parameter("glob") : "*";
    json::object found;
    for (auto const& entry : std::filesystem::directory_iterator(core.logs())) {
        std::string const name = entry.path().filename().string();
        if (::fnmatch(glob.c_str(), name.c_str(), 0) != 0) continue;
        json::value& list = found[component_of(name)];
        if (!list.is_array()) list.emplace_array();
        list.get_array().emplace_back(name);
    }
    return json_answer_of(envelope(true, "", std::move(found)));
}

head_answer order_log(head_core& core, head_request const& request, std::string const& media)
{
    bool const follows = media == "stream";
    std::optional<std::int64_t> lines = 1000;
    if (request.has_parameter("lines")) lines = integer_of(request.parameter("lines"));
    bool const has_ip = request.has_parameter("node_ip");
    bool const good = (follows || media == "file") && lines && has_ip != request.has_parameter("node_id")
                      && (follows || !request.has_parameter("interval"));
    if (!good) return bare_500();
    std::optional<head_answer> refusal;
    std::filesystem::path const path = find_file(core, request, refusal);
    if (refusal) return *refusal;
    if (!log_file(path).exists()) return text_answer(500, "A file is not found at: " + path.string());
    head_answer answer;
    answer.fields.set("Content-Disposition", "attachment; filename=\"file.txt\"");
    answer.fields.set("Content-Type", "text/plain");
    log_order order;
    order.path = path.string();
    order.lines = *lines == 0 ? 1000 : *lines;
    if (follows) {
        double seconds = 0;
        std::string const interval = request.parameter("interval");
        std::from_chars(interval.data(), interval.data() + interval.size(), seconds);
        order.interval_ms = seconds > 0 ? std::max<std::int64_t>(1, std::llround(seconds * 1000)) : 1000;
    }
    answer.log = order;
    return answer;
}

head_answer job_logs(head_core& core, head_job const& job)
{
    if (!job.placed) return json_answer_of({{"logs", ""}});
    log_file const file(core.log_of(job));
    std::string const bytes = file.exists() ? file.read_all() : std::string();
    for (std::string_view rest = bytes; !rest.empty();) {
        utf8_step const step = next_code_point(rest);
        if (!step.valid)
            return text_answer(
                500, nested_traceback(
                         500, "UnicodeDecodeError: 'utf-8' codec can't decode byte in position "
                                  + std::to_string(bytes.size() - rest.size()) + ": invalid start byte"
                     )
            );
        rest.remove_prefix(step.length);
    }
    return json_answer_of({{"logs", with_plain_newlines(bytes)}});
}

}  // namespace kuberay::testing
