#include "net/http_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace kuberay::net {

namespace http = boost::beast::http;

namespace {

// A chunk's size line with its extensions, or the trailers: nobody sends more than a few dozen bytes.
constexpr std::size_t max_chunk_line = 16 * 1024;

std::string text(boost::beast::string_view from) { return std::string(from.data(), from.size()); }

[[noreturn]] void throw_unreadable(http_parser::kind of, error_code why, std::size_t limit)
{
    std::string const what = of == http_parser::kind::request ? "the HTTP request" : "the HTTP response";
    if (why == http::error::header_limit)
        throw failure(errc::too_large, "the head of " + what + " is larger than " + std::to_string(limit) + " bytes");
    if (why == http::error::partial_message)
        throw failure(errc::connection_lost, "the connection ended inside " + what);
    throw failure(errc::protocol_violation, what + " cannot be read: " + why.message());
}

}  // namespace

class http_parser::implementation {
public:
    explicit implementation(kind of, std::size_t max_head_size)
        : kind_(of)
        , max_head_size_(max_head_size)
    {
    }

    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;
    virtual ~implementation() = default;

    virtual std::size_t parse(std::string_view bytes, error_code& ec) = 0;
    virtual void parse_end(error_code& ec) = 0;
    virtual void skip_body() = 0;
    virtual bool done() const noexcept = 0;
    virtual bool keeps_alive() const noexcept = 0;

    void put(std::string_view bytes)
    {
        untouched_ = untouched_ && bytes.empty();
        if (input_.empty()) {
            std::size_t const used = consume(bytes);
            input_.assign(bytes.substr(used));
        } else {
            input_.append(bytes);
            if (!done()) input_.erase(0, consume(input_));
        }
        if (done()) return;
        if (has_head_ && input_.size() > max_chunk_line)
            throw failure(errc::too_large, "a chunk of an HTTP message has a head larger than 16 KiB");
        // Beast holds its limit against the bytes it is shown at a time, and takes complete fields away from them.
        if (!has_head_ && head_size_ + input_.size() > max_head_size_)
            throw_unreadable(kind_, http::error::header_limit, max_head_size_);
    }

    void put_end()
    {
        if (done()) return;
        if (!has_head_ || !input_.empty()) throw_unreadable(kind_, http::error::partial_message, max_head_size_);
        error_code ec;
        parse_end(ec);
        if (ec) throw_unreadable(kind_, ec, max_head_size_);
    }

    kind kind_;
    std::size_t max_head_size_;
    std::size_t head_size_ = 0;
    bool untouched_ = true;
    bool before_first_chunk_ = false;
    bool has_head_ = false;
    http_head head_;
    http_fields trailers_;
    std::string body_;
    std::string input_;  // not yet understood, or behind the end

private:
    // Beast 1.81 asserts that it is never shown 4 bytes of a body that consists of the last chunk only.
    bool is_short_last_chunk(std::string_view bytes) const noexcept
    {
        return before_first_chunk_ && bytes.size() < 5 && bytes.front() == '0';
    }

    std::size_t consume(std::string_view bytes)
    {
        std::size_t used = 0;
        while (used < bytes.size() && !done() && !is_short_last_chunk(bytes.substr(used))) {
            error_code ec;
            std::size_t const taken = parse(bytes.substr(used), ec);
            used += taken;
            if (!has_head_) head_size_ += taken;
            if (ec == http::error::need_more) break;
            if (ec) throw_unreadable(kind_, ec, max_head_size_);
        }
        return used;
    }
};

template <bool IsRequest>
class http_parser::reader final
    : public implementation
    , private http::basic_parser<IsRequest> {
    using beast_parser = http::basic_parser<IsRequest>;
    using beast_text = boost::beast::string_view;

public:
    reader(kind of, std::size_t max_head_size)
        : implementation(of, max_head_size)
    {
        beast_parser::header_limit(
            static_cast<std::uint32_t>(std::min<std::size_t>(max_head_size, std::numeric_limits<std::uint32_t>::max()))
        );
        beast_parser::body_limit(boost::none);
        beast_parser::eager(true);
    }

    std::size_t parse(std::string_view bytes, error_code& ec) override
    {
        return beast_parser::put(asio::const_buffer(bytes.data(), bytes.size()), ec);
    }

    void parse_end(error_code& ec) override { beast_parser::put_eof(ec); }
    void skip_body() override { beast_parser::skip(true); }
    bool done() const noexcept override { return beast_parser::is_done(); }
    bool keeps_alive() const noexcept override { return has_head_ && beast_parser::keep_alive(); }

private:
    void on_request_impl(http::verb, beast_text method, beast_text target, int version, error_code&) override
    {
        head_.method = text(method);
        head_.target = text(target);
        head_.version = version;
    }

    void on_response_impl(int code, beast_text, int version, error_code&) override
    {
        head_.status = code;
        head_.version = version;
    }

    void on_field_impl(http::field, beast_text name, beast_text value, error_code&) override
    {
        (has_head_ ? trailers_ : head_.fields).add(text(name), text(value));
    }

    void on_header_impl(error_code& ec) override
    {
        has_head_ = true;
        before_first_chunk_ = beast_parser::chunked();
        // Any other coding would be taken for part of the body.
        auto const codings = head_.fields.all("Transfer-Encoding");
        for (auto const& coding : codings)
            if (!boost::beast::iequals(coding, "chunked")) ec = http::error::bad_transfer_encoding;
    }

    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}

    std::size_t on_body_impl(beast_text bytes, error_code&) override
    {
        body_.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t, beast_text, error_code&) override { before_first_chunk_ = false; }

    std::size_t on_chunk_body_impl(std::uint64_t, beast_text bytes, error_code& ec) override
    {
        return on_body_impl(bytes, ec);
    }

    void on_finish_impl(error_code&) override {}
};

http_parser::http_parser(kind of, std::size_t max_head_size)
{
    if (of == kind::request)
        implementation_ = std::make_unique<reader<true>>(of, max_head_size);
    else
        implementation_ = std::make_unique<reader<false>>(of, max_head_size);
}

http_parser::http_parser(http_parser&&) noexcept = default;
http_parser& http_parser::operator=(http_parser&&) noexcept = default;
http_parser::~http_parser() = default;

void http_parser::expect_no_body() { implementation_->skip_body(); }
void http_parser::put(std::string_view bytes) { implementation_->put(bytes); }
void http_parser::put_end() { implementation_->put_end(); }
bool http_parser::is_untouched() const noexcept { return implementation_->untouched_; }
bool http_parser::has_head() const noexcept { return implementation_->has_head_; }
http_head const& http_parser::head() const noexcept { return implementation_->head_; }
std::string http_parser::take_body() noexcept { return std::exchange(implementation_->body_, std::string()); }
bool http_parser::has_body_bytes() const noexcept { return !implementation_->body_.empty(); }
bool http_parser::is_done() const noexcept { return implementation_->done(); }
bool http_parser::keep_alive() const noexcept { return implementation_->keeps_alive(); }
http_fields const& http_parser::trailers() const noexcept { return implementation_->trailers_; }
std::string http_parser::take_rest() noexcept { return std::exchange(implementation_->input_, std::string()); }

std::string_view reason_phrase(int status) noexcept
{
    auto const known = status > 0 ? http::int_to_status(static_cast<unsigned>(status)) : http::status::unknown;
    if (known == http::status::unknown) return "Unknown";
    auto const words = http::obsolete_reason(known);
    return std::string_view(words.data(), words.size());
}

}  // namespace kuberay::net
