#include "commands/submit_text.hpp"

#include "cli/quote.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

namespace cli::commands {
namespace {

result<json::object> object_in(std::string_view text)
{
    result<json::value> parsed = kuberay::parse_json(text);
    if (parsed.has_error()) return error(errc::bad_input, "this is no JSON: " + parsed.error().message());
    if (!parsed->is_object()) return error(errc::bad_input, R"(a JSON object is needed, as {"name": ...})");
    return std::move(parsed->get_object());
}

}  // namespace

void describe_submission(flags& on, submit_form form)
{
    if (form == submit_form::run) {
        on.about(
            "Makes a Ray cluster for one program, shows its output, and deletes the cluster when it has ended. The "
            "exit code is 0 when the job succeeded. The words behind -- are the program and its arguments, kept as "
            "they are."
        );
        on.example("A program, with the files of this folder", "job run --working-dir . -- python train.py --epochs 3");
        on.example("With two GPU workers", "job run --worker-replicas 2 --worker-gpu 1 -- python train.py");
        return;
    }
    on.about("Runs a program on a Ray cluster and shows its output until it has ended. Without -c a RayJob with a "
             "cluster of its own is made (--name, or -f for a manifest). The words behind -- are the program and its "
             "arguments, kept as they are: there is no shell that would expand them (sh -c '...' is one).");
    on.about("Standard output is the job's own, byte for byte; everything else goes to standard error. Exits with 0 "
             "when the job succeeded, 1 when it failed or was stopped, 124 when a limit of time passed, 130 after "
             "Ctrl-C.");
    on.about(
        "Until Ray has accepted the job, a failure or Ctrl-C deletes what was created here. After that nothing is "
        "deleted: Ctrl-C leaves at once, the job goes on, and the commands to come back, stop or delete it are shown."
    );
    on.example(
        "A cluster for one program, with the files of this folder",
        "job submit --name demo --working-dir . -- python train.py --name 'two words'"
    );
    on.example("On a cluster that is there", "job submit -c demo -- python -c 'print(1 + 1)'");
    on.example(
        "The same without a RayJob, and not waiting", "job submit -c demo --no-rayjob --no-wait -- python train.py"
    );
    on.example(
        "A dashboard somewhere, without Kubernetes", "job submit --address http://ray.example:8265 -- python train.py"
    );
    on.example("What would be created?", "job submit -f rayjob.yaml --dry-run");
    on.example("Every night", "job submit --name nightly --schedule '0 3 * * *' -- python /app/train.py");
}

result<void> read_map(std::string_view text, std::map<std::string, std::string>& into)
{
    result<json::object> const object = object_in(text);
    if (object.has_error()) return object.error();
    for (auto const& [key, value] : *object) {
        if (!value.is_string()) return error(errc::bad_input, "the value of " + in_quotes(key) + " must be a text");
        into[std::string(key)] = std::string(value.get_string());
    }
    return {};
}

result<void> read_map(std::string_view text, std::map<std::string, double>& into)
{
    result<json::object> const object = object_in(text);
    if (object.has_error()) return object.error();
    for (auto const& [key, value] : *object) {
        if (!value.is_number() || value.to_number<double>() < 0)
            return error(errc::bad_input, "the value of " + in_quotes(key) + " must be a number, 0 or more");
        into[std::string(key)] = value.to_number<double>();
    }
    return {};
}

std::string job_name_fault(std::string_view name, std::size_t longest)
{
    if (name.empty()) return "it is empty";
    if (name.size() > longest) return in_quotes(name) + " is longer than " + std::to_string(longest) + " characters";
    if (!kuberay::is_dns1035_label(name))
        return in_quotes(name)
               + " must be lower-case letters, digits and '-', beginning with a letter and not ending with '-'";
    return std::string();
}

}  // namespace cli::commands
