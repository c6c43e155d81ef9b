#include "cli/dry_run.hpp"
#include "cli/quote.hpp"
#include "commands/cluster_flags.hpp"
#include "commands/cluster_wait.hpp"
#include "commands/commands.hpp"
#include "commands/provider_flags.hpp"

#include <kuberay/base/file.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/create_cluster.hpp>
#include <kuberay/ray/generation.hpp>

#include <algorithm>

namespace cli::commands {
namespace {

// Flags that say how, not what: allowed beside --file, as are all connection flags.
constexpr std::string_view beside_file[] = {"file", "dry-run", "wait", "timeout", "fail-after", "skip-tpu-validation",
                                            "help"};

ray::cluster_config read_config(std::string const& path)
{
    result<std::string> const text = kuberay::read_file(path);
    if (text.has_error()) throw failure(text.error().with_context("reading the config file " + in_quotes(path)));
    return ray::parse_cluster_config(*text, path);
}

class create_cluster final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Creates a Ray cluster from flags or from a config file. An existing cluster is never changed.");
        on.example("A small cluster, ready when the command returns", "create cluster demo --wait");
        on.example("The object, without sending it", "create cluster demo --worker-replicas 3 --dry-run");
        on.example(
            "Two worker groups",
            "create cluster demo --worker-group name=cpu,replicas=2,cpu=4 --worker-group name=gpu,replicas=1,gpu=1"
        );
        on.example("From a config file", "create cluster demo --file cluster.yaml");
        on.words("NAME", 1, 1, &words_);
        shape_.declare(on);
        provider_.declare(on);
        on.value("file", 0, &file_, "Config file (YAML) that describes the cluster.").completes =
            complete_files({"yaml", "yml", "json"});
        dry_run_.declare(on);
        wait_.declare(on, "Wait until the cluster is provisioned.");
    }

    void complete(flags const& given, global_flags&) override
    {
        if (given.given("file")) return refuse_shape_beside_file(given);
        refuse_groups_twice(given);
        config_ = shape_.config(given);
        config_.name = words_.front();
        provider_.add_to(config_, given);
    }

    void validate() const override
    {
        wait_.validate();
        if (!file_.empty()) return;
        ray::validation_options options;
        options.groups_by_flag = !shape_.group_texts.empty();
        options.skip_tpu_validation = shape_.skip_tpu_validation;
        options.tpu_by_flag = provider_.gives_tpu();
        std::vector<ray::problem> const problems = ray::validate(config_, options);
        if (!problems.empty()) throw usage_error(ray::as_error(problems).message());
    }

    task<exit_code> run(context on) override
    {
        if (!file_.empty()) config_ = from_file(on);
        if (config_.ns.empty()) config_.ns = dry_run_.client() ? on.ns_without_server() : on.ns();
        json::object cluster = ray::generate_cluster(config_);
        if (dry_run_.client()) {
            on.out().write(kuberay::to_yaml(cluster) + "\n");
            co_return exit_code::done;
        }
        ray::create_options options;
        options.dry_run = dry_run_.server();
        ray::create_outcome created = co_await ray::create_cluster(on.client(), std::move(cluster), options);
        if (dry_run_.server()) {
            if (json::value* const metadata = created.object.if_contains("metadata"); metadata && metadata->is_object())
                metadata->get_object().stable_erase("managedFields");
            on.out().write(kuberay::to_yaml(created.object) + "\n");
            co_return exit_code::done;
        }
        on.out().write("Created Ray cluster: " + created.name + "\n");
        on.out().flush();
        if (wait_.wanted) co_await wait_for_cluster(on, created.ns, created.name, created.uid, wait_);
        co_return exit_code::done;
    }

private:
    static void refuse_shape_beside_file(flags const& given)
    {
        std::vector<std::string> offenders;
        for (flag const& each : given.all()) {
            bool const allowed =
                each.group != flag_group::command
                || std::find(std::begin(beside_file), std::end(beside_file), each.name) != std::end(beside_file);
            if (each.given && !allowed) offenders.push_back("--" + each.name);
        }
        std::sort(offenders.begin(), offenders.end());
        if (!offenders.empty())
            throw usage_error(
                "beside --file the cluster is described by the file alone; not allowed: "
                + kuberay::join(offenders, ", ")
            );
    }

    static void refuse_groups_twice(flags const& given)
    {
        if (!given.given("worker-group")) return;
        std::vector<std::string> offenders;
        for (flag const& each : given.all()) {
            bool const describes_group =
                (each.name.starts_with("worker-") && each.name != "worker-group") || each.name == "num-of-hosts";
            if (each.given && describes_group) offenders.push_back("--" + each.name);
        }
        if (!offenders.empty())
            throw usage_error(
                "--worker-group describes the groups completely; not allowed beside it: "
                + kuberay::join(offenders, ", ")
            );
    }

    ray::cluster_config from_file(context const& on) const
    {
        ray::cluster_config read = read_config(file_);
        std::string const& name = words_.front();
        if (!read.name.empty() && read.name != name)
            throw failure(
                errc::bad_input, "the file " + in_quotes(file_) + " describes the cluster " + in_quotes(read.name)
                                     + ", but the command line names " + in_quotes(name)
            );
        read.name = name;
        std::string const& ns = on.globals().load.ns;
        if (!read.ns.empty() && !ns.empty() && read.ns != ns)
            throw failure(error(
                              errc::bad_input, "flag -n, --namespace says " + in_quotes(ns) + ", but the file "
                                                   + in_quotes(file_) + " says namespace " + in_quotes(read.ns)
            )
                              .with_hint("leave one of the two out"));
        if (std::string const fault = ray::cluster_name_fault(name); !fault.empty())
            throw failure(errc::bad_input, "cluster name " + in_quotes(name) + ": " + fault);
        return read;
    }

    std::vector<std::string> words_;
    std::string file_;
    cluster_flags shape_;
    provider_flags provider_;
    dry_run_flag dry_run_;
    cluster_wait wait_;
    ray::cluster_config config_;
};

}  // namespace

std::unique_ptr<command> make_create_cluster() { return std::make_unique<create_cluster>(); }

}  // namespace cli::commands
