// Ray's Jobs API: job_client WHERE COMMAND...
//
// WHERE is http://HOST:8265, or NAMESPACE/CLUSTER for a RayCluster of $KUBECONFIG, whose head is reached through the API
// server. RAY_AUTH_TOKEN is sent where it is set.
//
//   version | list | get ID | stop ID | delete ID | logs ID | follow ID [SKIP] | upload NAME FILE
//   submit ID COMMAND_LINE [RUNTIME_ENV]      follows the job and ends with 0 when it succeeded

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/file.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/config.hpp>
#include <kuberay/ray/job_log.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

using namespace kuberay;

namespace {

using words = std::vector<std::string>;

ray::job_client connect(asio::any_io_executor executor, std::string const& where)
{
    ray::job_client_options options;
    options.token = environment("RAY_AUTH_TOKEN").value_or("");
    if (where.find("://") != std::string::npos) {
        ray::dashboard_address const address = ray::parse_dashboard_address(where).value();
        return ray::connect_dashboard(executor, address, options);
    }
    words const parts = split(where, '/');
    ray::target const cluster(ray::target_kind::cluster, parts.back());
    kube::client const client(executor, kube::load_config());
    return ray::dial_dashboard(client, parts.front(), cluster, options);
}

void print(ray::submitted_job const& job)
{
    std::string const id = job.submission_id.empty() ? job.job_id : job.submission_id;
    std::cout << id << ' ' << job.status << ' ' << job.driver_exit_code.value_or(-1) << ' '
              << printable_line(job.message) << '\n';
}

task<void> write_out(std::string bytes)
{
    std::cout << bytes << std::flush;
    co_return;
}

// The job's own output to stdout, what happens to it to stderr.
task<int> follow(ray::job_client jobs, std::string id, std::uint64_t skip)
{
    ray::job_log_options options;
    options.skip = skip;
    options.on_status = [](ray::submitted_job const& job) { std::cerr << "status: " << job.status << '\n'; };
    options.on_trouble = [](error const& cause) { std::cerr << "trouble: " << cause.message() << '\n'; };
    ray::job_log_follower log(jobs, id, options);
    for (;;) {
        std::optional<std::string> const bytes = co_await log.next();
        if (!bytes) break;
        std::cout << *bytes << std::flush;
    }
    std::cerr << "message: " << printable_line(log.job().message) << '\n';
    co_return log.job().status == ray::job_phase::succeeded ? 0 : 1;
}

task<int> submit(ray::job_client jobs, words arguments)
{
    ray::job_submission what;
    what.submission_id = arguments.at(0).empty() ? ray::make_submission_id() : arguments.at(0);
    what.entrypoint = arguments.at(1);
    if (arguments.size() > 2) what.runtime_env = parse_json(arguments[2]).value().as_object();
    std::string const id = co_await jobs.submit(what);
    std::cerr << "submitted: " << id << '\n';
    co_return co_await follow(jobs, id, 0);
}

task<void> list(ray::job_client jobs)
{
    std::vector<ray::submitted_job> const all = co_await jobs.list();
    for (ray::submitted_job const& job : all)
        print(job);
}

task<int> run(ray::job_client jobs, std::string command, words arguments)
{
    if (command == "submit") co_return co_await submit(jobs, arguments);
    if (command == "follow") {
        std::uint64_t const skip = arguments.size() > 1 ? std::stoull(arguments[1]) : 0;
        co_return co_await follow(jobs, arguments.at(0), skip);
    }
    if (command == "list") {
        co_await list(jobs);
    } else if (command == "version") {
        ray::job_server_version const version = co_await jobs.version();
        std::cout << version.api << ' ' << version.ray << '\n';
    } else if (command == "get") {
        ray::submitted_job const job = co_await jobs.get(arguments.at(0));
        print(job);
    } else if (command == "stop") {
        bool const stops = co_await jobs.stop(arguments.at(0));
        std::cout << (stops ? "stopping\n" : "it had ended\n");
    } else if (command == "delete") {
        co_await jobs.remove(arguments.at(0));
    } else if (command == "logs") {
        co_await jobs.read_log(arguments.at(0), write_out);
    } else if (command == "upload") {
        bool const is_there = co_await jobs.has_package(arguments.at(0));
        if (!is_there) co_await jobs.upload_package(arguments.at(0), arguments.at(1));
        std::cout << (is_there ? "there already\n" : "uploaded\n");
    } else {
        throw failure(errc::bad_input, "there is no command " + command);
    }
    co_return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    words const arguments(argv + std::min(argc, 3), argv + argc);
    if (argc < 3) {
        std::cerr << "usage: job_client http://HOST:8265|NAMESPACE/CLUSTER COMMAND [ARGUMENT...]\n";
        return 2;
    }
    asio::io_context io;
    int exit_code = 1;
    try {
        ray::job_client const jobs = connect(io.get_executor(), argv[1]);
        async_run(io.get_executor(), run(jobs, argv[2], arguments), [&](result<int> ended) {
            if (ended)
                exit_code = *ended;
            else
                std::cerr << "error: " << ended.error().message() << '\n' << ended.error().hint() << '\n';
            io.stop();  // `jobs` holds a tunnel open, which waits for its peer
        });
        io.run();
    } catch (std::exception const& failed) {
        std::cerr << "error: " << failed.what() << '\n';
    }
    return exit_code;
}
