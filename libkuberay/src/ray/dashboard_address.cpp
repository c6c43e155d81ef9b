#include "base/quote.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/file.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/ray/job_client.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace kuberay::ray {
namespace {

error wrong_address(std::string_view text, std::string const& why)
{
    error const wrong(errc::bad_input, "the dashboard address " + quoted(text) + " cannot be used: " + why);
    return wrong.with_hint("Give the dashboard as http://HOST:8265 or https://HOST.");
}

bool is_true(std::string const& word) { return word == "true" || word == "1"; }
bool is_false(std::string const& word) { return word == "false" || word == "0"; }

error with_path(error const& why, std::filesystem::path const& path)
{
    return error(errc::bad_input, "the certificates at " + path.string() + " cannot be used: " + why.message());
}

bool is_certificate(std::filesystem::path const& path)
{
    std::string const extension = path.extension().string();
    return extension == ".pem" || extension == ".crt" || extension == ".cer" || extension == ".0";
}

result<std::string> read_certificates(std::filesystem::path const& path)
{
    std::error_code code;
    if (!std::filesystem::is_directory(path, code)) return read_file(path);
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator at(path, code), end; !code && at != end; at.increment(code))
        if (is_certificate(at->path())) files.push_back(at->path());
    if (code) return error(error_code(code.value(), boost::system::system_category()), "reading the folder");
    if (files.empty()) return error(errc::bad_input, "the folder holds no .pem, .crt or .cer file");
    std::sort(files.begin(), files.end());
    std::string all;
    for (auto const& file : files) {
        result<std::string> const one = read_file(file);
        if (!one) return one.error();
        all += *one + "\n";
    }
    return all;
}

}  // namespace

result<dashboard_address> parse_dashboard_address(std::string_view text)
{
    std::string const given(trim(text));
    if (given.empty()) return wrong_address(given, "it is empty");
    std::size_t const colon = given.find("://");
    if (colon == std::string::npos)
        return wrong_address(given, "without http:// or https:// it is the address of Ray's GCS, which speaks no HTTP");
    std::string const scheme = to_lower(given.substr(0, colon));
    if (scheme == "ray") return wrong_address(given, "ray:// is for programs with Ray in them (the Ray client)");
    if (scheme != "http" && scheme != "https")
        return wrong_address(given, "the Jobs API is reached by http and https only");
    result<net::url> const parsed = net::parse_url(given);
    if (!parsed) return error(errc::bad_input, parsed.error().message());
    dashboard_address made;
    made.url = *parsed;
    return made;
}

result<void> apply_verify(std::string_view text, net::tls_options& into)
{
    std::string const word = to_lower(trim(text));
    if (is_true(word) || is_false(word)) {
        into.verify = is_true(word);
        return {};
    }
    std::filesystem::path const path{std::string(text)};
    result<std::string> pem = read_certificates(path);
    if (!pem) return with_path(pem.error(), path);
    into.verify = true;
    into.ca_pem = std::move(*pem);
    return {};
}

job_client connect_dashboard(asio::any_io_executor executor, dashboard_address where, job_client_options options)
{
    if (options.path_prefix.empty()) options.path_prefix = where.url.path;
    if (!where.url.user_info.empty() && !options.fields.contains("Authorization"))
        options.fields.set("Authorization", "Basic " + base64_encode(where.url.user_info));
    net::connect_options connect;
    connect.server = std::move(where.url);
    connect.server.path.clear();
    connect.server.user_info.clear();
    connect.tls = std::move(where.tls);
    return job_client(net::make_http_client(std::move(executor), std::move(connect)), std::move(options));
}

}  // namespace kuberay::ray
