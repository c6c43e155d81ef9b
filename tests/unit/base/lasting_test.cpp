#include "base/lasting.hpp"

#include <gtest/gtest.h>

#include <array>

namespace kuberay {
namespace {

struct row {
    error_code code;
    bool lasts;
};

TEST(lasting, is_what_another_try_meets_again)
{
    std::array const table{
        row{reason::unauthorized, true}, row{reason::forbidden, true},      row{errc::bad_input, true},
        row{errc::bad_config, true},     row{errc::credentials, true},      row{errc::tls_rejected, true},
        row{errc::unsatisfiable, true},  row{reason::not_found, false},     row{reason::unavailable, false},
        row{errc::timed_out, false},     row{errc::connection_lost, false}, row{errc::unexpected, false},
    };
    for (row const& each : table)
        EXPECT_EQ(is_lasting(error(each.code, "trying")), each.lasts) << each.code.message();
}

}  // namespace
}  // namespace kuberay
