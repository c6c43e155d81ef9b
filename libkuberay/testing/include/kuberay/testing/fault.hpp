#pragma once

#include <kuberay/net/http.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace kuberay::testing {

/// Something that goes wrong with the next matching request. Made by one of the functions, narrowed by the setters:
///
///     server.inject(fault::answer(429, "slow down", "text/plain").with_field("Retry-After", "1").times(2));
///     server.inject(fault::drop_after(100).on("GET", "/apis/ray.io").when_target_has("watch=true"));
///
/// A value. Faults are tried in the order of their injection; the first that matches is used up by one.
class fault {
public:
    enum class kind { answer, drop, pause, gone, gone_event, truncate, hang, delay };

    /// The server answers so, whatever was asked; nothing is done.
    static fault answer(int status, std::string body, std::string content_type = "application/json");
    /// A Status as the server would send it (`reason` "InternalError", ...).
    static fault status(int code, std::string reason, std::string message);
    /// A 200 whose body is no JSON.
    static fault wrong_json();
    /// The request is done, its answer breaks off: the connection is closed after so many bytes of head and body
    /// (0: before the first).
    static fault drop_after(std::size_t bytes);
    /// The answer stops after so many bytes until `api_server::resume()`.
    static fault pause_after(std::size_t bytes);
    /// The body ends after so many bytes, the message itself is whole.
    static fault truncate_after(std::size_t body_bytes);
    /// HTTP 410, reason Expired.
    static fault gone();
    /// For watches: 200, then an ERROR event with a Status of code 410.
    static fault gone_event();
    /// The request is read and never answered.
    static fault hang();
    /// The answer comes so much later.
    static fault delay(std::chrono::milliseconds time);

    /// Only for this method (empty: any) and paths that begin so.
    fault on(std::string method, std::string path_prefix) &&;
    /// Only for targets (path and query) that hold `text`.
    fault when_target_has(std::string text) &&;
    /// For so many matching requests; below 0: for all.
    fault times(int count) &&;
    /// So many matching requests pass unharmed first.
    fault after(int count) &&;
    /// One more field of the answer's head (Retry-After).
    fault with_field(std::string name, std::string value) &&;

    bool matches(std::string const& method, std::string const& target) const;

    kind what = kind::answer;
    int code = 200;
    std::string body;
    net::http_fields fields;
    std::size_t bytes = 0;
    std::chrono::milliseconds time{0};
    std::string method, path_prefix, target_part;
    int left = 1;
    int skip = 0;
};

}  // namespace kuberay::testing
