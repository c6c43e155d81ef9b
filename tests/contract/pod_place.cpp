#include "pod_place.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/wait.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace kuberay::contract {

namespace {

constexpr unsigned short knob_port = 10248;

char const* lab_folder()
{
    char const* folder = std::getenv("LAB_DATA");
    char const* server = std::getenv("KUBERAY_CONTRACT_KUBECONFIG");
    return folder && *folder && server && *server ? folder : nullptr;
}

std::vector<backend> pod_backends()
{
    std::vector<backend> all = {backend::simulator};
    if (lab_folder()) all.push_back(backend::real);
    return all;
}

json::object pod_of(place const& at, bool runs)
{
    json::value pod = parse_json(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {},
        "spec": {"containers": [{"name": "main", "image": "x"}]}})")
                          .value();
    json::object const labels = {{"app", at.ns()}};
    pod.as_object()["metadata"] = json::object({{"name", at.ns()}, {"namespace", at.ns()}, {"labels", labels}});
    if (!runs) return pod.as_object();
    pod.as_object()["spec"].as_object()["nodeName"] = "node";
    pod.as_object()["status"] = parse_json(R"({"phase": "Running", "containerStatuses": [
        {"name": "main", "restartCount": 0, "state": {"running": {}}}]})")
                                    .value();
    return pod.as_object();
}

// Blocking: the other side is on this machine and answers at once.
void turn_knob(std::string const& fault)
{
    asio::io_context io;
    asio::ip::tcp::socket knob(io);
    knob.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), knob_port));
    std::string const request =
        "POST /fault HTTP/1.0\r\nHost: knob\r\nContent-Length: " + std::to_string(fault.size()) + "\r\n\r\n" + fault;
    asio::write(knob, asio::buffer(request));
    std::string answer;
    error_code ended;
    asio::read(knob, asio::dynamic_buffer(answer), ended);
    if (answer.find(" 200 ") == std::string::npos) throw std::runtime_error("the lab refused a fault: " + answer);
}

}  // namespace

pod_place::pod_place(place at)
    : at_(std::move(at))
{
    if (at_.simulator()) streams_.emplace(*at_.simulator());
}

task<void> pod_place::create() const
{
    kube::api<kube::object> const pods = at_.pods();
    kube::object const wanted(pod_of(at_, false));
    kube::object const made = co_await pods.create(wanted);
}

task<void> pod_place::run() const
{
    if (at_.simulator()) {
        testing::api_server server = *at_.simulator();
        json::object const put = server.put(pod_of(at_, true));
        co_return;
    }
    kube::predicate<kube::pod> const runs = [](std::optional<kube::pod> const& now) {
        return now && !now->container_statuses.empty() && now->container_statuses[0].now.state == "running";
    };
    kube::api<kube::pod> const pods = kube::api<kube::pod>::in_ns(client(), ns());
    task<std::optional<kube::pod>> waiting = kube::wait_until(pods, name(), runs, std::chrono::seconds(60));
    std::optional<kube::pod> const now = co_await std::move(waiting);
}

task<void> pod_place::remove() const
{
    kube::remove_params at_once;
    at_once.grace_period_seconds = 0;
    kube::api<kube::object> const pods = at_.pods();
    co_await pods.remove(name(), at_once);
    // The lab's kubelet takes a container's end from this file.
    if (!streams_) std::ofstream(log_file().parent_path() / "exited");
}

std::filesystem::path pod_place::log_file() const
{
    std::filesystem::path const folder = std::filesystem::path(lab_folder()) / "pods" / ns() / name() / "main";
    std::filesystem::create_directories(folder);
    return folder / "log";
}

void pod_place::append(std::string text, timestamp time) { append_parts({std::move(text)}, time); }

void pod_place::append_parts(std::vector<std::string> parts, timestamp time)
{
    if (streams_) {
        std::string whole;
        for (std::string const& part : parts)
            whole += part;
        streams_->append_log(name(), "main", whole + "\n", time);
        return;
    }
    std::string recorded;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        recorded += format_rfc3339_nano(time) + " stdout " + (i + 1 < parts.size() ? "P " : "F ") + parts[i] + "\n";
        time += std::chrono::milliseconds(200);
    }
    std::ofstream(log_file(), std::ios::app) << recorded;
}

void pod_place::cut_log(std::uint64_t after_bytes)
{
    if (streams_) {
        testing::stream_fault fault;
        fault.what = testing::stream_fault::kind::log_cut;
        fault.after_bytes = after_bytes;
        streams_->inject(fault);
        return;
    }
    turn_knob(
        R"({"kind": "log-cut", "after_bytes": )" + std::to_string(after_bytes) + R"(, "pod": ")" + name() + "\"}"
    );
}

void pod_place::lose_exec(std::uint64_t after_bytes, bool v5)
{
    if (streams_) {
        testing::stream_fault fault;
        fault.what = v5 ? testing::stream_fault::kind::exec_false_success : testing::stream_fault::kind::exec_cut;
        fault.after_bytes = after_bytes;
        streams_->inject(fault);
        return;
    }
    turn_knob(
        R"({"kind": "exec-cut", "after_bytes": )" + std::to_string(after_bytes) + R"(, "pod": ")" + name() + "\"}"
    );
}

std::string pod_place::port_address() const
{
    if (streams_) return "127.0.0.1";
    char const* const target = std::getenv("LAB_PORT_TARGET");
    return target && *target ? target : "10.0.255.1";
}

void pod_place::open_port(std::uint16_t port)
{
    if (streams_) streams_->forward_to(port, port);
}

void pod_place::cut_forward(std::uint64_t after_bytes)
{
    if (streams_) {
        testing::stream_fault fault;
        fault.what = testing::stream_fault::kind::forward_cut;
        fault.after_bytes = after_bytes;
        streams_->inject(fault);
        return;
    }
    turn_knob(
        R"({"kind": "portforward-cut", "after_bytes": )" + std::to_string(after_bytes) + R"(, "pod": ")" + name()
        + "\"}"
    );
}

INSTANTIATE_TEST_SUITE_P(on, pod_contract, ::testing::ValuesIn(pod_backends()), ::testing::PrintToStringParamName());

}  // namespace kuberay::contract
