#pragma once

#include "base/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay {

/// Turns the parser's events into JSON values with their places: resolves scalars, aliases and merge keys, and holds
/// the bounds. Throws `failure`.
class yaml_builder : public YAML::EventHandler {
public:
    yaml_builder(std::string name, duplicate_keys duplicates);

    /// The document just read; absent when it had no content.
    std::optional<yaml_document> take();

    /// Where the document began, in bytes.
    std::size_t start() const { return start_; }

    void OnDocumentStart(YAML::Mark const& mark) override;
    void OnDocumentEnd() override;
    void OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) override;
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) override;
    void
    OnScalar(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor, std::string const& value) override;
    void OnSequenceStart(
        YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style
    ) override;
    void OnSequenceEnd() override;
    void OnMapStart(
        YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style
    ) override;
    void OnMapEnd() override;

private:
    // A finished node on its way into its parent.
    struct built {
        json::value value;
        std::uint32_t node = 0;
        std::size_t height = 0;  // levels of lists and maps
        std::size_t weight = 1;  // stands for the memory it takes
        bool scalar = false;
        bool merge_key = false;
        bool null_key = false;
    };

    // A list or map that is still open.
    struct open_node {
        bool map = false;
        json::value value;
        yaml_node place;
        YAML::anchor_t anchor = 0;
        std::size_t height = 0;
        std::size_t weight = 1;
        std::optional<std::string> key;  // read, its value not yet
        yaml_mark key_mark;
        bool merging = false;  // the key is <<
        std::vector<built> merged;
    };

    [[noreturn]] void fail(yaml_mark at, std::string const& what) const;
    void open(YAML::Mark const& mark, bool map, YAML::anchor_t anchor);
    void close();
    void place_scalar(yaml_mark at, built made, std::string text, bool quoted, YAML::anchor_t anchor);
    void place_finished(yaml_mark at, built made, YAML::anchor_t anchor);
    void take_key(yaml_mark at, built const& made);
    void add_member(open_node& to, built made);
    void merge_into(open_node& to, yaml_mark at, built const& from);

    std::string name_;
    duplicate_keys duplicates_;
    std::size_t start_ = 0;
    std::shared_ptr<yaml_document::source> source_;
    std::vector<open_node> open_;
    std::map<YAML::anchor_t, built> anchors_;
    std::size_t expanded_ = 0;
    std::optional<built> root_;
};

}  // namespace kuberay
