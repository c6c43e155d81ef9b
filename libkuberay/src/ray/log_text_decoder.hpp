#pragma once

#include <string>
#include <string_view>

namespace kuberay::ray {

/// The text in `{"logs": "..."}`, decoded while it arrives: a log in one JSON string need not fit into memory.
///
/// Errors: `errc::bad_document` for anything else.
class log_text_decoder {
public:
    /// The text that `bytes` completes, as UTF-8. Lone surrogates become U+FFFD.
    std::string put(std::string_view bytes);

    /// To be called at the end of the answer: throws unless the text was complete.
    void finish() const;

private:
    enum class state { before, text, escape, digits, after };

    void put_before(char c);
    void put_text(char c, std::string& into);
    void put_escape(char c, std::string& into);
    void put_digit(char c, std::string& into);
    void put_unit(std::string& into);
    void end_pair(std::string& into);

    state state_ = state::before;
    std::string head_;   // of `{"logs":"`, without white space
    unsigned unit_ = 0;  // of UTF-16, being read
    int digits_ = 0;     // of it
    unsigned high_ = 0;  // a high surrogate that waits for its low one
    bool closed_ = false;
};

}  // namespace kuberay::ray
