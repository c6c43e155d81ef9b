#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/kube/config.hpp>
#include <kuberay/net/byte_stream.hpp>
#include <kuberay/net/http.hpp>
#include <kuberay/testing/fault.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::testing {

struct api_server_options {
    api_server_options() = default;
    bool tls = false;                                         ///< https with a certificate made at start
    std::uint16_t port = 0;                                   ///< on 127.0.0.1; 0: any free one
    std::vector<std::pair<std::string, std::string>> tokens;  ///< accepted bearer tokens and whom they stand for;
                                                              ///< the first one goes into `config()`
    std::string client_certificate_user;   ///< with tls: `config()` has a client certificate of this name
    std::chrono::milliseconds latency{0};  ///< before every answer
    bool remove_pods = true;               ///< a deleted pod goes away by itself, as with a kubelet
    bool keep_journal = true;              ///< false: `journal()` stays empty, for servers that run long
};

/// One request as it came.
struct recorded_request {
    recorded_request() = default;
    std::string method, target;  ///< path and query
    std::string user;            ///< after authentication and impersonation; empty when refused
    std::string user_agent, content_type, body;
    net::http_fields fields;
    int status = 0;  ///< of the answer; 0 while there is none

    std::string_view path() const noexcept;  ///< the target without its query
};

/// What a user may not do. Empty fields match everything.
struct deny_rule {
    deny_rule() = default;
    std::string user, verb, group, resource, ns;  ///< `resource` may be "pods/exec"
};

/// A Kubernetes API server inside the process, with the semantics of kube-apiserver 1.36 for what clients of Ray use:
/// the resources of core/v1, apps/v1, batch/v1, ray.io/v1 named in the reference, discovery, list, watch, create,
/// server-side apply, patches, delete, tables. Without credentials in its options it lets everybody do everything.
///
/// A handle: copies are the same server; the last one's end stops it. Thread safety: to be used from its executor
/// only, which must be serial (see `api_server_thread` for tests that block).
class api_server {
public:
    explicit api_server(asio::any_io_executor executor, api_server_options options = api_server_options());

    /// Binds and serves. Errors: the socket's code.
    void start();
    /// Ends listening and every connection. What is stored stays; `start` binds again, to the same port.
    void stop();

    asio::any_io_executor get_executor() const noexcept;
    /// 0 before `start`.
    std::uint16_t port() const noexcept;
    /// "https://127.0.0.1:PORT".
    std::string url() const;
    /// The certificate authority of its certificate, PEM; empty without tls.
    std::string ca_pem() const;

    /// How a client reaches it, with the first of the accepted credentials.
    kube::config config() const;
    /// The same as the text of a kubeconfig, certificates inline; its context is named "simulator".
    std::string kubeconfig() const;
    /// A connection without a socket: the client's end of one that the server serves. Plain HTTP also with tls.
    net::byte_stream connect();

    /// Writes an object as another client would: creates it or replaces it, status included, with a new version and
    /// events for watches. Its namespace is made when missing ("default" when not said). Fields are defaulted, not
    /// validated. Returns what is stored.
    json::object put(json::object object);
    /// Every document of a YAML text.
    void put_yaml(std::string_view text);
    /// Removes it at once, whatever its finalizers. `resource` is "pods", "rayclusters.ray.io"; false: it was not there.
    bool remove(std::string_view resource, std::string_view ns, std::string_view name);
    /// The object as stored; nullopt when absent. `ns` empty: a cluster-wide resource.
    std::optional<json::object> find(std::string_view resource, std::string_view ns, std::string_view name) const;
    /// All of a resource, in the order of namespace and name; `ns` empty: all namespaces.
    std::vector<json::object> all(std::string_view resource, std::string_view ns = std::string_view()) const;
    /// Calls back after every change of any object ("ADDED", "MODIFIED", "DELETED"), until the server's end.
    void on_change(std::function<void(std::string_view type, json::object const& object)> callback);

    /// The requests so far, oldest first.
    std::vector<recorded_request> const& journal() const noexcept;
    void clear_journal();

    void inject(fault what);
    /// Faults that no request has met yet (those for all requests are not counted).
    std::size_t faults_left() const noexcept;
    void clear_faults();
    /// Lets answers go on that a `fault::pause_after` stopped.
    void resume();

    /// Closes every connection at once.
    void drop_connections();
    /// The connections open now.
    std::size_t connections() const noexcept;
    /// The connections accepted since the start.
    std::size_t connections_accepted() const noexcept;
    /// The watches open now.
    std::size_t watches() const noexcept;
    /// Suspends until `done()` holds; it is asked after every request, answer and change.
    task<void> until(std::function<bool()> done);

    /// Sends a bookmark to every watch that allows bookmarks.
    void bookmark();
    /// Ends every watch as the server does after its time.
    void end_watches();
    /// Forgets the history: watches and continue tokens from older versions get 410.
    void compact();
    /// The newest resource version.
    std::string resource_version() const;

    /// Every token accepted so far gets 401 from now on.
    void expire_tokens();
    void accept_token(std::string token, std::string user);
    void deny(deny_rule rule);
    void clear_denials();

    /// Stops the server's clock at `now` (creation timestamps, ages).
    void set_time(timestamp now);
    /// What its clock says.
    timestamp now() const;

    /// Serves a subresource that the server itself does not (exec, log, portforward, proxy). It gets the request and
    /// the connection, positioned behind the request's body, and writes the whole answer. `path_suffix` is compared
    /// with the end of the path ("/log").
    using stream_handler = std::function<task<void>(recorded_request request, net::byte_stream* connection)>;
    void serve(std::string path_suffix, stream_handler handler);

private:
    friend class pod_streams;  // which the server keeps: it must not hold a handle
    struct owner;
    std::shared_ptr<owner> owner_;
};

/// A server on a thread of its own, for tests that run processes or blocking code against it.
class api_server_thread {
public:
    explicit api_server_thread(api_server_options options = api_server_options());
    ~api_server_thread();
    api_server_thread(api_server_thread const&) = delete;
    api_server_thread& operator=(api_server_thread const&) = delete;

    std::string kubeconfig() const { return kubeconfig_; }
    std::string url() const { return url_; }

    /// Runs `work` on the server's thread and returns when it is done; exceptions come back to the caller.
    void run(std::function<void(api_server& server)> work);

    /// The same, returning what `work` returns (a value).
    template <class Work>
    auto ask(Work work)
    {
        std::optional<decltype(work(std::declval<api_server&>()))> answer;
        run([&](api_server& server) { answer.emplace(work(server)); });
        return std::move(*answer);
    }

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
    std::string kubeconfig_, url_;
};

}  // namespace kuberay::testing
