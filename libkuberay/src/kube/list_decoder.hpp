#pragma once

#include "base/json_reader.hpp"
#include "kube/json_scanner.hpp"

#include <kuberay/base/error.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// Decodes the answer to a list request from bytes in any split: a List, a Table (`rows`) or a
/// PartialObjectMetadataList. Items are handed on one by one while the rest is still under way, so memory stays that of
/// one item. Sans-IO.
class list_decoder {
public:
    static constexpr std::size_t max_item_size = std::size_t(64) << 20;

    explicit list_decoder(std::function<void(json::value item)> each);

    /// Takes the next bytes. Errors: throws `failure`, `errc::bad_document` for what is no list, `errc::too_large` for an
    /// item (or another member of the list) over `max_item_size`; and what the sink throws.
    void feed(std::string_view bytes);

    /// To be called at the end of the answer. Errors: throws `failure`, `errc::bad_document`, when the list is not
    /// complete.
    void finish() const;

    std::string const& resource_version() const noexcept { return resource_version_; }
    /// The token for the next page; empty: this was the last.
    std::string const& continue_token() const noexcept { return continue_token_; }
    /// `columnDefinitions` of a Table; null otherwise.
    json::value const& columns() const noexcept { return columns_; }
    std::size_t count() const noexcept { return count_; }

private:
    enum class state {
        before_list,
        before_key,  // or the end of the list
        in_key,
        before_colon,
        before_value,
        in_value,
        after_value,
        before_item,  // or the end of the items
        in_item,
        after_item,
        after_list,
    };

    std::size_t step(std::string_view rest);
    std::size_t structural(char c);
    std::size_t take_key(std::string_view rest);
    std::size_t take_scalar(std::string_view rest);
    std::size_t take_compound(std::string_view rest);
    void start_value(char c);
    void keep(std::string_view part);
    void end_value(std::string_view text);
    void end_item(std::string_view text);
    void take_member(json::value value);
    [[noreturn]] void fail(std::string const& what) const;

    std::function<void(json::value)> each_;
    state state_ = state::before_list;
    json_scanner scanner_;
    json_reader reader_;
    bool compound_ = false;   // the value at hand is an object or array
    bool in_string_ = false;  // within a key or a scalar that is a string
    bool escaped_ = false;
    bool saw_items_ = false;
    bool after_comma_ = false;  // a key or an item must follow
    std::string key_;
    std::string pending_;  // what came of the value or item at hand in earlier pieces
    std::string resource_version_, continue_token_, kind_;
    json::value columns_;
    std::size_t count_ = 0;
};

}  // namespace kuberay::kube
