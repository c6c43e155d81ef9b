#include "cli/reference.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/file.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace cli {
namespace {

TEST(reference, the_page_in_docs_says_what_the_commands_say)
{
    std::string const path = KUBERAY_SOURCE_DIR "/docs/commands.md";
    std::string const text = reference_text(commands::root(), "kubectl ray");
    if (std::getenv("KUBERAY_UPDATE_GOLDENS")) std::ofstream(path, std::ios::binary) << text;
    auto const stored = kuberay::read_file(path);
    ASSERT_TRUE(stored.has_value()) << stored.error().message();
    EXPECT_EQ(*stored, text) << "to accept: KUBERAY_UPDATE_GOLDENS=1 unit_cli --gtest_filter=reference.*";
}

}  // namespace
}  // namespace cli
