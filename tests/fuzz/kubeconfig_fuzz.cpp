#include "fuzz/fuzz_check.hpp"
#include "kube/config_loader.hpp"

#include <boost/system/system_category.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>

using namespace kuberay;
using namespace kuberay::kube;

namespace {

process_environment environment_with(std::string text)
{
    process_environment made;
    made.home = "/h";
    made.service_account = "/sa";
    made.variable = [](std::string const&) { return std::optional<std::string>(); };
    made.read = [text = std::move(text)](std::filesystem::path const& path) {
        if (path == "/h/.kube/config") return result<std::string>(text);
        return result<std::string>(error(error_code(ENOENT, boost::system::system_category()), "reading"));
    };
    return made;
}

// Loads, or says why not in the terms of the contract.
void load(load_options const& options, process_environment const& from)
{
    try {
        config const loaded = load_config_from(options, from);
        KUBERAY_FUZZ_CHECK(!loaded.ns.empty());
        KUBERAY_FUZZ_CHECK(loaded.connect.server.scheme == "http" || loaded.connect.server.scheme == "https");
        KUBERAY_FUZZ_CHECK(loaded.connect.server.scheme == "https" || loaded.auth.token.empty());
    } catch (failure const& f) {
        KUBERAY_FUZZ_CHECK(f.error().code() == errc::bad_config);
        KUBERAY_FUZZ_CHECK(!f.error().message().empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    process_environment const from = environment_with(std::string(reinterpret_cast<char const*>(data), size));
    load_options options;
    load(options, from);
    try {
        kubeconfig_names const names = load_names_from(options, from);
        for (std::size_t i = 0; i < names.contexts.size() && i < 8; ++i) {
            options.context = names.contexts[i];
            load(options, from);
        }
    } catch (failure const& f) {
        KUBERAY_FUZZ_CHECK(f.error().code() == errc::bad_config);
    }
    return 0;
}
