#pragma once

#include "kube/config_loader.hpp"

#include <boost/system/system_category.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>

namespace kuberay::kube::test {

/// Files and variables that exist in a test only.
class fake_environment {
public:
    fake_environment& file(std::string path, std::string text)
    {
        files_[std::move(path)] = std::move(text);
        return *this;
    }

    fake_environment& unreadable(std::string path)
    {
        unreadable_[std::move(path)] = true;
        return *this;
    }

    fake_environment& variable(std::string name, std::string value)
    {
        variables_[std::move(name)] = std::move(value);
        return *this;
    }

    process_environment get() const
    {
        process_environment made;
        made.home = "/home/ada";
        made.service_account = "/sa";
        made.variable = [variables = variables_](std::string const& name) {
            auto const found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
        };
        made.read = [files = files_, unreadable = unreadable_](std::filesystem::path const& path) {
            auto const failed = [](int number) {
                return result<std::string>(error(error_code(number, boost::system::system_category()), "reading a file")
                );
            };
            if (unreadable.contains(path.string())) return failed(EACCES);
            auto const found = files.find(path.string());
            if (found == files.end()) return failed(ENOENT);
            return result<std::string>(found->second);
        };
        return made;
    }

    config load(load_options const& options = load_options()) const { return load_config_from(options, get()); }

    /// The error of a configuration that cannot be loaded.
    error load_error(load_options const& options = load_options()) const
    {
        try {
            static_cast<void>(load(options));
        } catch (failure const& f) {
            return f.error();
        }
        ADD_FAILURE() << "the configuration was accepted";
        return error();
    }

private:
    std::map<std::string, std::string> files_;
    std::map<std::string, bool> unreadable_;
    std::map<std::string, std::string> variables_;
};

inline constexpr char const* default_path = "/home/ada/.kube/config";

/// A kubeconfig with one context `dev`; `cluster` and `user` are lines of these entries, indented by six.
inline std::string kubeconfig_with(std::string const& cluster, std::string const& user)
{
    return "apiVersion: v1\nkind: Config\ncurrent-context: dev\n"
           "contexts:\n  - name: dev\n    context:\n      cluster: c\n      user: u\n      namespace: team\n"
           "clusters:\n  - name: c\n    cluster:\n"
           + cluster + "users:\n  - name: u\n    user:\n" + user;
}

inline constexpr char const* https_server = "      server: https://k8s.example:6443\n";

inline constexpr char const* certificate_pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
inline constexpr char const* key_pem = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";

}  // namespace kuberay::kube::test
