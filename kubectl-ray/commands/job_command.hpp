#pragma once

#include "cli/command.hpp"
#include "commands/job_subject.hpp"

#include <string>
#include <vector>

namespace cli::commands {

/// A command about one job: the NAME of a RayJob, or with -c or --address a submission id. Commands differ in what they
/// do with it.
class job_command : public command {
public:
    void declare(flags& on) final;
    void complete(flags const&, global_flags& globals) override;
    void validate() const override { place_.validate(); }
    task<exit_code> run(context on) final;

protected:
    /// Help, examples and the flags of this command alone.
    virtual void describe(flags& on) = 0;

    /// The work, once it is settled where the job is.
    virtual task<exit_code> act(context on) = 0;

    std::string name_;
    job_place place_;

private:
    std::vector<std::string> words_;
};

}  // namespace cli::commands
