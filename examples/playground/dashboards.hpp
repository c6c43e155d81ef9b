#pragma once

#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <boost/json/object.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace playground {

/// What listens on port 8265 of head pods: for each a head of its own, which is there as long as its pod runs. Its
/// jobs are processes of this machine.
class dashboards {
public:
    explicit dashboards(boost::asio::any_io_executor executor)
        : executor_(std::move(executor))
    {
    }

    /// The head of a pod; absent when it is none that runs.
    std::optional<kuberay::testing::ray_head> head_of(std::string const& pod);
    /// A pod has changed.
    void note(std::string_view change, boost::json::object const& object);

private:
    boost::asio::any_io_executor executor_;
    std::set<std::string> running_;
    std::map<std::string, kuberay::testing::ray_head> heads_;
};

/// Keeps the dashboards of all pods.
std::shared_ptr<dashboards>
serve_dashboards(kuberay::testing::api_server server, kuberay::testing::pod_streams streams);

}  // namespace playground
