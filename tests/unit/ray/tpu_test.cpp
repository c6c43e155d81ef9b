#include <kuberay/ray/tpu.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

tpu_slice slice_of(std::string accelerator, std::string topology, std::int64_t chips, std::int64_t hosts)
{
    tpu_slice made;
    made.accelerator = std::move(accelerator);
    made.topology = std::move(topology);
    made.chips_per_host = chips;
    made.hosts = hosts;
    return made;
}

TEST(tpu, the_slices_that_exist)
{
    tpu_slice const rows[] = {
        slice_of("tpu-v5-lite-podslice", "1x1", 1, 1),
        slice_of("tpu-v6e-slice", "2x4", 8, 1),
        slice_of("tpu-v6e-slice", "2x4", 4, 2),
        slice_of("tpu-v6e-slice", "16x16", 4, 64),
        slice_of("tpu-v3-slice", "16x32", 4, 128),
        slice_of("tpu-v3-slice", "4x4", 8, 2),
        slice_of("tpu-v3-device", "2x2", 4, 1),
        slice_of("tpu-v4-podslice", "2x2x1", 4, 1),
        slice_of("tpu-v4-podslice", "2x2x4", 4, 4),
        slice_of("tpu-v4-podslice", "4x4x4", 4, 16),
        slice_of("tpu-v4-podslice", "12x16x16", 4, 768),
        slice_of("tpu-v5p-slice", "16x16x24", 4, 1536),
        slice_of("tpu7x", "4x4x8", 4, 32),
    };
    for (auto const& row : rows)
        EXPECT_EQ(fault_of(row), "") << row.accelerator << " " << row.topology;
}

TEST(tpu, every_topology_that_is_offered_exists)
{
    for (std::string const& accelerator : tpu_accelerators()) {
        std::vector<std::string> const offered = tpu_topologies(accelerator);
        EXPECT_FALSE(offered.empty()) << accelerator;
        for (std::string const& topology : offered) {
            std::string const fault = fault_of(slice_of(accelerator, topology, 0, 1));
            EXPECT_EQ(fault.find("no topology"), std::string::npos) << fault;
        }
    }
    EXPECT_TRUE(tpu_topologies("tpu-v9").empty());
}

TEST(tpu, what_does_not_exist_is_refused_with_the_reason)
{
    struct {
        tpu_slice slice;
        char const* why;
    } const rows[] = {
        {slice_of("tpu-v9", "2x2", 4, 1), "unknown TPU accelerator \"tpu-v9\"; known are tpu-v6e-slice"},
        {slice_of("tpu-v6e-slice", "3x3", 4, 1), "has no topology \"3x3\"; it has 1x1, 2x2"},
        {slice_of("tpu-v6e-slice", "2by2", 4, 1), "is no topology"},
        {slice_of("tpu-v4-podslice", "02x2x1", 4, 1), "is no topology"},
        {slice_of("tpu-v4-podslice", "2x2", 4, 1), "three dimensions"},
        {slice_of("tpu-v6e-slice", "2x2", 8, 1), "has 4 chips per host, not 8"},
        {slice_of("tpu-v6e-slice", "2x4", 0, 1), "has 4 or 8 chips per host, not 0"},
        {slice_of("tpu-v4-podslice", "2x2x2", 8, 1), "4 chips per host, not 8"},
        {slice_of("tpu-v4-podslice", "2x3x2", 4, 3), "no topology"},
        {slice_of("tpu-v4-podslice", "8x4x4", 4, 32), "no topology"},
        {slice_of("tpu-v4-podslice", "16x16x16", 4, 1024), "no topology"},
        {slice_of("tpu-v4-podslice", "2x2x4", 4, 1),
         "tpu-v4-podslice with topology 2x2x4 and 4 chips per host has 4 hosts; the number of hosts given is 1"},
    };
    for (auto const& row : rows)
        EXPECT_THAT(fault_of(row.slice), testing::HasSubstr(row.why)) << row.slice.accelerator << row.slice.topology;
}

}  // namespace
}  // namespace kuberay::ray
