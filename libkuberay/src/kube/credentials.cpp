#include "kube/credentials.hpp"

#include "kube/exec_source.hpp"
#include "kube/token_file.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/file.hpp>

namespace kuberay::kube {
namespace {

// Credentials that do not change.
class fixed_source final : public credential_source {
public:
    explicit fixed_source(std::string authorization)
    {
        auto made = std::make_shared<credential>();
        made->authorization = std::move(authorization);
        credential_ = std::move(made);
    }

    task<credential_ptr> get() override { return give(credential_); }

    bool renew(credential_ptr const&) override { return false; }

private:
    static task<credential_ptr> give(credential_ptr known) { co_return known; }

    credential_ptr credential_;
};

}  // namespace

std::shared_ptr<credential_source>
make_credential_source(asio::any_io_executor executor, auth_options const& auth, wall_clock now)
{
    if (!auth.token_file.empty()) {
        auto read = [](std::filesystem::path const& path) { return read_file(path); };
        return std::make_shared<token_file_source>(auth.token_file, auth.token, std::move(now), std::move(read));
    }
    if (!auth.token.empty()) return std::make_shared<fixed_source>("Bearer " + auth.token);
    if (!auth.username.empty() || !auth.password.empty())
        return std::make_shared<fixed_source>("Basic " + base64_encode(auth.username + ":" + auth.password));
    if (auth.exec) return std::make_shared<exec_source>(std::move(executor), *auth.exec, std::move(now));
    return std::make_shared<fixed_source>(std::string());
}

}  // namespace kuberay::kube
