#include "kube/token_file.hpp"

#include <kuberay/base/text.hpp>

namespace kuberay::kube {
namespace {

constexpr std::chrono::seconds lifetime(50);

credential_ptr bearer(std::string_view token)
{
    auto made = std::make_shared<credential>();
    made->authorization = "Bearer " + std::string(token);
    return made;
}

task<credential_ptr> give(credential_ptr known, error why_not)
{
    if (!known) throw failure(std::move(why_not));
    co_return known;
}

}  // namespace

token_file_source::token_file_source(
    std::filesystem::path path, std::string const& inline_token, wall_clock now, file_reader read
)
    : path_(std::move(path))
    , now_(std::move(now))
    , read_(std::move(read))
    , stale_at_(timestamp::min())
{
    if (!inline_token.empty()) current_ = bearer(inline_token);
}

task<credential_ptr> token_file_source::get()
{
    if (now_() >= stale_at_) read_again();
    return give(current_, last_error_);
}

bool token_file_source::renew(credential_ptr const& refused)
{
    if (refused == current_) read_again();
    return refused != current_;
}

void token_file_source::read_again()
{
    result<std::string> const text = read_(path_);
    std::string_view const token = text ? trim(*text) : std::string_view();
    if (token.empty()) {
        std::string const why = text ? "the file is empty" : text.error().code().message();
        last_error_ = error(errc::credentials, "the token file " + path_.string() + " cannot be used: " + why);
        return;
    }
    stale_at_ = now_() + lifetime;
    if (!current_ || current_->authorization != "Bearer " + std::string(token)) current_ = bearer(token);
}

}  // namespace kuberay::kube
