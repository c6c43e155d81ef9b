#include "base/yaml_emit.hpp"

#include "base/utf8.hpp"
#include "base/yaml_scalar.hpp"

#include <utility>

namespace kuberay {
namespace {

// What libyaml writes without an escape. It takes code points beyond U+FFFF for unprintable.
bool is_plain_character(char32_t c)
{
    if (c == '\n' || (c >= 0x20 && c <= 0x7E)) return true;
    if (c == 0x2028 || c == 0x2029 || c == 0xFEFF) return false;
    return c >= 0xA0 && c <= 0xFFFD;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Which styles can carry a text.
struct fitness {
    bool plain = true;
    bool single = true;
    bool block = true;
};

// Characters at the beginning, or around blanks, that YAML would take for syntax.
bool has_indicators(std::string_view text)
{
    constexpr std::string_view never_first = "#,[]{}&*!|>'\"%@`";
    if (text.starts_with("---") || text.starts_with("...")) return true;
    if (never_first.find(text.front()) != std::string_view::npos) return true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const blank_after = i + 1 == text.size() || is_blank(text[i + 1]) || text[i + 1] == '\n';
        bool const blank_before = i > 0 && (is_blank(text[i - 1]) || text[i - 1] == '\n');
        if (text[i] == ':' && blank_after) return true;
        if (i == 0 && (text[i] == '?' || text[i] == '-') && blank_after) return true;
        if (text[i] == '#' && blank_before) return true;
    }
    return false;
}

fitness fitness_of(std::string_view text)
{
    fitness fit;
    if (text.empty()) {
        fit.block = false;
        return fit;
    }
    bool broken = false, break_before_space = false, space_before_break = false, special = false;
    char previous = 0;
    for (auto rest = text; !rest.empty();) {
        auto const step = next_code_point(rest);
        char const c = rest.front();
        special = special || !step.valid || !is_plain_character(step.code_point);
        broken = broken || c == '\n';
        break_before_space = break_before_space || (c == ' ' && previous == '\n');
        space_before_break = space_before_break || (c == '\n' && previous == ' ');
        previous = c;
        rest.remove_prefix(step.length);
    }
    bool const blank_edge = text.front() == ' ' || text.front() == '\n' || text.back() == ' ' || text.back() == '\n';
    fit.plain = !broken && !blank_edge && !special && !has_indicators(text);
    fit.single = !break_before_space && !space_before_break && !special;
    fit.block = text.back() != ' ' && !space_before_break && !special;
    return fit;
}

std::string escape_of(char32_t c)
{
    switch (c) {
    case 0x00: return "\\0";
    case 0x07: return "\\a";
    case 0x08: return "\\b";
    case 0x09: return "\\t";
    case 0x0A: return "\\n";
    case 0x0B: return "\\v";
    case 0x0C: return "\\f";
    case 0x0D: return "\\r";
    case 0x1B: return "\\e";
    case 0x22: return "\\\"";
    case 0x5C: return "\\\\";
    case 0x85: return "\\N";
    case 0x2028: return "\\L";
    case 0x2029: return "\\P";
    default: break;
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text = c <= 0xFF ? "\\x" : c <= 0xFFFF ? "\\u" : "\\U";
    for (int shift = c <= 0xFF ? 4 : c <= 0xFFFF ? 12 : 28; shift >= 0; shift -= 4)
        text += digits[(c >> shift) & 0xF];
    return text;
}

}  // namespace

std::string yaml_emitter::take() { return std::move(out_); }

void yaml_emitter::put(char c)
{
    out_ += c;
    ++column_;
}

void yaml_emitter::put_break()
{
    out_ += '\n';
    column_ = 0;
}

void yaml_emitter::put_text(std::string_view text)
{
    while (!text.empty()) {
        auto const step = next_code_point(text);
        out_.append(text, 0, step.length);
        ++column_;
        text.remove_prefix(step.length);
    }
}

void yaml_emitter::separate()
{
    if (!whitespace_) put(' ');
}

void yaml_emitter::start_line(std::size_t indent)
{
    if (!indention_ || column_ > indent || (column_ == indent && !whitespace_)) put_break();
    while (column_ < indent)
        put(' ');
    whitespace_ = true;
    indention_ = true;
}

void yaml_emitter::indicator(std::string_view text, bool space_before, bool opens)
{
    if (space_before) separate();
    put_text(text);
    whitespace_ = false;
    indention_ = indention_ && opens;
}

void yaml_emitter::token(std::string_view text)
{
    separate();
    put_text(text);
    whitespace_ = false;
    indention_ = false;
}

bool yaml_emitter::is_simple_key(std::string_view text)
{
    return text.size() <= 128 && text.find_first_of("\r\n") == std::string_view::npos;
}

void yaml_emitter::string(std::string_view text, std::size_t indent, role as)
{
    bool const fold = as == role::value;
    fitness const fit = fitness_of(text);
    std::size_t const deeper = indent + 2;
    if (text.find('\n') != std::string_view::npos)
        return fit.block && as == role::value ? literal(text, deeper) : double_quoted(text, deeper, fold);
    if (needs_yaml_quotes(text)) return double_quoted(text, deeper, fold);
    if (fit.plain) return plain(text, deeper, fold);
    return fit.single ? single_quoted(text, deeper, fold) : double_quoted(text, deeper, fold);
}

void yaml_emitter::plain(std::string_view text, std::size_t indent, bool fold)
{
    separate();
    bool after_space = false;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t const length = next_code_point(text.substr(i)).length;
        if (text[i] == ' ' && !after_space && is_too_long(fold) && text[i + 1] != ' ')
            start_line(indent);
        else
            put_text(text.substr(i, length));
        after_space = text[i] == ' ';
        if (!after_space) indention_ = false;
        i += length;
    }
    whitespace_ = false;
    indention_ = false;
}

void yaml_emitter::single_quoted(std::string_view text, std::size_t indent, bool fold)
{
    indicator("'", true, false);
    bool after_space = false;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t const length = next_code_point(text.substr(i)).length;
        bool const inner = i > 0 && i + 1 < text.size();
        if (text[i] == ' ' && !after_space && is_too_long(fold) && inner && text[i + 1] != ' ') {
            start_line(indent);
        } else {
            if (text[i] == '\'') put('\'');
            put_text(text.substr(i, length));
        }
        after_space = text[i] == ' ';
        if (!after_space) indention_ = false;
        i += length;
    }
    indicator("'", false, false);
}

void yaml_emitter::double_quoted(std::string_view text, std::size_t indent, bool fold)
{
    indicator("\"", true, false);
    bool after_space = false;
    for (std::size_t i = 0; i < text.size();) {
        auto const step = next_code_point(text.substr(i));
        char32_t const c = step.code_point;
        bool const inner = i > 0 && i + 1 < text.size();
        if (c == ' ' && !after_space && is_too_long(fold) && inner) {
            start_line(indent);
            if (text[i + 1] == ' ') put('\\');
        } else if (c == '"' || c == '\\' || c == '\n' || !is_plain_character(c)) {
            put_text(escape_of(c));
        } else if (step.valid) {
            put_text(text.substr(i, step.length));
        } else {
            put_text("\xef\xbf\xbd");
        }
        after_space = c == ' ';
        i += step.length;
    }
    indicator("\"", false, false);
}

void yaml_emitter::literal(std::string_view text, std::size_t indent)
{
    indicator("|", true, false);
    // Without a hint the first line would set the indentation.
    if (text.front() == ' ' || text.front() == '\n') put('2');
    if (text.back() != '\n')
        put('-');
    else if (text.size() == 1 || text[text.size() - 2] == '\n')
        put('+');
    put_break();
    indention_ = true;
    whitespace_ = true;
    bool line_start = true;
    for (char const c : text) {
        if (c == '\n') {
            put_break();
            indention_ = true;
            line_start = true;
            continue;
        }
        if (line_start) start_line(indent);
        line_start = false;
        out_ += c;
        ++column_;
        indention_ = false;
    }
}

}  // namespace kuberay
