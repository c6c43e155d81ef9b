#include "cli/node_names.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "commands/commands.hpp"
#include "commands/forward.hpp"

#include <algorithm>

namespace cli::commands {
namespace {

ray::target read_target(std::string const& word)
{
    std::vector<ray::target_kind> const accepted{
        ray::target_kind::cluster, ray::target_kind::job, ray::target_kind::service
    };
    result<ray::target> const parsed = ray::parse_target(word, accepted);
    if (parsed.has_error()) throw usage_error(parsed.error().message(), std::string(parsed.error().hint()));
    return *parsed;
}

class session final : public command {
public:
    void declare(flags& on) override
    {
        on.about(
            "Forwards the ports of a Ray cluster to this machine and says where they are: the dashboard for all, the "
            "client for clusters, Serve for RayServices. A NAME without type is a Ray cluster; TYPE is raycluster, "
            "rayjob or rayservice."
        );
        on.about(
            "It connects again by itself, also to a new head pod or an upgraded service, until Ctrl-C. A local port "
            "that is in use is replaced by a free one."
        );
        on.example("Dashboard and client of a cluster", "session demo");
        on.example("The dashboard at port 9000, and a port of your own", "session demo --port 9000:8265 --port 6006");
        on.example("Serve, and the dashboard in the browser", "session rayservice/chat --dashboard");
        on.words("(NAME | TYPE/NAME)", 1, 1, &words_).completes = complete_first_target();
        on.value(
            "port", 'p', &ports_, "Port as LOCAL:REMOTE or PORT; LOCAL 0 is any free one. May be given several times."
        );
        on.toggle("dashboard", 0, &how_.opens, "Open the dashboard in the browser when it answers.");
        declare_forwarding(on, how_);
    }

    void complete(flags const&, global_flags&) override
    {
        how_.what = read_target(words_.front());
        how_.ports = ray::session_ports(how_.what.kind);
        for (std::string const& text : ports_)
            add_port(text);
        how_.prints_ports = true;
        how_.waits = how_.opens;
    }

    task<exit_code> run(context on) override { return run_forward(std::move(on), how_); }

private:
    // One of the ports that are forwarded anyway gets the local port that is asked for.
    void add_port(std::string const& text)
    {
        result<kube::port_mapping> const mapping = kube::parse_port_mapping(text);
        if (mapping.has_error())
            throw usage_error("bad value " + in_quotes(text) + " for flag -p, --port: " + mapping.error().message());
        auto const same = [&](ray::session_port const& each) {
            return !each.label.empty() && each.mapping.remote == mapping->remote;
        };
        auto const known = std::ranges::find_if(how_.ports, same);
        if (known != how_.ports.end()) {
            known->mapping = *mapping;
            return;
        }
        how_.ports.emplace_back().mapping = *mapping;
    }

    std::vector<std::string> words_, ports_;
    forward_request how_;
};

class dashboard final : public command {
public:
    void declare(flags& on) override
    {
        on.about(
            "Forwards the dashboard of a Ray cluster to this machine, waits until it answers, prints its URL and opens "
            "it in the browser. The forwarding goes on until Ctrl-C."
        );
        on.example("Open it", "dashboard demo");
        on.example("Only the URL", "dashboard demo --no-open");
        on.words("(NAME | TYPE/NAME)", 1, 1, &words_).completes = complete_first_target();
        on.value("port", 'p', &port_, "Local port; another one is taken when it is in use, 0 is any free one.");
        on.toggle("no-open", 0, &no_open_, "Print the URL and open nothing.");
        on.value("timeout", 0, &how_.timeout, "Longest wait until the dashboard answers; 0 means no limit.");
        declare_forwarding(on, how_);
    }

    void complete(flags const&, global_flags&) override
    {
        how_.what = read_target(words_.front());
        how_.ports = {ray::session_ports(how_.what.kind).front()};
        how_.ports.front().mapping.local = static_cast<std::uint16_t>(port_);
        how_.waits = how_.prints_url = true;
        how_.opens = !no_open_;
    }

    void validate() const override
    {
        if (port_ < 0 || port_ > 65535) throw usage_error("flag -p, --port must lie between 0 and 65535");
        refuse_negative("timeout", how_.timeout);
    }

    task<exit_code> run(context on) override { return run_forward(std::move(on), how_); }

private:
    std::vector<std::string> words_;
    std::int32_t port_ = 8265;
    bool no_open_ = false;
    forward_request how_ = with_default_timeout();

    static forward_request with_default_timeout()
    {
        forward_request made;
        made.timeout = std::chrono::seconds(60);
        return made;
    }
};

}  // namespace

std::unique_ptr<command> make_session() { return std::make_unique<session>(); }

std::unique_ptr<command> make_dashboard() { return std::make_unique<dashboard>(); }

}  // namespace cli::commands
