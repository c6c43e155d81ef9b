#include "fuzz/fuzz_check.hpp"

#include <kuberay/ray/operator_version.hpp>
#include <kuberay/ray/target.hpp>
#include <kuberay/ray/tpu.hpp>
#include <kuberay/ray/validation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace kuberay;

// The short texts that a person or an object brings in: targets, images, quantities, TPU topologies.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const target = ray::parse_target(text);
    if (target) {
        auto const again = ray::parse_target(target->str());
        KUBERAY_FUZZ_CHECK(again && *again == *target);
    }
    auto const image = ray::parse_image(text);
    if (image) KUBERAY_FUZZ_CHECK(!image->repository.empty() && !image->version().empty());
    auto const amount = ray::check_quantity(text);
    if (!amount) KUBERAY_FUZZ_CHECK(!amount.error().message().empty());
    ray::tpu_slice slice;
    slice.accelerator = "tpu-v4-podslice";
    slice.topology = text;
    slice.chips_per_host = 4;
    std::string const fault = ray::fault_of(slice);
    KUBERAY_FUZZ_CHECK(!fault.empty() || text == "2x2x1");
    std::string const misfit = ray::misfit_of(text);
    KUBERAY_FUZZ_CHECK(misfit.empty() || !text.empty());
    return 0;
}
