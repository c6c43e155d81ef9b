#include "cli/complete_line.hpp"

#include "cli/command_line.hpp"
#include "cli/run_loop.hpp"

#include <algorithm>
#include <chrono>

namespace cli {
namespace {

constexpr std::chrono::milliseconds deadline(1500);

/// What the cursor's word is.
struct place {
    place() = default;
    completer completes;  ///< empty: nobody has to be asked
    candidates fixed;     ///< stand before those of `completes`
    completion_query query;
};

candidates child_names(command_node const& of)
{
    candidates found;
    for (command_node const& child : of.children)
        if (!child.hidden) found.items.emplace_back(std::string(child.name), std::string(child.summary));
    std::sort(found.items.begin(), found.items.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
    return found;
}

candidates flag_names(flags const& declared, std::string const& word)
{
    candidates found;
    for (flag const& each : declared.all()) {
        if (each.hidden || (each.given && !each.repeatable)) continue;
        found.items.emplace_back("--" + each.name, each.help);
        if (each.letter != 0 && word == "-") found.items.emplace_back(std::string("-") + each.letter, each.help);
    }
    std::sort(found.items.begin(), found.items.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
    return found;
}

// Values that are wrong do not matter here: the person is still typing.
void store_what_fits(command_line const& line)
{
    for (flag_use const& use : line.uses) {
        try {
            store(*use.which, use.text);
        } catch (usage_error const&) {
            continue;
        }
    }
}

place locate(found_command const& found, flags& declared, std::string const& word)
{
    place at;
    at.query.word = word;
    command_line const line = take_apart(declared, found.arguments);
    store_what_fits(line);
    at.query.positionals = line.words;
    if (line.open) {
        at.completes = line.open->completes;
        return at;
    }
    if (!line.fault.empty()) return at;
    if (word.starts_with("-") && !line.dash_at) {
        std::size_t const equals = word.find('=');
        if (equals == std::string::npos) {
            at.fixed = flag_names(declared, word);
        } else if (flag* const which = declared.find(std::string_view(word).substr(2, equals - 2))) {
            at.completes = which->completes;
            at.query.word = word.substr(equals + 1);
        }
        return at;
    }
    if (line.words.empty()) at.fixed = child_names(found.last());
    if (declared.words() && line.words.size() < declared.words()->most) at.completes = declared.words()->completes;
    return at;
}

task<exit_code> gather(context on, completer from, completion_query query, candidates* into)
{
    task<candidates> asking = from(on, query);
    task<candidates> bounded = kuberay::with_timeout(deadline, std::move(asking));
    *into = co_await std::move(bounded);
    co_return exit_code::done;
}

candidates ask(process const& from, place const& at, global_flags& globals)
{
    if (!at.completes) return at.fixed;
    candidates found;
    try {
        globals.load.stdin_is_free = false;
        globals.complete();
        run_loop loop(from.handles_signals);
        result<exit_code> const ended =
            loop.run(gather(context(from, globals, loop.executor()), at.completes, at.query, &found));
        if (ended.has_error()) found = candidates();
    } catch (failure const&) {
        found = candidates();
    }
    found.items.insert(found.items.begin(), at.fixed.items.begin(), at.fixed.items.end());
    return found;
}

// True when whatever is taken wants more behind it: `jsonpath=`, `rayjob/`.
bool all_open(candidates const& found, std::string const& word)
{
    if ((found.directive & directive::filter_extension) != 0) return false;
    bool any = false;
    for (candidate const& each : found.items) {
        if (!each.value.starts_with(word)) continue;
        if (!each.value.ends_with('=') && !each.value.ends_with('/')) return false;
        any = true;
    }
    return any;
}

}  // namespace

int complete_line(process from, command_node const& root, std::vector<std::string> arguments)
{
    bool const with_descriptions = arguments.front() == "__complete";
    arguments.erase(arguments.begin());
    std::string word;
    if (!arguments.empty()) {
        word = std::move(arguments.back());
        arguments.pop_back();
    }
    if (!arguments.empty() && arguments.front() == "help") arguments.erase(arguments.begin());
    process quiet = from;
    quiet.err = std::make_shared<string_sink>();  // a shell would show it in the middle of the line
    found_command const found = find_command(root, arguments);
    flags declared;
    global_flags globals;
    std::unique_ptr<command> chosen;
    if (found.last().make) {
        chosen = found.last().make();
        chosen->declare(declared);
    }
    globals.declare(declared);
    place const at = found.unknown.empty() ? locate(found, declared, word) : place();
    candidates offered = ask(quiet, at, globals);
    if (all_open(offered, at.query.word)) offered.directive |= directive::no_space;
    from.out->write(render_candidates(offered, at.query.word, with_descriptions));
    from.err->write("Completion ended with directive: " + directive_text(offered.directive) + "\n");
    return static_cast<int>(exit_code::done);
}

}  // namespace cli
