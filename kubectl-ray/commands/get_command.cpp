#include "commands/get_command.hpp"

namespace cli::commands {

void get_command::declare(flags& on)
{
    describe(on);
    on.words(word(), 0, 1, &words_).completes = names();
    list_.declare(on);
    output_.declare(on);
}

void get_command::complete(flags const&, global_flags&)
{
    if (!words_.empty()) name_ = words_.front();
    output_.complete();
}

std::vector<view_column> columns(std::initializer_list<char const*> narrow, std::initializer_list<char const*> wide)
{
    std::vector<view_column> all;
    for (char const* title : narrow)
        all.emplace_back(title);
    for (char const* title : wide)
        all.emplace_back(title, true);
    return all;
}

}  // namespace cli::commands
