#pragma once

#include "cli/command.hpp"

#include <memory>

/// The commands. Each file in this folder makes one; `root` puts them under the words of both grammars.
namespace cli::commands {

std::unique_ptr<command> make_apply();
std::unique_ptr<command> make_attach_job();
std::unique_ptr<command> make_cluster_group_create();
std::unique_ptr<command> make_cluster_group_delete();
std::unique_ptr<command> make_cluster_logs();
std::unique_ptr<command> make_completion();
std::unique_ptr<command> make_copy();
std::unique_ptr<command> make_create_cluster();
std::unique_ptr<command> make_create_cron_job();
std::unique_ptr<command> make_create_job();
std::unique_ptr<command> make_create_service();
std::unique_ptr<command> make_create_workergroup();
std::unique_ptr<command> make_dashboard();
std::unique_ptr<command> make_delete();
std::unique_ptr<command> make_delete_cluster();
std::unique_ptr<command> make_delete_job();
std::unique_ptr<command> make_delete_workergroup();
std::unique_ptr<command> make_describe_cluster();
std::unique_ptr<command> make_describe_job();
std::unique_ptr<command> make_describe_service();
std::unique_ptr<command> make_doctor();
std::unique_ptr<command> make_exec();
std::unique_ptr<command> make_get_cluster();
std::unique_ptr<command> make_get_cron_job();
std::unique_ptr<command> make_get_event();
std::unique_ptr<command> make_get_job();
std::unique_ptr<command> make_get_node();
std::unique_ptr<command> make_get_service();
std::unique_ptr<command> make_get_token();
std::unique_ptr<command> make_get_workergroup();
std::unique_ptr<command> make_job_logs();
std::unique_ptr<command> make_job_wait();
std::unique_ptr<command> make_log();
std::unique_ptr<command> make_resume();
std::unique_ptr<command> make_run_job();
std::unique_ptr<command> make_scale_cluster();
std::unique_ptr<command> make_scale_group();
std::unique_ptr<command> make_scale_service();
std::unique_ptr<command> make_session();
std::unique_ptr<command> make_shell();
std::unique_ptr<command> make_job_status();
std::unique_ptr<command> make_stop_job();
std::unique_ptr<command> make_submit_job();
std::unique_ptr<command> make_suspend();
std::unique_ptr<command> make_update_cluster();
std::unique_ptr<command> make_version();
std::unique_ptr<command> make_wait_cluster();
std::unique_ptr<command> make_wait_job();
std::unique_ptr<command> make_wait_service();

command_node const& root();

}  // namespace cli::commands
