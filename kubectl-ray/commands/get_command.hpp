#pragma once

#include "cli/listing.hpp"
#include "commands/commands.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cli::commands {

/// A `get` command of one kind: [NAME], the list flags and the output flags. Kinds differ in their view.
class get_command : public command {
public:
    void declare(flags& on) final;
    void complete(flags const& given, global_flags&) override;
    void validate() const override { list_.validate(name_, output_); }
    task<exit_code> run(context on) override { return show_objects(std::move(on), view(), list_, output_, name_); }

protected:
    /// Help, examples and the flags of this kind alone.
    virtual void describe(flags& on) = 0;
    virtual completer names() = 0;
    virtual std::string word() const { return "[NAME]"; }
    virtual object_view view() const = 0;

    std::string name_;
    list_flags list_;
    output_flags output_;

private:
    std::vector<std::string> words_;
};

/// Columns with these titles; those from `wide` on are shown only in wide output.
std::vector<view_column>
columns(std::initializer_list<char const*> narrow, std::initializer_list<char const*> wide = {});

}  // namespace cli::commands
