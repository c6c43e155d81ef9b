#include "streams/default_programs.hpp"

#include <kuberay/base/text.hpp>

#include <charconv>
#include <utility>

namespace kuberay::testing {

namespace {

int exit_code_of(std::string const& text)
{
    int code = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), code);
    return fault == std::errc() && end == text.data() + text.size() ? code & 0xff : 2;
}

task<int> copy_input(exec_call call)
{
    for (;;) {
        task<std::string> reading = call.read_input();
        std::string bytes = co_await std::move(reading);
        if (bytes.empty()) co_return 0;
        task<void> writing = call.write_output(std::move(bytes));
        co_await std::move(writing);
    }
}

}  // namespace

task<int> run_default_program(exec_call call)
{
    std::vector<std::string> words = call.command;
    if (words.size() == 3 && words[0] == "sh" && words[1] == "-c" && words[2].starts_with("exit "))
        words = split(words[2], ' ');
    std::string const program = words.empty() ? std::string() : words.front();
    if (program == "true") co_return 0;
    if (program == "false") co_return 1;
    if (program == "exit" && words.size() == 2) co_return exit_code_of(words[1]);
    if (program == "echo") {
        words.erase(words.begin());
        task<void> writing = call.write_output(join(words, " ") + "\n");
        co_await std::move(writing);
        co_return 0;
    }
    if (program != "cat")
        throw failure(errc::bad_input, "exec: \"" + program + "\": executable file not found in $PATH");
    task<int> copying = copy_input(call);
    int const code = co_await std::move(copying);
    co_return code;
}

task<int> show_log(std::shared_ptr<stream_host> host, exec_call call)
{
    std::shared_ptr<log_run> const run = host->log_of(call.pod, call.container).current;
    std::size_t at = run->entries.size();
    log_text text(false, std::nullopt, std::nullopt);
    for (;;) {
        std::string piece;
        for (; at < run->entries.size(); ++at)
            text.put(run->entries[at], piece);
        if (!piece.empty()) {
            task<void> writing = call.write_output(std::move(piece));
            co_await std::move(writing);
        } else if (run->ended) {
            co_return 0;
        } else {
            co_await host->changed.wait();
        }
    }
}

}  // namespace kuberay::testing
