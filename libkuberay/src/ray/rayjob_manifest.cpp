#include "base/quote.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/submit_job.hpp>

namespace kuberay::ray {
namespace {

[[noreturn]] void refuse(yaml_document const& document, std::string_view path, std::string why)
{
    throw failure(errc::bad_input, document.where(path) + ": " + std::move(why));
}

void check_identity(yaml_document const& document)
{
    json::value const& root = document.value();
    if (!root.is_object()) refuse(document, "", "a RayJob is wanted, and this is no mapping");
    std::string_view const kind = string_at(root, "kind");
    if (kind.empty()) refuse(document, "/kind", "kind is missing; a RayJob is wanted");
    if (kind != job::type().kind)
        refuse(document, "/kind", "a RayJob is wanted, and this is a " + printable_line(kind));
    std::string_view const version = string_at(root, "apiVersion");
    if (version != job::type().api_version())
        refuse(
            document, "/apiVersion",
            "apiVersion must be " + job::type().api_version()
                + (version.empty() ? "" : ", not " + kuberay::quoted(version))
        );
    std::string_view const name = string_at(root, "metadata.name");
    if (name.empty()) refuse(document, "/metadata", "metadata.name is missing");
    if (!is_dns1035_label(name))
        refuse(document, "/metadata/name", "metadata.name " + kuberay::quoted(name) + " cannot be a name of a RayJob");
}

void check_spec(yaml_document const& document, job_spec const& spec)
{
    std::string const mode =
        spec.submission_mode.empty() ? std::string(submission_mode::k8s_job) : spec.submission_mode;
    bool const interactive = mode == submission_mode::interactive;
    if (!interactive && mode != submission_mode::k8s_job && mode != submission_mode::http
        && mode != submission_mode::sidecar)
        refuse(
            document, "/spec/submissionMode",
            "spec.submissionMode " + kuberay::quoted(mode)
                + " is none of InteractiveMode, K8sJobMode, HTTPMode, SidecarMode"
        );
    if (!interactive && spec.entrypoint.empty())
        refuse(document, "/spec", "spec.entrypoint is missing, which the operator submits in " + mode);
    if (interactive && spec.backoff_limit.value_or(0) > 0)
        refuse(
            document, "/spec/backoffLimit",
            "spec.backoffLimit above 0 does not go with spec.submissionMode InteractiveMode"
        );
    std::int32_t const ttl = spec.ttl_seconds_after_finished.value_or(0);
    if (ttl < 0) refuse(document, "/spec/ttlSecondsAfterFinished", "spec.ttlSecondsAfterFinished is below 0");
    if (ttl > 0 && !spec.shutdown_after_job_finishes.value_or(false))
        refuse(
            document, "/spec/ttlSecondsAfterFinished",
            "spec.ttlSecondsAfterFinished needs spec.shutdownAfterJobFinishes: true"
        );
}

job read_typed(yaml_document const& document)
{
    try {
        return job::from_json(document.value());
    } catch (failure const& wrong) {
        throw failure(wrong.error().with_context(document.name()));
    }
}

}  // namespace

json::object read_rayjob(std::string_view text, std::string const& source)
{
    std::vector<yaml_document> const documents = parse_yaml(text, source);
    if (documents.empty()) throw failure(errc::bad_document, source + ": it is empty; a RayJob is wanted");
    yaml_document const& first = documents.front();
    check_identity(first);
    json::value const* spec = first.value().get_object().if_contains("spec");
    if (!spec || !spec->is_object()) refuse(first, "/spec", "spec is missing");
    check_spec(first, read_typed(first).spec);
    return first.value().get_object();
}

}  // namespace kuberay::ray
