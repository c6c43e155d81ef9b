#include "base/utf8.hpp"
#include "base/yaml_build.hpp"

#include <kuberay/base/yaml.hpp>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace kuberay {
namespace {

constexpr std::size_t max_size = std::size_t(16) << 20;

yaml_mark mark_at_offset(std::string_view text, std::size_t offset)
{
    auto const before = text.substr(0, offset);
    yaml_mark at;
    at.line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    at.column = offset - (before.rfind('\n') + 1) + 1;
    return at;
}

// Characters that YAML does not allow in its source. yaml-cpp would let them pass.
void check_characters(std::string_view text, std::string const& name)
{
    for (std::size_t i = 0; i < text.size();) {
        auto const step = next_code_point(text.substr(i));
        char32_t const c = step.code_point;
        bool const control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c <= 0x9F && c != 0x85);
        if (!step.valid) throw failure(yaml_fault(name, mark_at_offset(text, i), "invalid UTF-8"));
        if (control) throw failure(yaml_fault(name, mark_at_offset(text, i), "control characters are not allowed"));
        i += step.length;
    }
}

// Whether a document that is not the first one may begin at `start`: at "---", or after a line "...".
// yaml-cpp takes whatever follows the end of a block for another document.
bool is_document_start(std::string_view text, std::size_t start)
{
    start = std::min(start, text.size());
    if (text.substr(start).starts_with("---")) return true;
    auto before = text.substr(0, start);
    while (!before.empty()) {
        auto const line_start = before.rfind('\n', before.size() - 1) + 1;
        auto line = before.substr(line_start);
        line = line.substr(std::min(line.find_first_not_of(" \t\r\n"), line.size()));
        if (line.starts_with("...")) return true;
        if (!line.empty() && line.front() != '#') return false;
        if (line_start == 0) return false;
        before = before.substr(0, line_start - 1);
    }
    return false;
}

yaml_mark mark_of(YAML::Mark const& mark)
{
    yaml_mark at;
    at.line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
    at.column = static_cast<std::size_t>(std::max(mark.column, 0)) + 1;
    return at;
}

// yaml-cpp's words, but for two that speak of the parser instead of the text.
std::string words_for(YAML::Exception const& e)
{
    if (e.msg == YAML::ErrorMsg::END_OF_MAP) return "this does not belong to the map above it; check the indentation";
    if (e.msg == YAML::ErrorMsg::END_OF_SEQ) return "this does not belong to the list above it; check the indentation";
    return e.msg;
}

}  // namespace

std::vector<yaml_document> parse_yaml(std::string_view text, std::string name, duplicate_keys duplicates)
{
    if (text.size() > max_size)
        throw failure(errc::too_large, name + ": it is larger than " + std::to_string(max_size >> 20) + " MiB");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    check_characters(text, name);
    std::vector<yaml_document> documents;
    yaml_builder builder(name, duplicates);
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        for (bool first = true; parser.HandleNextDocument(builder); first = false) {
            if (!first && !is_document_start(text, builder.start())) {
                auto const at = mark_at_offset(text, std::min(builder.start(), text.size()));
                throw failure(
                    yaml_fault(name, at, "this does not belong to what stands above it; check the indentation")
                );
            }
            if (auto document = builder.take()) documents.push_back(std::move(*document));
        }
    } catch (YAML::Exception const& e) {
        throw failure(yaml_fault(name, mark_of(e.mark), words_for(e)));
    }
    return documents;
}

}  // namespace kuberay
