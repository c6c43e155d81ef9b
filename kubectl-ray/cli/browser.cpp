#include "cli/browser.hpp"

#include <kuberay/base/text.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

extern char** environ;

namespace cli {
namespace {

std::vector<std::string> words_with(std::string const& text, std::string const& url)
{
    std::vector<std::string> words;
    bool has_url = false;
    for (std::string& word : kuberay::split(text, ' ')) {
        if (word.empty()) continue;
        if (std::size_t const at = word.find("%s"); at != std::string::npos) {
            word.replace(at, 2, url);
            has_url = true;
        }
        words.push_back(std::move(word));
    }
    if (!words.empty() && !has_url) words.push_back(url);
    return words;
}

bool is_set(context const& on, char const* name)
{
    std::optional<std::string> const value = on.environment(name);
    return value && !value->empty();
}

bool start(std::vector<std::string> words)
{
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int const fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // Ctrl-C is for us alone
    pid_t pid = 0;
    int const code = ::posix_spawnp(&pid, argv.front(), &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code == 0;
}

}  // namespace

std::vector<std::vector<std::string>> browser_commands(context const& on, std::string const& url)
{
    std::vector<std::vector<std::string>> commands;
    if (is_set(on, "BROWSER")) {
        for (std::string const& each : kuberay::split(*on.environment("BROWSER"), ':'))
            if (std::vector<std::string> words = words_with(each, url); !words.empty())
                commands.push_back(std::move(words));
        return commands;
    }
#ifdef __APPLE__
    commands.push_back({"open", url});
#else
    // Without a desktop xdg-open would start a browser on our terminal.
    if (is_set(on, "DISPLAY") || is_set(on, "WAYLAND_DISPLAY")) commands.push_back({"xdg-open", url});
#endif
    return commands;
}

bool open_browser(context const& on, std::string const& url)
{
    for (std::vector<std::string> const& each : browser_commands(on, url))
        if (start(each)) return true;
    return false;
}

}  // namespace cli
