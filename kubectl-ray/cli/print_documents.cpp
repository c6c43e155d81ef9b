#include "cli/print_formats.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>

namespace cli {
namespace {

std::string indented(std::string const& text, std::string_view by)
{
    std::string out(by);
    for (char const c : text) {
        out += c;
        if (c == '\n') out += by;
    }
    return out;
}

// kubectl's `kind: List`, written while the items arrive.
class json_format final : public printer::format {
public:
    explicit json_format(context on)
        : on_(std::move(on))
    {
    }

    bool says_none() const override { return false; }

    void add(json::value item) override
    {
        on_.out().write(any_ ? ",\n" : "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n");
        any_ = true;
        on_.out().write(indented(kuberay::to_pretty_json(item), "        "));
    }

    void finish() override
    {
        on_.out().write(any_ ? "\n    ],\n" : "{\n    \"apiVersion\": \"v1\",\n    \"items\": [],\n");
        on_.out().write("    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n");
    }

    void show(json::value item) override { on_.out().write(kuberay::to_pretty_json(item) + "\n"); }

private:
    context on_;
    bool any_ = false;
};

class yaml_format final : public printer::format {
public:
    explicit yaml_format(context on)
        : on_(std::move(on))
    {
    }

    bool says_none() const override { return false; }

    void add(json::value item) override
    {
        if (!any_) on_.out().write("apiVersion: v1\nitems:\n");
        any_ = true;
        json::array one;
        one.push_back(std::move(item));
        on_.out().write(kuberay::to_yaml(one));
    }

    void finish() override
    {
        if (!any_) on_.out().write("apiVersion: v1\nitems: []\n");
        on_.out().write("kind: List\nmetadata:\n  resourceVersion: \"\"\n");
    }

    void show(json::value item) override
    {
        if (any_) on_.out().write("---\n");
        any_ = true;
        on_.out().write(kuberay::to_yaml(item));
    }

private:
    context on_;
    bool any_ = false;
};

class name_format final : public printer::format {
public:
    name_format(context on, kube::resource_type type)
        : on_(std::move(on))
        , prefix_(kuberay::to_lower(type.kind) + (type.group.empty() ? "" : "." + type.group) + "/")
    {
    }

    void add(json::value item) override
    {
        on_.out().write(prefix_ + kuberay::printable_line(kuberay::string_at(item, "metadata.name")) + "\n");
    }

    void finish() override {}
    void show(json::value item) override { add(std::move(item)); }

private:
    context on_;
    std::string prefix_;
};

class jsonpath_format final : public printer::format {
public:
    jsonpath_format(context on, json_path path)
        : on_(std::move(on))
        , path_(std::move(path))
    {
    }

    bool says_none() const override { return false; }
    void add(json::value item) override { items_.push_back(std::move(item)); }

    void finish() override
    {
        json::object list;
        list["apiVersion"] = "v1";
        list["kind"] = "List";
        list["items"] = std::move(items_);
        on_.out().write(path_.print(list));
    }

    void show(json::value item) override { on_.out().write(path_.print(item)); }

private:
    context on_;
    json_path path_;
    json::array items_;
};

class sorted_format final : public printer::format {
public:
    sorted_format(json_path key, std::unique_ptr<printer::format> inner)
        : key_(std::move(key))
        , inner_(std::move(inner))
    {
    }

    bool says_none() const override { return inner_->says_none(); }
    void add(json::value item) override { items_.push_back(std::move(item)); }

    void finish() override
    {
        std::vector<json::value> keys;
        for (json::value const& item : items_)
            keys.push_back(key_of(item));
        for (std::size_t const at : sorted_order(keys))
            inner_->add(std::move(items_[at]));
        items_.clear();
        inner_->finish();
    }

    void show(json::value item) override { inner_->show(std::move(item)); }

private:
    json::value key_of(json::value const& item) const
    {
        std::vector<json::value const*> const found = key_.find(item);
        return found.empty() ? json::value() : *found.front();
    }

    json_path key_;
    std::unique_ptr<printer::format> inner_;
    std::vector<json::value> items_;
};

}  // namespace

std::unique_ptr<printer::format> make_json_format(context on) { return std::make_unique<json_format>(std::move(on)); }

std::unique_ptr<printer::format> make_yaml_format(context on) { return std::make_unique<yaml_format>(std::move(on)); }

std::unique_ptr<printer::format> make_name_format(context on, kube::resource_type type)
{
    return std::make_unique<name_format>(std::move(on), std::move(type));
}

std::unique_ptr<printer::format> make_jsonpath_format(context on, json_path path)
{
    return std::make_unique<jsonpath_format>(std::move(on), std::move(path));
}

std::unique_ptr<printer::format> make_sorted_format(json_path key, std::unique_ptr<printer::format> inner)
{
    return std::make_unique<sorted_format>(std::move(key), std::move(inner));
}

}  // namespace cli
