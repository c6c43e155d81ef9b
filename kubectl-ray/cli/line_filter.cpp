#include "cli/line_filter.hpp"

#include "cli/names.hpp"
#include "cli/quote.hpp"

#include <regex.h>

#include <array>

namespace cli {
namespace {

bool has_back_reference(std::string_view expression) noexcept
{
    for (std::size_t i = 0; i + 1 < expression.size(); ++i) {
        if (expression[i] != '\\') continue;
        ++i;
        if (expression[i] >= '1' && expression[i] <= '9') return true;
    }
    return false;
}

failure refused(std::string const& expression, std::string const& why)
{
    return failure(errc::bad_input, in_quotes(expression) + " is no regular expression for lines: " + why);
}

}  // namespace

struct line_filter::compiled {
    explicit compiled(std::string const& expression)
    {
        compile(expression, expression);  // a parenthesis that is missing is not to be made up for by ours
        ::regfree(&value);
        // Anchored, the matcher passes over the line once; else it would begin anew at every character of it.
        compile("^([^x]|x)*(" + expression + ")", expression);
    }

    ~compiled() { ::regfree(&value); }
    compiled(compiled const&) = delete;
    compiled& operator=(compiled const&) = delete;

    regex_t value{};

private:
    void compile(std::string const& text, std::string const& shown)
    {
        int const code = ::regcomp(&value, text.c_str(), REG_EXTENDED | REG_NOSUB);
        if (code == 0) return;
        std::array<char, 256> why{};
        ::regerror(code, &value, why.data(), why.size());
        throw refused(shown, why.data());
    }
};

line_filter::line_filter(std::string const& expression)
{
    if (expression.find('\0') != std::string::npos) throw refused(expression, "it holds a zero byte");
    if (has_back_reference(expression)) throw refused(expression, "back-references are not supported");
    compiled_ = std::make_shared<compiled const>(expression);
}

bool line_filter::matches(std::string_view line) const
{
    if (!compiled_) return true;
    regmatch_t range{};
    range.rm_so = 0;
    range.rm_eo = static_cast<regoff_t>(line.size());
    int const code = ::regexec(&compiled_->value, line.data(), 1, &range, REG_STARTEND);
    if (code == REG_ESPACE) throw failure(errc::too_large, "matching a line needs too much memory");
    return code == 0;
}

}  // namespace cli
