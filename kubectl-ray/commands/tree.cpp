#include "commands/commands.hpp"

namespace cli::commands {
namespace {

constexpr command_node create_words[] = {
    {"cluster", "clusters raycluster", "Create a Ray cluster.", make_create_cluster},
    {"cronjob", "raycronjob", "Create a RayCronJob from a file.", make_create_cron_job},
    {"job", "rayjob", "Create a RayJob from a file.", make_create_job},
    {"service", "rayservice", "Create a RayService from a file.", make_create_service},
    {"workergroup", "workergroups worker-group", "Add a worker group to a Ray cluster.", make_create_workergroup},
};

constexpr command_node delete_words[] = {
    {"workergroup", "workergroups worker-group", "Remove a worker group from a Ray cluster.", make_delete_workergroup},
};

constexpr command_node describe_words[] = {
    {"cluster", "clusters raycluster", "Show how a Ray cluster is, and why.", make_describe_cluster},
    {"job", "jobs rayjob", "Show how a RayJob is, and why.", make_describe_job},
    {"service", "services rayservice", "Show how a RayService is, and why.", make_describe_service},
};

constexpr command_node get_words[] = {
    {"cluster", "clusters raycluster rayclusters", "Show Ray clusters.", make_get_cluster},
    {"cronjob", "cronjobs raycronjob raycronjobs", "Show RayCronJobs.", make_get_cron_job},
    {"event", "events", "Show the events of a Ray cluster.", make_get_event},
    {"job", "jobs rayjob rayjobs", "Show RayJobs, or the jobs of a cluster.", make_get_job},
    {"node", "nodes", "Show Ray nodes (pods).", make_get_node},
    {"service", "services rayservice rayservices", "Show RayServices.", make_get_service},
    {"token", "", "Print the authentication token of a Ray cluster.", make_get_token},
    {"workergroup", "workergroups worker-group worker-groups", "Show worker groups.", make_get_workergroup},
};

constexpr command_node scale_words[] = {
    {"cluster", "clusters raycluster", "Scale worker groups of a Ray cluster.", make_scale_cluster},
    {"service", "services rayservice", "Scale worker groups of a RayService.", make_scale_service},
};

constexpr command_node update_words[] = {
    {"cluster", "clusters raycluster", "Change a Ray cluster.", make_update_cluster},
};

constexpr command_node cluster_group_words[] = {
    {"create", "", "Add a worker group to a Ray cluster.", make_cluster_group_create},
    {"delete", "", "Remove a worker group from a Ray cluster.", make_cluster_group_delete},
    {"get", "list", "Show worker groups.", make_get_workergroup},
};

constexpr command_node cluster_words[] = {
    {"create", "", "Create a Ray cluster.", make_create_cluster},
    {"dashboard", "", "Open the dashboard of a Ray cluster.", make_dashboard},
    {"delete", "", "Delete Ray clusters.", make_delete_cluster},
    {"describe", "", "Show how a Ray cluster is, and why.", make_describe_cluster},
    {"get", "list ls", "Show Ray clusters.", make_get_cluster},
    {"logs", "log", "Fetch or follow the logs of a Ray cluster.", make_cluster_logs},
    {"scale", "", "Scale a worker group of a Ray cluster.", make_scale_group},
    {"session", "", "Forward the ports of a Ray cluster.", make_session},
    {"update", "", "Change a Ray cluster.", make_update_cluster},
    {"worker-group", "workergroup", "Work with the worker groups of a Ray cluster.", nullptr, cluster_group_words},
};

constexpr command_node job_words[] = {
    {"attach", "", "Show the output of a job, and exit as it ends.", make_attach_job},
    {"delete", "", "Delete RayJobs, or the records of submissions.", make_delete_job},
    {"describe", "", "Show how a RayJob is, and why.", make_describe_job},
    {"get", "list ls", "Show RayJobs, or the jobs of a cluster.", make_get_job},
    {"logs", "log", "Show what a job has printed.", make_job_logs},
    {"run", "", "Run a program on a Ray cluster of its own, and delete that.", make_run_job},
    {"status", "", "Show how a job is.", make_job_status},
    {"stop", "", "Stop a job.", make_stop_job},
    {"submit", "", "Run a program on a Ray cluster.", make_submit_job},
    {"wait", "", "Wait until a job has ended.", make_job_wait},
};

constexpr command_node wait_words[] = {
    {"cluster", "clusters raycluster", "Wait for a Ray cluster.", make_wait_cluster},
    {"job", "jobs rayjob", "Wait for a RayJob.", make_wait_job},
    {"service", "services rayservice", "Wait for a RayService.", make_wait_service},
};

constexpr command_node words[] = {
    {"apply", "", "Create or change objects from files.", make_apply},
    {"cluster", "clusters", "Work with Ray clusters, noun first.", nullptr, cluster_words},
    {"completion", "", "Print a script that completes commands in your shell.", make_completion},
    {"cp", "copy", "Copy files into a Ray node or out of it.", make_copy},
    {"create", "", "Create Ray resources.", nullptr, create_words},
    {"dashboard", "", "Open the dashboard of a Ray cluster.", make_dashboard},
    {"delete", "", "Delete Ray clusters, jobs and services.", make_delete, delete_words},
    {"describe", "", "Show how something is, and why.", nullptr, describe_words},
    {"doctor", "", "Check what the commands need.", make_doctor},
    {"exec", "", "Run a program in a Ray node.", make_exec},
    {"get", "list", "Show Ray resources.", nullptr, get_words},
    {"job", "jobs", "Submit, follow and manage Ray jobs.", nullptr, job_words},
    {"log", "logs", "Fetch or follow the logs of Ray nodes.", make_log},
    {"resume", "", "Bring a suspended cluster or job back.", make_resume},
    {"scale", "", "Scale Ray resources.", nullptr, scale_words},
    {"session", "", "Forward the ports of a Ray cluster to this machine.", make_session},
    {"shell", "", "Open a shell in a Ray node.", make_shell},
    {"suspend", "", "Suspend a Ray cluster or job.", make_suspend},
    {"update", "", "Change Ray resources.", nullptr, update_words},
    {"version", "", "Show the version of the plugin and of the KubeRay operator.", make_version},
    {"wait", "", "Wait until something is so.", nullptr, wait_words},
};

constexpr command_node top = {"kubectl ray", "", "Work with Ray clusters on Kubernetes.", nullptr, words};

}  // namespace

command_node const& root() { return top; }

}  // namespace cli::commands
