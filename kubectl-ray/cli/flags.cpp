#include "cli/flags.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace cli {

std::string flag::spelling() const { return letter == 0 ? "--" + name : std::string("-") + letter + ", --" + name; }

positional& flags::words(std::string usage, std::size_t least, std::size_t most, std::vector<std::string>* into)
{
    positional& declared = words_.emplace();
    declared.usage = std::move(usage);
    declared.least = least;
    declared.most = most;
    declared.into = into;
    declared.completes = complete_nothing();
    return declared;
}

flag& flags::add(std::string name, char letter, std::string help)
{
    flag& added = all_.emplace_back();
    added.name = std::move(name);
    added.letter = letter;
    added.help = std::move(help);
    added.group = group_;
    added.completes = complete_nothing();
    return added;
}

flag& flags::toggle(std::string name, char letter, bool* into, std::string help)
{
    flag& added = value(std::move(name), letter, into, std::move(help));
    added.bare = "true";
    return added;
}

flag& flags::choice(std::string name, char letter, std::string* into, std::vector<candidate> choices, std::string help)
{
    flag& added = value(std::move(name), letter, into, std::move(help));
    added.type = "enum";
    added.completes = complete_choices(choices);
    added.assign = [into, choices = std::move(choices)](std::string_view text) {
        std::vector<std::string> allowed;
        for (candidate const& choice : choices) {
            if (kuberay::to_lower(text) == kuberay::to_lower(choice.value)) return void(*into = choice.value);
            allowed.push_back(choice.value);
        }
        throw bad_value{"must be one of " + kuberay::join(allowed, ", ")};
    };
    return added;
}

flag* flags::find(std::string_view name) noexcept
{
    auto const same = [name](flag const& f) {
        return f.name == name || std::find(f.aliases.begin(), f.aliases.end(), name) != f.aliases.end();
    };
    auto const found = std::find_if(all_.begin(), all_.end(), same);
    return found == all_.end() ? nullptr : &*found;
}

flag const* flags::find(std::string_view name) const noexcept { return const_cast<flags*>(this)->find(name); }

flag* flags::find(char letter) noexcept
{
    auto const found = std::find_if(all_.begin(), all_.end(), [letter](flag const& f) { return f.letter == letter; });
    return letter == 0 || found == all_.end() ? nullptr : &*found;
}

bool flags::given(std::string_view name) const noexcept
{
    flag const* const found = find(name);
    return found && found->given;
}

}  // namespace cli
