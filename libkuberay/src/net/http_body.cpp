#include "net/http_body.hpp"

#include "net/gzip.hpp"

#include <optional>
#include <utility>

namespace kuberay::net {
namespace {

class http_body final
    : public http_response::body_reader
    , public std::enable_shared_from_this<http_body> {
public:
    http_body(std::shared_ptr<http_exchange> of, bool is_compressed)
        : exchange_(std::move(of))
    {
        if (is_compressed) gzip_.emplace();
        look_at_input();
    }

    task<std::string> next() override { return next_of(shared_from_this()); }

private:
    static task<std::string> next_of(std::shared_ptr<http_body> self)
    {
        if (self->failed_) throw failure(*self->failed_);
        task<std::string> reading = read_piece(self);
        result<std::string> piece = co_await as_result(std::move(reading));
        if (piece.has_error()) {
            self->failed_ = piece.error();
            self->exchange_->connection.close();
        }
        co_return std::move(piece).value();
    }

    static task<std::string> read_piece(std::shared_ptr<http_body> self)
    {
        for (;;) {
            std::string piece = self->take();
            if (!piece.empty() || self->is_at_end()) co_return piece;
            co_await read_more(self->exchange_);
            self->look_at_input();
        }
    }

    std::string take() { return gzip_ ? gzip_->take() : exchange_->parser.take_body(); }

    bool is_at_end()
    {
        if (!exchange_->parser.is_done()) return false;
        if (gzip_) gzip_->put_end();
        return true;
    }

    void look_at_input()
    {
        auto& parser = exchange_->parser;
        if (gzip_) gzip_->put(parser.take_body());
        if (!parser.is_done()) return;
        // Bytes behind the answer belong to no request: nothing that follows could be trusted.
        if (exchange_->sent && parser.keep_alive() && parser.take_rest().empty())
            exchange_->connection.give_back();
        else
            exchange_->connection.close();
    }

    std::shared_ptr<http_exchange> exchange_;
    std::optional<gzip_decoder> gzip_;
    std::optional<error> failed_;
};

bool is_gzip(http_fields const& fields)
{
    std::string_view const coding = fields.get("Content-Encoding");
    return coding == "gzip" || coding == "x-gzip";
}

}  // namespace

http_response make_response(std::shared_ptr<http_exchange> of, body_coding coding)
{
    int const status = of->parser.head().status;
    http_fields fields = of->parser.head().fields;
    bool const has_body = !of->parser.is_done() || of->parser.has_body_bytes();
    bool const is_compressed = coding == body_coding::decoded && has_body && is_gzip(fields);
    auto body = std::make_shared<http_body>(std::move(of), is_compressed);
    if (!has_body) return http_response(status, std::move(fields), nullptr);
    if (is_compressed) {
        fields.erase("Content-Encoding");
        fields.erase("Content-Length");
    }
    return http_response(status, std::move(fields), std::move(body));
}

}  // namespace kuberay::net
