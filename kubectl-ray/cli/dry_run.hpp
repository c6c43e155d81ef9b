#pragma once

#include "cli/flags.hpp"

#include <string>

namespace cli {

/// `--dry-run[=client|server|none|true|false]`: a value only after `=`; bare means client.
struct dry_run_flag {
    dry_run_flag() = default;
    std::string text = "none";

    void declare(flags& on);
    bool client() const { return text == "client"; }
    bool server() const { return text == "server"; }
    bool any() const { return client() || server(); }
};

}  // namespace cli
