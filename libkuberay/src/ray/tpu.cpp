#include "base/quote.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/tpu.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace kuberay::ray {
namespace {

// One topology of a flat (2D) accelerator and the chips that its hosts may have; 0: no second choice.
struct flat_row {
    std::string_view topology;
    std::array<std::int64_t, 2> per_host;
};

constexpr std::array small_slices{
    flat_row{"1x1", {1, 0}}, flat_row{"2x2", {4, 0}}, flat_row{"2x4", {4, 8}},  flat_row{"4x4", {4, 0}},
    flat_row{"4x8", {4, 0}}, flat_row{"8x8", {4, 0}}, flat_row{"8x16", {4, 0}}, flat_row{"16x16", {4, 0}},
};
constexpr std::array v3_slices{
    flat_row{"4x4", {4, 8}},   flat_row{"4x8", {4, 8}},   flat_row{"8x8", {4, 8}},   flat_row{"8x16", {4, 8}},
    flat_row{"16x16", {4, 8}}, flat_row{"16x32", {4, 0}}, flat_row{"32x32", {4, 0}},
};
constexpr std::array v3_devices{flat_row{"2x2", {4, 0}}};

struct accelerator_row {
    std::string_view name;
    flat_row const* flat;
    std::size_t flat_count;
    std::int64_t most_chips;  // of a 3D accelerator; 0: flat
};

constexpr std::array accelerators{
    accelerator_row{"tpu-v6e-slice", small_slices.data(), small_slices.size(), 0},
    accelerator_row{"tpu-v5-lite-podslice", small_slices.data(), small_slices.size(), 0},
    accelerator_row{"tpu-v3-slice", v3_slices.data(), v3_slices.size(), 0},
    accelerator_row{"tpu-v3-device", v3_devices.data(), v3_devices.size(), 0},
    accelerator_row{"tpu-v4-podslice", nullptr, 0, 12 * 16 * 16},
    accelerator_row{"tpu-v5p-slice", nullptr, 0, 16 * 16 * 24},
    accelerator_row{"tpu7x", nullptr, 0, 16 * 16 * 36},
};

constexpr std::int64_t per_host_3d = 4;

// The dimensions of 2x2x4; empty when `text` is no topology.
std::vector<std::int64_t> dimensions_of(std::string_view text)
{
    std::vector<std::int64_t> dimensions;
    for (std::string const& part : split(text, 'x')) {
        std::int64_t size = 0;
        if (part.starts_with('0')) return {};
        auto const read = std::from_chars(part.data(), part.data() + part.size(), size);
        if (read.ec != std::errc() || read.ptr != part.data() + part.size() || size < 1 || size > 4096) return {};
        dimensions.push_back(size);
    }
    return dimensions;
}

bool is_3d_slice(std::vector<std::int64_t> const& d, std::int64_t chips)
{
    if (d == std::vector<std::int64_t>{2, 2, 1}) return true;
    std::int64_t const step = chips <= 64 ? 2 : 4;
    bool const even = std::ranges::all_of(d, [&](std::int64_t size) { return size % step == 0; });
    return even && (chips <= 64 || std::ranges::is_sorted(d));
}

std::string hosts_fault(tpu_slice const& slice, std::int64_t chips)
{
    if (chips % slice.chips_per_host != 0)
        return "topology " + slice.topology + " has " + std::to_string(chips) + " chips, which hosts of "
               + std::to_string(slice.chips_per_host) + " chips do not divide";
    std::int64_t const hosts = chips / slice.chips_per_host;
    if (slice.hosts == hosts) return {};
    return slice.accelerator + " with topology " + slice.topology + " and " + std::to_string(slice.chips_per_host)
           + " chips per host has " + std::to_string(hosts) + " hosts; the number of hosts given is "
           + std::to_string(slice.hosts);
}

std::string flat_fault(accelerator_row const& row, tpu_slice const& slice, std::int64_t chips)
{
    flat_row const* const end = row.flat + row.flat_count;
    flat_row const* const found =
        std::find_if(row.flat, end, [&](auto const& r) { return r.topology == slice.topology; });
    if (found == end) {
        std::vector<std::string> known;
        for (flat_row const* r = row.flat; r != end; ++r)
            known.emplace_back(r->topology);
        return slice.accelerator + " has no topology " + kuberay::quoted(slice.topology) + "; it has "
               + join(known, ", ");
    }
    if (std::ranges::find(found->per_host, slice.chips_per_host) != found->per_host.end() && slice.chips_per_host > 0)
        return hosts_fault(slice, chips);
    std::string allowed = std::to_string(found->per_host[0]);
    if (found->per_host[1] != 0) allowed += " or " + std::to_string(found->per_host[1]);
    return slice.accelerator + " with topology " + slice.topology + " has " + allowed + " chips per host, not "
           + std::to_string(slice.chips_per_host);
}

std::string
solid_fault(accelerator_row const& row, tpu_slice const& slice, std::vector<std::int64_t> const& d, std::int64_t chips)
{
    if (d.size() != 3)
        return slice.accelerator + " needs a topology of three dimensions such as 2x2x4, not "
               + kuberay::quoted(slice.topology);
    if (chips > row.most_chips || !is_3d_slice(d, chips))
        return slice.accelerator + " has no topology " + kuberay::quoted(slice.topology);
    if (slice.chips_per_host != per_host_3d)
        return slice.accelerator + " has 4 chips per host, not " + std::to_string(slice.chips_per_host);
    return hosts_fault(slice, chips);
}

}  // namespace

std::string fault_of(tpu_slice const& slice)
{
    auto const row = std::ranges::find(accelerators, slice.accelerator, &accelerator_row::name);
    if (row == accelerators.end())
        return "unknown TPU accelerator " + kuberay::quoted(slice.accelerator) + "; known are "
               + join(tpu_accelerators(), ", ");
    std::vector<std::int64_t> const dimensions = dimensions_of(slice.topology);
    if (dimensions.empty() || dimensions.size() > 3)
        return kuberay::quoted(slice.topology) + " is no topology; write 2x4 or 2x2x4";
    std::int64_t chips = 1;
    for (std::int64_t const size : dimensions)
        chips *= size;
    return row->flat ? flat_fault(*row, slice, chips) : solid_fault(*row, slice, dimensions, chips);
}

std::vector<std::string> tpu_accelerators()
{
    std::vector<std::string> names;
    for (accelerator_row const& row : accelerators)
        names.emplace_back(row.name);
    return names;
}

std::vector<std::string> tpu_topologies(std::string_view accelerator)
{
    auto const row = std::ranges::find(accelerators, accelerator, &accelerator_row::name);
    if (row == accelerators.end()) return {};
    if (!row->flat) return {"2x2x1", "2x2x2", "2x2x4", "2x4x4", "4x4x4", "4x4x8", "4x8x8", "8x8x8"};
    std::vector<std::string> names;
    for (std::size_t i = 0; i < row->flat_count; ++i)
        names.emplace_back(row->flat[i].topology);
    return names;
}

}  // namespace kuberay::ray
