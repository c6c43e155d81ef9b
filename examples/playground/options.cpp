#include "options.hpp"

#include <kuberay/base/error.hpp>

#include <charconv>

namespace playground {

namespace {

[[noreturn]] void refuse(std::string const& why)
{
    throw kuberay::failure(
        kuberay::error(kuberay::errc::bad_input, why).with_hint("playground --help lists the options")
    );
}

template <class Number>
Number number_of(std::string const& flag, std::string const& text, Number most)
{
    Number number = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number < 0 || number > most)
        refuse(flag + ": \"" + text + "\" is not a number from 0 to " + std::to_string(most));
    return number;
}

}  // namespace

options read_options(std::vector<std::string> const& arguments)
{
    options read;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string flag = arguments[i];
        if (flag == "--") {
            read.command.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
            if (read.command.empty()) refuse("no command follows --");
            return read;
        }
        if (flag == "-h" || flag == "--help") {
            read.help = true;
            continue;
        }
        std::string value;
        if (std::size_t const equal = flag.find('='); equal != std::string::npos) {
            value = flag.substr(equal + 1);
            flag.resize(equal);
        } else if (i + 1 < arguments.size()) {
            value = arguments[++i];
        } else {
            refuse(flag + " needs a value");
        }
        if (flag == "--kubeconfig")
            read.kubeconfig = value;
        else if (flag == "--port")
            read.port = static_cast<std::uint16_t>(number_of(flag, value, 65535));
        else if (flag == "--clusters")
            read.clusters = number_of(flag, value, 100000);
        else if (flag == "--latency-ms")
            read.latency = std::chrono::milliseconds(number_of(flag, value, 60000));
        else if (flag == "--token")
            read.token = value;
        else
            refuse("unknown option " + flag);
    }
    return read;
}

std::string help_text()
{
    return R"(Usage: playground [OPTIONS] [-- COMMAND [ARGUMENTS...]]

Serves a simulated Kubernetes API with a stand-in for the KubeRay operator on 127.0.0.1 and writes a kubeconfig for it.
Jobs that are submitted to its Ray clusters run as processes of this machine, each cluster's in a temporary folder.
With a command: runs it with KUBECONFIG set, ends with its exit code and removes everything. Without: until Ctrl-C.

  --kubeconfig PATH   write the kubeconfig there (default: a temporary folder)
  --port N            listen there (default: any free port)
  --clusters N        start with so many RayClusters; more than 20 come without pods
  --latency-ms N      wait so long before every answer
  --token TEXT        accept this bearer token only
  -h, --help          this text
)";
}

}  // namespace playground
