#include "commands/job_place.hpp"

#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>

#include <algorithm>

namespace cli::commands {
namespace {

bool is_header_name(std::string_view name)
{
    static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    auto const fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || others.find(c) != std::string_view::npos;
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

bool is_header_value(std::string_view value)
{
    auto const fits = [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); };
    return std::ranges::all_of(value, fits);
}

task<candidates> submission_names(context on, job_place place)
{
    task<ray::job_client> connecting = connect_jobs(std::move(on), std::move(place));
    ray::job_client const jobs = co_await std::move(connecting);
    std::vector<ray::submitted_job> const all = co_await jobs.list();
    candidates found;
    for (ray::submitted_job const& each : all)
        if (!each.submission_id.empty())
            found.items.emplace_back(each.submission_id, each.status + " " + each.entrypoint);
    co_return found;
}

}  // namespace

void job_place::declare(flags& on, std::string cluster_help, std::string address_help)
{
    on.value("ray-cluster", 'c', &cluster, std::move(cluster_help)).completes = complete_clusters();
    on.value("address", 0, &address, std::move(address_help));
    on.value(
        "headers", 0, &headers,
        "HTTP headers for the dashboard, a JSON object; else the variable RAY_JOB_HEADERS is read."
    );
    flag& check = on.value(
        "verify", 0, &verify,
        "How the certificate behind --address is checked: true, false, or a file or folder of authorities."
    );
    check.default_text = "true";
    check.completes = complete_files();
}

void job_place::complete(global_flags& globals)
{
    std::string const given = globals.load.cluster;
    if (given.empty() || !cluster.empty()) return;
    std::vector<std::string> const entries = kube::load_names(globals.load).clusters;
    if (std::ranges::find(entries, given) != entries.end()) {
        kubeconfig_cluster_ = given;
        return;
    }
    cluster = given;
    globals.load.cluster.clear();
    taken_from_cluster_ = true;
}

void job_place::check(std::vector<ray::problem>& into) const
{
    if (!address.empty()) {
        result<ray::dashboard_address> const parsed = ray::parse_dashboard_address(address);
        if (parsed.has_error()) into.emplace_back("--address", parsed.error().message());
    }
    if (!headers.empty()) {
        result<std::map<std::string, std::string>> const parsed = parse_headers(headers);
        if (parsed.has_error()) into.emplace_back("--headers", parsed.error().message());
    }
    if (!verify.empty()) {
        ray::dashboard_address checked;
        result<void> const fits = ray::apply_verify(verify, checked.tls);
        if (fits.has_error()) into.emplace_back("--verify", fits.error().message());
    }
}

void job_place::validate() const
{
    std::vector<ray::problem> found;
    if (!cluster.empty() && !address.empty()) found.emplace_back("--address", "cannot be combined with --ray-cluster");
    check(found);
    if (!found.empty()) throw usage_error(ray::as_error(found).message());
}

void job_place::tell(context const& on) const
{
    if (taken_from_cluster_)
        on.note("--cluster " + in_quotes(cluster) + " is taken for the Ray cluster; --ray-cluster says so plainly.");
}

task<void> job_place::refuse_ambiguous(context on, std::string name)
{
    if (name.empty()) co_return;
    auto const clusters = kube::api<ray::cluster>::in_ns(on.client(), on.ns());
    task<std::optional<ray::cluster>> looking = clusters.find(name);
    result<std::optional<ray::cluster>> const found = co_await kuberay::as_result(std::move(looking));
    if (found.has_error() || !*found) co_return;  // what cannot be looked up keeps the meaning that kubectl gives it
    throw failure(error(
                      errc::bad_input, "--cluster " + in_quotes(name)
                                           + " names a cluster of the kubeconfig and a Ray cluster in namespace "
                                           + in_quotes(on.ns())
    )
                      .with_hint("--ray-cluster names the Ray cluster, --context the Kubernetes cluster"));
}

std::optional<ray::dashboard_address> job_place::target() const
{
    if (address.empty()) return std::nullopt;
    result<ray::dashboard_address> parsed = ray::parse_dashboard_address(address);
    if (parsed.has_error()) throw failure(parsed.error());
    if (!verify.empty()) {
        result<void> const applied = ray::apply_verify(verify, parsed->tls);
        if (applied.has_error()) throw failure(applied.error());
    }
    return std::move(*parsed);
}

ray::job_client_options job_place::client_options(context const& on) const
{
    ray::job_client_options options;
    std::string const name = headers.empty() ? "RAY_JOB_HEADERS" : "--headers";
    std::string const text = headers.empty() ? on.environment("RAY_JOB_HEADERS").value_or("") : headers;
    if (!text.empty()) {
        result<std::map<std::string, std::string>> const parsed = parse_headers(text);
        if (parsed.has_error()) throw failure(parsed.error().with_context(name));
        for (auto const& [field, value] : *parsed)
            options.fields.set(field, value);
    }
    options.token = on.environment("RAY_AUTH_TOKEN").value_or("");
    return options;
}

result<std::map<std::string, std::string>> parse_headers(std::string_view text)
{
    result<json::value> const parsed = kuberay::parse_json(text);
    if (parsed.has_error()) return error(errc::bad_input, "this is no JSON: " + parsed.error().message());
    json::object const* const object = parsed->if_object();
    if (!object) return error(errc::bad_input, R"(a JSON object is needed, as {"X-Team": "a"})");
    std::map<std::string, std::string> fields;
    for (auto const& [key, value] : *object) {
        if (!is_header_name(key)) return error(errc::bad_input, in_quotes(key) + " cannot be the name of a header");
        json::string const* const field = value.if_string();
        // The value may be a secret: it is not shown.
        if (!field || !is_header_value(*field))
            return error(errc::bad_input, "the value of " + in_quotes(key) + " must be a text on one line");
        fields[std::string(key)] = std::string(*field);
    }
    return fields;
}

task<ray::job_client> connect_jobs(context on, job_place place)
{
    ray::job_client_options options = place.client_options(on);
    if (std::optional<ray::dashboard_address> const target = place.target())
        co_return ray::connect_dashboard(on.executor(), *target, options);
    ray::target const cluster(ray::target_kind::cluster, place.cluster);
    require_name_in_path(ray::cluster::type(), place.cluster);
    task<std::string> asking = ray::dashboard_token(on.client(), on.ns(), place.cluster, options.token);
    options.token = co_await std::move(asking);
    co_return ray::dial_dashboard(on.client(), on.ns(), cluster, options);
}

completer complete_job_names(job_place const* place)
{
    return [place, rayjobs = complete_jobs()](context on, completion_query query) {
        if (place->is_given()) return submission_names(std::move(on), *place);
        return rayjobs(std::move(on), std::move(query));
    };
}

}  // namespace cli::commands
