#include "cli/group_names.hpp"
#include "commands/get_command.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/ray/cron_job.hpp>
#include <kuberay/ray/service.hpp>

#include <optional>

namespace cli::commands {
namespace {

using kuberay::string_at;

// RayService and RayCronJob are shown by the columns of their CRDs, read straight from the document: one odd
// object must not hide the others.
std::string text(json::value const& item, std::string_view path) { return std::string(string_at(item, path)); }

std::string age(json::value const& item, kuberay::timestamp now)
{
    return kuberay::age_since(kuberay::parse_rfc3339(string_at(item, "metadata.creationTimestamp")), now);
}

std::string ago(json::value const& item, std::string_view path, kuberay::timestamp now)
{
    std::optional<kuberay::timestamp> const at = kuberay::parse_rfc3339(string_at(item, path));
    return at ? kuberay::age_since(at, now) : std::string();
}

std::string yes_no(json::value const& item, std::string_view path)
{
    return kuberay::bool_at(item, path).value_or(false) ? "true" : "false";
}

using cells = std::vector<std::string>;

cells service_cells(json::value const& item, kuberay::timestamp now)
{
    std::optional<std::int64_t> const endpoints = kuberay::int_at(item, "status.numServeEndpoints");
    return {
        text(item, "metadata.name"),
        text(item, "status.serviceStatus"),
        std::to_string(endpoints.value_or(0)),
        age(item, now),
        text(item, "status.activeServiceStatus.rayClusterName"),
        text(item, "status.pendingServiceStatus.rayClusterName")
    };
}

cells cron_job_cells(json::value const& item, kuberay::timestamp now)
{
    return {
        text(item, "metadata.name"),
        text(item, "spec.schedule"),
        text(item, "spec.timeZone"),
        ago(item, "status.lastScheduleTime", now),
        age(item, now),
        yes_no(item, "spec.suspend")
    };
}

/// What differs between the two.
struct kind_text {
    char const* words;  ///< after `get`
    char const* noun;
    kube::resource_type const& (*type)();
    completer (*names)();
    cells (*row)(json::value const&, kuberay::timestamp);
    std::vector<view_column> (*titles)();
};

std::vector<view_column> service_columns()
{
    return columns({"NAME", "SERVICE STATUS", "SERVE ENDPOINTS", "AGE"}, {"ACTIVE CLUSTER", "PENDING CLUSTER"});
}

std::vector<view_column> cron_job_columns()
{
    return columns({"NAME", "SCHEDULE", "TIMEZONE", "LAST SCHEDULE", "AGE", "SUSPEND"});
}

class get_kind final : public get_command {
public:
    explicit get_kind(kind_text kind)
        : kind_(kind)
    {
    }

protected:
    void describe(flags& on) override
    {
        std::string const noun = kind_.noun;
        on.about("Lists the " + noun + " of the namespace, or shows the one that is named.");
        on.example("The " + noun + " of every namespace", std::string("get ") + kind_.words + " -A");
        on.example("One of them as YAML", std::string("get ") + kind_.words + " demo -o yaml");
    }

    completer names() override { return kind_.names(); }

    object_view view() const override
    {
        object_view made;
        made.type = kind_.type();
        made.noun = kind_.noun;
        made.columns = kind_.titles();
        bool const with_ns = list_.all_namespaces;
        if (with_ns) made.columns.insert(made.columns.begin(), view_column("NAMESPACE"));
        auto const row = kind_.row;
        made.cells = [with_ns, row](json::value const& item, kuberay::timestamp now) {
            cells all = row(item, now);
            if (with_ns) all.insert(all.begin(), text(item, "metadata.namespace"));
            return all;
        };
        return made;
    }

private:
    kind_text kind_;
};

}  // namespace

std::unique_ptr<command> make_get_service()
{
    return std::make_unique<get_kind>(
        kind_text{"service", "RayServices", ray::service::type, complete_services, service_cells, service_columns}
    );
}

std::unique_ptr<command> make_get_cron_job()
{
    return std::make_unique<get_kind>(
        kind_text{"cronjob", "RayCronJobs", ray::cron_job::type, complete_cron_jobs, cron_job_cells, cron_job_columns}
    );
}

}  // namespace cli::commands
