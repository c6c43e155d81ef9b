#include "cli/jsonpath_parts.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <charconv>

namespace cli {
namespace {

constexpr int deepest = 32;

struct syntax_fault {
    std::string what;
    std::size_t at;
};

class reader {
public:
    explicit reader(std::string_view text)
        : text_(text)
    {
    }

    // Parts up to the end of the text, or of the range that is open.
    std::vector<json_path::part> parts(int depth)
    {
        std::vector<json_path::part> all;
        while (at_ < text_.size()) {
            if (text_[at_] != '{') {
                std::size_t const end = std::min(text_.find('{', at_), text_.size());
                json_path::part& literal = all.emplace_back();
                literal.text = std::string(text_.substr(at_, end - at_));
                at_ = end;
                continue;
            }
            ++at_;
            skip_spaces();
            if (take_word("end")) {
                if (depth == 0) fail("an {end} without {range}");
                expect('}');
                return all;
            }
            braces(all, depth);
        }
        if (depth > 0) fail("a {range} without {end}");
        return all;
    }

    path_steps only_path(bool& from_root)
    {
        path_steps steps = path(from_root, 0);
        if (at_ != text_.size()) fail("unexpected text");
        return steps;
    }

private:
    [[noreturn]] void fail(std::string what) const { throw syntax_fault{std::move(what), at_}; }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_spaces()
    {
        while (peek() == ' ' || peek() == '\t')
            ++at_;
    }

    bool take(char c)
    {
        if (peek() != c || at_ >= text_.size()) return false;
        ++at_;
        return true;
    }

    void expect(char c)
    {
        skip_spaces();
        if (!take(c)) fail(std::string("'") + c + "' is missing");
    }

    bool take_word(std::string_view word)
    {
        if (!text_.substr(at_).starts_with(word)) return false;
        std::size_t const after = at_ + word.size();
        if (after < text_.size() && text_[after] != ' ' && text_[after] != '}') return false;
        at_ = after;
        return true;
    }

    void braces(std::vector<json_path::part>& all, int depth)
    {
        if (depth >= deepest) fail("too deeply nested");
        json_path::part& next = all.emplace_back();
        if (take_word("range")) {
            next.what = json_path::part::kind::range;
            skip_spaces();
            next.steps = path(next.from_root, 0);
            expect('}');
            next.body = parts(depth + 1);
            return;
        }
        if (peek() == '"' || peek() == '\'') {
            next.text = quoted();
        } else {
            next.what = json_path::part::kind::path;
            next.steps = path(next.from_root, 0);
        }
        expect('}');
    }

    std::string quoted()
    {
        char const quote = text_[at_++];
        std::string value;
        while (peek() != quote) {
            if (at_ >= text_.size()) fail("a quote is not closed");
            char c = text_[at_++];
            if (c == '\\' && at_ < text_.size()) {
                c = text_[at_++];
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
            }
            value += c;
        }
        ++at_;
        return value;
    }

    path_steps path(bool& from_root, int depth)
    {
        if (depth >= deepest) fail("too deeply nested");
        from_root = take('$');
        if (!from_root) take('@');
        path_steps steps;
        for (;;) {
            if (take('.')) {
                if (take('.')) steps.emplace_back().what = path_step::kind::descend;
                if (peek() == '[') continue;
                if (take('*')) {
                    steps.emplace_back().what = path_step::kind::wildcard;
                } else if (std::string name = field_name(); !name.empty()) {
                    steps.emplace_back().name = std::move(name);
                }
            } else if (take('[')) {
                steps.push_back(bracket(depth));
            } else if (std::string name = field_name(); !name.empty()) {
                steps.emplace_back().name = std::move(name);
            } else {
                return steps;
            }
        }
    }

    std::string field_name()
    {
        std::string name;
        while (at_ < text_.size() && std::string_view(" \t.[]{}()=!<>,\"'").find(peek()) == std::string_view::npos) {
            if (take('\\') && at_ >= text_.size()) fail("nothing follows the backslash");
            name += text_[at_++];
        }
        return name;
    }

    path_step bracket(int depth)
    {
        path_step step;
        skip_spaces();
        if (take('*')) {
            step.what = path_step::kind::wildcard;
        } else if (take('?')) {
            step.what = path_step::kind::filter;
            step.filter = std::make_shared<path_filter const>(filter(depth + 1));
        } else if (peek() == '\'' || peek() == '"') {
            step.what = path_step::kind::names;
            do {
                skip_spaces();
                if (peek() != '\'' && peek() != '"') fail("a quoted name is missing");
                step.names.push_back(quoted());
                skip_spaces();
            } while (take(','));
        } else {
            numbers(step);
        }
        expect(']');
        return step;
    }

    void numbers(path_step& step)
    {
        step.what = path_step::kind::indexes;
        std::optional<std::int64_t> const first = number();
        skip_spaces();
        if (take(':')) {
            step.what = path_step::kind::slice;
            step.slice.from = first;
            step.slice.to = number();
            if (take(':')) step.slice.step = number().value_or(1);
            if (step.slice.step <= 0) fail("the step of a slice must be positive");
            return;
        }
        if (!first) fail("an index, a name in quotes, '*' or a filter is needed in brackets");
        step.indexes.push_back(*first);
        while (take(',')) {
            std::optional<std::int64_t> const next = number();
            if (!next) fail("an index is missing");
            step.indexes.push_back(*next);
            skip_spaces();
        }
    }

    std::optional<std::int64_t> number()
    {
        skip_spaces();
        std::int64_t value = 0;
        auto const [end, code] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (code == std::errc::result_out_of_range) fail("the number is too large");
        if (code != std::errc()) return std::nullopt;
        at_ = static_cast<std::size_t>(end - text_.data());
        return value;
    }

    path_filter filter(int depth)
    {
        path_filter wanted;
        expect('(');
        wanted.left = operand(depth);
        skip_spaces();
        static constexpr std::pair<std::string_view, path_comparison> known[] = {
            {"==", path_comparison::equal},      {"!=", path_comparison::unequal},
            {"<=", path_comparison::less_equal}, {">=", path_comparison::greater_equal},
            {"<", path_comparison::less},        {">", path_comparison::greater},
        };
        for (auto const& [sign, comparison] : known) {
            if (!text_.substr(at_).starts_with(sign)) continue;
            at_ += sign.size();
            wanted.comparison = comparison;
            wanted.right = operand(depth);
            break;
        }
        expect(')');
        return wanted;
    }

    path_operand operand(int depth)
    {
        skip_spaces();
        path_operand side;
        if (peek() == '@' || peek() == '$') {
            side.is_path = true;
            side.path = std::make_shared<path_steps const>(path(side.from_root, depth));
        } else if (peek() == '"' || peek() == '\'') {
            side.constant = quoted();
        } else {
            std::size_t const end = text_.find_first_of(" \t)]=!<>", at_);
            std::string_view const word = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
            result<json::value> const value = kuberay::parse_json(word);
            if (value.has_error() || value->is_structured())
                fail("a path, a quoted text or a number is missing in the filter");
            side.constant = *value;
            at_ += word.size();
        }
        return side;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

error as_error(syntax_fault const& fault, std::string_view text)
{
    return error(
        errc::bad_input, "JSONPath \"" + kuberay::printable_line(text) + "\", character " + std::to_string(fault.at + 1)
                             + ": " + fault.what
    );
}

}  // namespace

json_path::json_path(std::shared_ptr<std::vector<part> const> parts)
    : parts_(std::move(parts))
{
}

result<json_path> json_path::parse(std::string_view text)
{
    try {
        return json_path(std::make_shared<std::vector<part> const>(reader(text).parts(0)));
    } catch (syntax_fault const& fault) {
        return as_error(fault, text);
    }
}

result<json_path> json_path::parse_relaxed(std::string_view text)
{
    std::string_view path = kuberay::trim(text);
    if (path.size() >= 2 && path.front() == '{' && path.back() == '}') path = path.substr(1, path.size() - 2);
    try {
        std::vector<part> parts(1);
        parts.front().what = part::kind::path;
        parts.front().steps = reader(path).only_path(parts.front().from_root);
        if (path.empty()) throw syntax_fault{"it is empty", 0};
        return json_path(std::make_shared<std::vector<part> const>(std::move(parts)));
    } catch (syntax_fault const& fault) {
        return as_error(fault, text);
    }
}

}  // namespace cli
