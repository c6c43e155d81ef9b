#include "net/tls_engine.hpp"

#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>

namespace kuberay::net {

tls_engine::tls_engine(SSL_CTX* context, role role)
    : input_(std::make_unique_for_overwrite<char[]>(input_capacity))
    , ssl_(SSL_new(context))
{
    BIO* const bio = BIO_new(bio_method());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), note_rejection);
    if (role == role::client)
        SSL_set_connect_state(ssl_.get());
    else
        SSL_set_accept_state(ssl_.get());
}

tls_engine::outcome tls_engine::handshake()
{
    ERR_clear_error();
    return settle(SSL_do_handshake(ssl_.get()));
}

tls_engine::outcome tls_engine::read(asio::mutable_buffer into)
{
    outcome all;
    ERR_clear_error();
    while (into.size() > 0) {
        std::size_t size = 0;
        int const returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
        if (returned != 1) {
            if (all.size > 0) break;  // the next call meets the same condition again
            return settle(returned);
        }
        all.size += size;
        into += size;
        if (input_begin_ == input_end_ && SSL_pending(ssl_.get()) == 0) break;
    }
    return all;
}

tls_engine::outcome tls_engine::write(asio::const_buffer from)
{
    ERR_clear_error();
    outcome written;
    int const returned = SSL_write_ex(ssl_.get(), from.data(), from.size(), &written.size);
    return returned == 1 ? written : settle(returned);
}

tls_engine::outcome tls_engine::finish()
{
    ERR_clear_error();
    int const returned = SSL_shutdown(ssl_.get());
    return returned >= 0 ? outcome() : settle(returned);
}

asio::mutable_buffer tls_engine::input_room() noexcept
{
    // OpenSSL asks for more only when it has eaten everything.
    input_begin_ = input_end_ = 0;
    return asio::buffer(input_.get(), input_capacity);
}

void tls_engine::take_output(std::string& into)
{
    into.clear();
    into.swap(output_);
}

tls_engine::outcome tls_engine::settle(int returned)
{
    outcome settled;
    if (returned == 1) return settled;
    switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ: settled.what = step::want_input; return settled;
    case SSL_ERROR_ZERO_RETURN: settled.what = step::ended; return settled;
    default: break;
    }
    unsigned long const error = ERR_peek_error();
    if (error == 0 || ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        settled.what = step::truncated;
        code_ = asio::ssl::error::stream_truncated;
    } else {
        settled.what = step::failed;
        code_ = error_code(static_cast<int>(error), asio::error::get_ssl_category());
    }
    return settled;
}

BIO_METHOD* tls_engine::bio_method()
{
    static BIO_METHOD* const method = [] {
        BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kuberay");
        BIO_meth_set_read(made, bio_read);
        BIO_meth_set_write(made, bio_write);
        BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    return method;
}

int tls_engine::bio_read(BIO* bio, char* into, int size)
{
    auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    std::size_t const count = std::min(self.input_end_ - self.input_begin_, static_cast<std::size_t>(size));
    if (count == 0) {
        if (self.input_ended_) return 0;
        BIO_set_retry_read(bio);
        return -1;
    }
    char const* const from = self.input_.get() + self.input_begin_;
    if (self.first_input_.size() < 8) self.first_input_.append(from, std::min(count, 8 - self.first_input_.size()));
    std::memcpy(into, from, count);
    self.input_begin_ += count;
    return static_cast<int>(count);
}

int tls_engine::bio_write(BIO* bio, char const* from, int size)
{
    auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    self.output_.append(from, static_cast<std::size_t>(size));
    return size;
}

long tls_engine::bio_control(BIO* bio, int command, long, void*)
{
    auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return self.input_ended_ && self.input_begin_ == self.input_end_ ? 1 : 0;
    default: return 0;
    }
}

int tls_engine::note_rejection(int accepted, X509_STORE_CTX* store)
{
    if (accepted == 1) return 1;
    auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& self = *static_cast<tls_engine*>(SSL_get_app_data(ssl));
    self.rejection_.code = X509_STORE_CTX_get_error(store);
    if (X509 const* failed = X509_STORE_CTX_get_current_cert(store)) {
        self.rejection_.subject = name_text(X509_get_subject_name(failed));
        self.rejection_.issuer = name_text(X509_get_issuer_name(failed));
    }
    if (X509 const* leaf = X509_STORE_CTX_get0_cert(store)) self.rejection_.names = alternative_names(leaf);
    return 0;
}

}  // namespace kuberay::net
