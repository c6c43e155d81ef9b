#include "cli/program.hpp"

#include "cli/command_line.hpp"
#include "cli/complete_line.hpp"
#include "cli/help.hpp"
#include "cli/run_loop.hpp"

#include <kuberay/base/text.hpp>

#include <cerrno>

namespace cli {
namespace {

bool reader_went_away(error const& what)
{
    return what.code() == kuberay::error_code(EPIPE, boost::system::system_category());
}

int report(process const& to, error const& what)
{
    if (!reader_went_away(what)) to.err->write(error_lines(what));
    return static_cast<int>(code_of(what));
}

std::size_t help_width(process const& of)
{
    return of.out_is_terminal ? std::min<std::size_t>(std::max<std::size_t>(of.width, 60), 120) : 100;
}

int show_help(process const& to, found_command const& of, flags const& declared)
{
    to.out->write(help_text(of, declared, to.program, help_width(to)));
    return 0;
}

int run_group(process const& from, found_command const& found)
{
    flags declared;
    global_flags globals;
    globals.declare(declared);
    if (!found.unknown.empty()) throw unknown_command(found, from.program);
    command_line const line = read_command_line(declared, found.arguments);
    if (!line.words.empty()) check_command_line(declared, line);
    return show_help(from, found, declared);
}

// The command and its sockets are gone when this returns.
result<exit_code> run_to_end(std::unique_ptr<command> chosen, context on, run_loop& loop)
{
    result<exit_code> ended = loop.run(chosen->run(on));
    bool const was_cut = ended.has_error() && loop.interrupted() && kuberay::is_cancellation(ended.error());
    return was_cut ? loop.run(chosen->interrupted(on)) : ended;
}

int run_command(process const& from, found_command const& found)
{
    std::unique_ptr<command> chosen = found.last().make();
    flags declared;
    global_flags globals;
    chosen->declare(declared);
    globals.declare(declared);
    command_line const line = read_command_line(declared, found.arguments);
    if (globals.help) return show_help(from, found, declared);
    check_command_line(declared, line);
    globals.complete();
    chosen->complete(declared, globals);
    chosen->validate();
    run_loop loop(from.handles_signals);
    result<exit_code> const ended = run_to_end(std::move(chosen), context(from, globals, loop.executor()), loop);
    loop.settle();
    if (ended.has_value()) return static_cast<int>(*ended);
    return report(from, ended.error());
}

// `help get cluster` is `get cluster --help`.
std::vector<std::string> without_help_word(std::vector<std::string> arguments)
{
    if (!arguments.empty() && arguments.front() == "help") {
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    }
    return arguments;
}

int run_line(process const& from, command_node const& root, std::vector<std::string> arguments)
{
    bool const completes =
        !arguments.empty() && (arguments.front() == "__complete" || arguments.front() == "__completeNoDesc");
    if (completes) return complete_line(from, root, std::move(arguments));
    found_command const found = find_command(root, without_help_word(std::move(arguments)));
    try {
        return found.last().make && found.unknown.empty() ? run_command(from, found) : run_group(from, found);
    } catch (usage_error const& wrong) {
        from.err->write(error_lines(wrong.error()));
        from.err->write("Run '" + found.spelled(from.program) + " -h' for usage.\n");
        return static_cast<int>(exit_code::usage);
    }
}

}  // namespace

std::string error_lines(error const& what)
{
    std::string lines = "Error: " + kuberay::printable(what.message()) + "\n";
    if (!what.hint().empty()) lines += "Hint: " + kuberay::printable(what.hint()) + "\n";
    return lines;
}

exit_code code_of(error const& what) noexcept
{
    if (what.code() == errc::timed_out) return exit_code::timed_out;
    if (kuberay::is_cancellation(what)) return exit_code::interrupted;
    return exit_code::failed;
}

int run_program(process from, command_node const& root, std::vector<std::string> arguments)
{
    int code = 0;
    try {
        code = run_line(from, root, std::move(arguments));
    } catch (failure const& failed) {
        code = report(from, failed.error());
    }
    try {
        from.out->flush();
    } catch (failure const& failed) {
        if (code == 0) code = report(from, failed.error());
    }
    return code;
}

}  // namespace cli
