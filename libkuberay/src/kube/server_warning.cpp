#include "kube/server_warning.hpp"

#include <kuberay/base/text.hpp>

namespace kuberay::kube {
namespace {

// One field may hold several warnings: `299 agent "text" "date", 299 agent "text"`.
class warning_field {
public:
    explicit warning_field(std::string_view text)
        : left_(text)
    {
    }

    // False at the end, and at what is no warning.
    bool next(std::string& code, std::string& text)
    {
        left_ = trim(left_);
        if (left_.starts_with(',')) left_ = trim(left_.substr(1));
        code = word();
        std::string const agent = word();
        if (code.empty() || agent.empty() || !quoted(text)) return false;
        std::string date;
        left_ = trim(left_);
        return !left_.starts_with('"') || quoted(date);
    }

private:
    std::string word()
    {
        left_ = trim(left_);
        std::size_t const end = std::min(left_.find(' '), left_.size());
        std::string found(left_.substr(0, end));
        left_.remove_prefix(end);
        return found;
    }

    bool quoted(std::string& into)
    {
        left_ = trim(left_);
        if (!left_.starts_with('"')) return false;
        into.clear();
        for (std::size_t i = 1; i < left_.size(); ++i) {
            if (left_[i] == '"') {
                left_.remove_prefix(i + 1);
                return true;
            }
            if (left_[i] == '\\' && i + 1 < left_.size()) ++i;
            into += left_[i];
        }
        return false;
    }

    std::string_view left_;
};

}  // namespace

std::vector<std::string> server_warnings(net::http_fields const& fields)
{
    std::vector<std::string> found;
    for (auto const& value : fields.all("Warning")) {
        warning_field field(value);
        std::string code;
        std::string text;
        while (field.next(code, text))
            if (code == "299" && !text.empty()) found.push_back(printable_line(text));
    }
    return found;
}

}  // namespace kuberay::kube
