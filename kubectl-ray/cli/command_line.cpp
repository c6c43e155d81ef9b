#include "cli/command_line.hpp"

#include "cli/quote.hpp"

#include <kuberay/base/text.hpp>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>

namespace cli {
namespace {

namespace po = boost::program_options;

// Lets Program_options store what our grammar found: its parsers know abbreviations, sticky values and other habits that
// kubectl users do not.
class stored_flag : public po::value_semantic {
public:
    explicit stored_flag(flag* into)
        : into_(into)
    {
    }

    std::string name() const override { return into_->type; }
    unsigned min_tokens() const override { return into_->bare ? 0 : 1; }
    unsigned max_tokens() const override { return 1; }
    bool is_composing() const override { return into_->repeatable; }
    bool is_required() const override { return false; }
    bool apply_default(boost::any&) const override { return false; }
    void notify(boost::any const&) const override {}

    void parse(boost::any& value, std::vector<std::string> const& texts, bool) const override
    {
        for (std::string const& text : texts)
            store(*into_, text);
        value = texts;
    }

private:
    flag* into_;
};

po::options_description described(flags& on)
{
    po::options_description all;
    for (flag& each : on.all()) {
        std::string const names = each.letter == 0 ? each.name : each.name + "," + each.letter;
        all.add_options()(names.c_str(), new stored_flag(&each), each.help.c_str());
    }
    return all;
}

class splitter {
public:
    splitter(flags& on, std::vector<std::string> const& arguments)
        : on_(on)
        , arguments_(arguments)
    {
    }

    command_line run()
    {
        while (at_ < arguments_.size() && line_.fault.empty()) {
            std::string const& word = arguments_[at_++];
            if (word == "--") {
                line_.dash_at = line_.words.size();
                line_.words.insert(
                    line_.words.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(at_), arguments_.end()
                );
                break;
            }
            if (word.starts_with("--"))
                take_long(word);
            else if (word.size() > 1 && word.front() == '-')
                take_letters(word);
            else
                line_.words.push_back(word);
        }
        return std::move(line_);
    }

private:
    void fail(std::string what, std::string hint = std::string())
    {
        line_.fault = std::move(what);
        line_.fault_hint = std::move(hint);
    }

    void use(flag& which, std::string text)
    {
        flag_use& added = line_.uses.emplace_back();
        added.which = &which;
        added.text = std::move(text);
    }

    // The value of a flag that has none attached: its bare value, or the next argument.
    void use_next(flag& which, std::string const& as_typed)
    {
        if (which.bare) return use(which, *which.bare);
        if (at_ < arguments_.size()) return use(which, arguments_[at_++]);
        line_.open = &which;
        fail(
            "flag " + which.spelling() + " needs a value"
            + (as_typed.empty() ? "" : " (in " + in_quotes(as_typed) + ")")
        );
    }

    void take_long(std::string const& word)
    {
        std::string_view const body = std::string_view(word).substr(2);
        if (body.front() == '-' || body.front() == '=') return fail("malformed flag " + in_quotes(word));
        std::size_t const equals = body.find('=');
        std::string_view const name = body.substr(0, equals);
        flag* const which = on_.find(name);
        if (!which) return unknown_long(name);
        if (equals == std::string_view::npos) return use_next(*which, std::string());
        use(*which, std::string(body.substr(equals + 1)));
    }

    void unknown_long(std::string_view name)
    {
        std::vector<std::string> names;
        for (flag const& each : on_.all())
            if (!each.hidden) names.push_back(each.name);
        std::vector<std::string> near = kuberay::nearest(name, names);
        for (std::string& each : near)
            each.insert(0, "--");
        std::string hint = near.empty() ? hint_of_dashes() : "did you mean " + kuberay::join(near, " or ") + "?";
        fail("unknown flag " + in_quotes("--" + std::string(name)), std::move(hint));
    }

    void take_letters(std::string const& word)
    {
        std::string_view letters = std::string_view(word).substr(1);
        while (!letters.empty() && line_.fault.empty()) {
            char const letter = letters.front();
            flag* const which = on_.find(letter);
            if (!which) return unknown_letter(letter, word);
            // pflag reads `-x=v` as a value, but the lone `-x=` as the value "=".
            if (letters.size() > 2 && letters[1] == '=') return use(*which, std::string(letters.substr(2)));
            letters.remove_prefix(1);
            if (which->bare) {
                use(*which, *which->bare);
                continue;
            }
            if (!letters.empty()) return use(*which, std::string(letters));
            use_next(*which, word);
        }
    }

    // In `exec demo ls -l` the flag was meant for the program.
    std::string hint_of_dashes() const
    {
        bool const has_dashes = std::ranges::find(arguments_, "--") != arguments_.end();
        bool const runs_program = on_.words() && on_.words()->usage.find("-- ") != std::string::npos;
        return runs_program && !has_dashes ? "a program and its own flags go behind --" : std::string();
    }

    void unknown_letter(char letter, std::string const& word)
    {
        std::string hint = hint_of_dashes();
        std::string const name = word.substr(1, word.find('=') - 1);
        if (name.size() > 1 && on_.find(std::string_view(name))) hint = "did you mean --" + name + "?";
        fail("unknown short flag " + in_quotes(std::string(1, letter)) + " in " + in_quotes(word), std::move(hint));
    }

    flags& on_;
    std::vector<std::string> const& arguments_;
    std::size_t at_ = 0;
    command_line line_;
};

}  // namespace

command_line take_apart(flags& on, std::vector<std::string> const& arguments) { return splitter(on, arguments).run(); }

void store(flag& into, std::string const& text)
{
    try {
        into.assign(text);
        into.given = true;
    } catch (bad_value const& bad) {
        throw usage_error("bad value " + in_quotes(text) + " for flag " + into.spelling() + ": " + bad.cause);
    }
}

command_line read_command_line(flags& on, std::vector<std::string> const& arguments)
{
    command_line line = take_apart(on, arguments);
    po::options_description const known = described(on);
    po::parsed_options found(&known);
    for (flag_use const& use : line.uses)
        found.options.emplace_back(use.which->name, std::vector<std::string>{use.text});
    po::variables_map values;
    po::store(found, values);
    if (!line.fault.empty()) throw usage_error(line.fault, line.fault_hint);
    return line;
}

void check_command_line(flags& on, command_line const& line)
{
    std::size_t const count = line.words.size();
    std::size_t const least = on.words() ? on.words()->least : 0;
    std::size_t const most = on.words() ? on.words()->most : 0;
    std::string const received = std::to_string(count) + (count == 1 ? " was given" : " were given");
    if (count < least || count > most) {
        std::string const which = on.words() ? " (" + on.words()->usage + ")" : std::string();
        if (most == 0)
            throw usage_error("no arguments are accepted, " + received + ": " + in_quotes(line.words.front()));
        if (least == most)
            throw usage_error(
                "exactly " + std::to_string(most) + " argument" + (most == 1 ? "" : "s") + which + " needed, "
                + received
            );
        if (count > most)
            throw usage_error(
                "at most " + std::to_string(most) + " argument" + (most == 1 ? "" : "s") + which + " accepted, "
                + received
            );
        throw usage_error(
            "at least " + std::to_string(least) + " argument" + (least == 1 ? "" : "s") + which + " needed, " + received
        );
    }
    std::vector<std::string> missing;
    for (flag const& each : on.all())
        if (each.required && !each.given) missing.push_back(each.spelling());
    if (!missing.empty())
        throw usage_error(
            std::string("required flag") + (missing.size() == 1 ? "" : "s")
            + " missing: " + kuberay::join(missing, "; ")
        );
    if (!on.words()) return;
    *on.words()->into = line.words;
    if (on.words()->dash_at) *on.words()->dash_at = line.dash_at;
}

}  // namespace cli
