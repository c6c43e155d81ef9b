#pragma once

#include "net/openssl.hpp"

#include <kuberay/base/error.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::net {

namespace asio = boost::asio;

/// Why the peer's certificate was not accepted.
struct tls_rejection {
    tls_rejection() = default;
    int code = 0;                    ///< X509_V_ERR_*; 0: none
    std::string subject, issuer;     ///< of the certificate that failed
    std::vector<std::string> names;  ///< that the server's own certificate is good for
};

/// TLS without I/O: bytes of the wire go in and come out by hand. Not movable (OpenSSL points at it).
class tls_engine {
public:
    enum class role { client, server };

    /// What a step came to. `ended`: the peer's close_notify. `truncated`: the wire ended without one.
    enum class step { done, want_input, ended, truncated, failed };

    struct outcome {
        step what = step::done;
        std::size_t size = 0;
    };

    tls_engine(SSL_CTX* context, role role);
    tls_engine(tls_engine const&) = delete;
    tls_engine& operator=(tls_engine const&) = delete;

    SSL* ssl() const noexcept { return ssl_.get(); }

    outcome handshake();
    /// Fills `into` from what has arrived.
    outcome read(asio::mutable_buffer into);
    /// Takes all of `from`; the output grows by its records.
    outcome write(asio::const_buffer from);
    /// Adds a close_notify to the output.
    outcome finish();

    /// Where wire bytes go after `want_input`; stays valid until `input_arrived`, whatever else is called.
    asio::mutable_buffer input_room() noexcept;
    void input_arrived(std::size_t size) noexcept { input_end_ = size; }
    void input_ended() noexcept { input_ended_ = true; }

    bool has_output() const noexcept { return !output_.empty(); }

    /// Swaps the wire bytes to send into `into`, whose content is dropped.
    void take_output(std::string& into);

    /// After `truncated` or `failed`: for callers that have only a code to give.
    error_code code() const noexcept { return code_; }

    tls_rejection const& rejection() const noexcept { return rejection_; }

    /// The first bytes that came from the peer, at most 8.
    std::string_view first_input() const noexcept { return first_input_; }

private:
    static constexpr std::size_t input_capacity = 65536;

    static BIO_METHOD* bio_method();
    static int bio_read(BIO* bio, char* into, int size);
    static int bio_write(BIO* bio, char const* from, int size);
    static long bio_control(BIO* bio, int command, long number, void* pointer);
    static int note_rejection(int accepted, X509_STORE_CTX* store);

    outcome settle(int returned);

    std::unique_ptr<char[]> input_;
    std::size_t input_begin_ = 0, input_end_ = 0;
    bool input_ended_ = false;
    std::string output_;
    std::string first_input_;
    error_code code_;
    tls_rejection rejection_;
    ssl_ptr ssl_;

    friend class tls_context;
};

}  // namespace kuberay::net
