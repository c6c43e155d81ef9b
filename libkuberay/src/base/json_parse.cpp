#include "base/json_reader.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace kuberay {
namespace {

// Builds the value while the parser walks through the text; numbers are read anew, exactly.
class exact_handler {
public:
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();

    json::value release() { return stack_.release(); }

    bool on_document_begin(error_code&)
    {
        stack_.reset();
        number_.clear();
        return true;
    }

    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }

    bool on_object_end(std::size_t size, error_code&)
    {
        stack_.push_object(size);
        return true;
    }

    bool on_array_begin(error_code&) { return true; }

    bool on_array_end(std::size_t size, error_code&)
    {
        stack_.push_array(size);
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, error_code&)
    {
        stack_.push_chars(part);
        return true;
    }

    bool on_key(json::string_view part, std::size_t, error_code&)
    {
        stack_.push_key(part);
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, error_code&)
    {
        stack_.push_chars(part);
        return true;
    }

    bool on_string(json::string_view part, std::size_t, error_code&)
    {
        stack_.push_string(part);
        return true;
    }

    bool on_number_part(json::string_view part, error_code&)
    {
        number_.append(part.data(), part.size());
        return true;
    }

    bool on_int64(std::int64_t value, json::string_view, error_code&)
    {
        number_.clear();
        stack_.push_int64(value);
        return true;
    }

    bool on_uint64(std::uint64_t value, json::string_view, error_code&)
    {
        number_.clear();
        stack_.push_uint64(value);
        return true;
    }

    // Boost.JSON 1.81 computes `approximate` by multiplication with a power of ten, which is off by an ulp at times.
    bool on_double(double approximate, json::string_view part, error_code& ec)
    {
        number_.append(part.data(), part.size());
        double exact = 0;
        auto const read = std::from_chars(number_.data(), number_.data() + number_.size(), exact);
        number_.clear();
        if (read.ec == std::errc::result_out_of_range) {
            if (std::abs(approximate) > 1) {
                ec = json::error::exponent_overflow;
                return false;
            }
            exact = std::copysign(0.0, approximate);
        }
        stack_.push_double(exact);
        return true;
    }

    bool on_bool(bool value, error_code&)
    {
        stack_.push_bool(value);
        return true;
    }

    bool on_null(error_code&)
    {
        stack_.push_null();
        return true;
    }

    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

private:
    json::value_stack stack_;
    std::string number_;
};

error fault_at(std::string_view text, std::size_t offset, std::string const& what)
{
    auto const before = text.substr(0, offset);
    auto const line = std::count(before.begin(), before.end(), '\n') + 1;
    auto const line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return error(
        errc::bad_document, "invalid JSON at line " + std::to_string(line) + ", column "
                                + std::to_string(offset - line_start + 1) + " (offset " + std::to_string(offset)
                                + "): " + what
    );
}

std::string words_for(error_code const& ec, bool at_end)
{
    if (ec == json::error::incomplete || (at_end && ec == json::error::syntax)) return "it ends too early";
    if (ec == json::error::exponent_overflow) return "the number is too large";
    if (ec == json::error::too_deep) return "it is nested too deeply";
    return ec.message();
}

}  // namespace

struct json_reader::state {
    json::basic_parser<exact_handler> parser{options()};

private:
    static json::parse_options options()
    {
        json::parse_options made;
        made.max_depth = 512;
        return made;
    }
};

json_reader::json_reader()
    : state_(std::make_unique<state>())
{
}

json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;
json_reader::~json_reader() = default;

result<json::value> json_reader::read(std::string_view text)
{
    constexpr std::string_view white_space = " \t\r\n";
    if (text.find_first_not_of(white_space) == std::string_view::npos)
        return error(errc::bad_document, "invalid JSON: there is no content");
    auto& parser = state_->parser;
    parser.reset();
    error_code ec;
    std::size_t const consumed = parser.write_some(false, text.data(), text.size(), ec);
    if (ec.failed()) return fault_at(text, consumed, words_for(ec, consumed == text.size()));
    if (consumed < text.size()) return fault_at(text, consumed, "there is more after the end of the value");
    return parser.handler().release();
}

result<json::value> parse_json(std::string_view text) { return json_reader().read(text); }

}  // namespace kuberay
