#include "ray/tar_words.hpp"

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using ::testing::ElementsAre;

TEST(tar_words, know_which_files_changed)
{
    struct row {
        char const *line, *name;
    };
    for (auto const& row : {
             row{"tar: ./raylet.out: file changed as we read it", "raylet.out"},
             row{"tar: ./old: x/a b.out: file changed as we read it", "old: x/a b.out"},
             row{"tar: ./a: File shrank by 12 bytes; padding with zeros", "a"},
             row{"tar: ./a: File removed before we read it", "a"},
             row{"tar: ./a: Cannot stat: No such file or directory", "a"},
             row{"tar: ./a: No such file or directory", "a"},
             row{"tar: /logs: Cannot open: No such file or directory", ""},
             row{"tar: .: file changed as we read it", ""},
             row{"tar: error exit delayed from previous errors", ""},
             row{"tar: Exiting with failure status due to previous errors", ""},
             row{": file changed as we read it", ""},
             row{"; padding with zeros", ""},
             row{"", ""},
         })
        EXPECT_EQ(changed_file(row.line), row.name) << row.line;
}

TEST(tar_words, are_read_in_pieces)
{
    tar_words words;
    std::string const said = "tar: ./a: file changed as we read it\ntar: ./b\x1b: file changed as we read it\nlast\n";
    for (char const c : said)
        words.add(std::string(1, c));
    EXPECT_THAT(words.changed(), ElementsAre("a", "b^["));
    EXPECT_TRUE(words.summary().ends_with("; last")) << words.summary();
    words.add(std::string(10'000, 'x') + "\n\n");
    EXPECT_EQ(words.summary(), std::string(2046, 'x'));
}

}  // namespace
}  // namespace kuberay::ray
