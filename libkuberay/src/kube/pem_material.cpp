#include "kube/pem_material.hpp"

#include <string_view>

namespace kuberay::kube {
namespace {

// What is wrong with the text; empty when it can be handed to the TLS library.
std::string fault_of(std::string_view pem, pem_content content)
{
    if (pem.empty()) return "is empty";
    bool const is_key = content == pem_content::private_key;
    std::string_view const wanted = is_key ? "PRIVATE KEY-----" : "CERTIFICATE-----";
    if (pem.find("-----BEGIN ") == std::string_view::npos || pem.find(wanted) == std::string_view::npos)
        return std::string("holds no PEM ") + (is_key ? "private key" : "certificate");
    if (is_key
        && (pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos
            || pem.find("4,ENCRYPTED") != std::string_view::npos))
        return "is an encrypted key, which cannot be used";
    return std::string();
}

std::string hint_for(std::string const& fault)
{
    return fault.find("encrypted") == std::string::npos ? std::string() : "Store it without a passphrase.";
}

}  // namespace

std::string
read_pem(entry_reader const& from, std::string const& key, pem_content content, process_environment const& environment)
{
    std::string const data_key = key + "-data";
    bool const has_data = from.has(data_key);
    bool const has_file = from.has(key);
    if (has_data && has_file) {
        from.complain(key, key + " and " + data_key + " are both set", "Remove one of them.");
        return std::string();
    }
    if (has_data) {
        std::string pem = from.bytes(data_key);
        if (pem.empty()) return pem;
        std::string const fault = fault_of(pem, content);
        if (fault.empty()) return pem;
        from.complain(data_key, data_key + " " + fault, hint_for(fault));
        return std::string();
    }
    if (!has_file) return std::string();
    std::filesystem::path const path = from.path(key);
    if (path.empty()) return std::string();
    result<std::string> pem = environment.read(path);
    if (!pem) {
        from.complain(key, key + " " + path.string() + " cannot be read: " + pem.error().code().message());
        return std::string();
    }
    std::string const fault = fault_of(*pem, content);
    if (fault.empty()) return std::move(*pem);
    from.complain(key, key + " " + path.string() + " " + fault, hint_for(fault));
    return std::string();
}

std::string read_pem_flag(
    std::string const& flag, std::string const& file, pem_content content, process_environment const& environment,
    config_problems& problems
)
{
    if (file.empty()) return std::string();
    result<std::string> pem = environment.read(file);
    if (!pem) {
        problems.add("--" + flag + " " + file + " cannot be read: " + pem.error().code().message());
        return std::string();
    }
    std::string const fault = fault_of(*pem, content);
    if (fault.empty()) return std::move(*pem);
    problems.add("--" + flag + " " + file + " " + fault, hint_for(fault));
    return std::string();
}

}  // namespace kuberay::kube
