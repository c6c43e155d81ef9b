#include "ray_head/head_answer.hpp"

#include <kuberay/base/json.hpp>

#include <utility>

namespace kuberay::testing {

head_answer text_answer(int status, std::string text)
{
    head_answer answer;
    answer.status = status;
    answer.fields.set("Content-Type", "text/plain; charset=utf-8");
    answer.body = std::move(text);
    return answer;
}

head_answer json_answer_of(json::value const& document, int status)
{
    head_answer answer;
    answer.status = status;
    answer.fields.set("Content-Type", "application/json; charset=utf-8");
    answer.body = to_json(document);
    return answer;
}

head_answer not_found() { return text_answer(404, "404: Not Found"); }

head_answer method_not_allowed(std::string allowed)
{
    head_answer answer = text_answer(405, "405: Method Not Allowed");
    answer.fields.set("Allow", std::move(allowed));
    return answer;
}

head_answer bare_500() { return text_answer(500, "500 Internal Server Error\n\nServer got itself in trouble"); }

std::string traceback(std::string_view line)
{
    return "Traceback (most recent call last):\n"
           "  File \"ray/dashboard/modules/job/job_agent.py\", line 45, in handle\n"
           "    result = await self.get_job_manager().handle(request)\n"
           "             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
           + std::string(line) + "\n";
}

std::string nested_traceback(int status, std::string_view line)
{
    return traceback(
        "RuntimeError: Request failed with status code " + std::to_string(status) + ": " + traceback(line) + "."
    );
}

}  // namespace kuberay::testing
