#include "fuzz/fuzz_check.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/validation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace kuberay;

namespace {

// A file is refused with a place on every line, or it gives a cluster that our own reader takes.
void check_file(std::string_view text)
{
    ray::cluster_config config;
    try {
        config = ray::parse_cluster_config(text, "f");
    } catch (failure const& f) {
        KUBERAY_FUZZ_CHECK(f.error().code() == errc::bad_document || f.error().code() == errc::too_large);
        KUBERAY_FUZZ_CHECK(!f.error().message().empty());
        return;
    }
    ray::validation_options options;
    options.source = ray::config_source::file;
    KUBERAY_FUZZ_CHECK(ray::validate(config, options).empty());
    json::value const made = ray::generate_cluster(config);
    ray::cluster const read = ray::cluster::from_json(made);
    KUBERAY_FUZZ_CHECK(read.spec.worker_group_specs.size() == config.worker_groups.size());
    KUBERAY_FUZZ_CHECK(!to_yaml(made).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    check_file(std::string_view(reinterpret_cast<char const*>(data), size));
    return 0;
}
