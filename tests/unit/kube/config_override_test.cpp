#include "unit/kube/config_fixture.hpp"

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

fake_environment usual()
{
    fake_environment on;
    on.file(
        default_path,
        kubeconfig_with(
            std::string(https_server) + "      tls-server-name: inner\n      certificate-authority: /ca\n",
            "      username: ada\n      password: pw\n      client-certificate: /crt\n      client-key: /key\n      "
            "as: bob\n"
        ) + "  - name: other\n    user: {token: other-token}\n"
    );
    on.file("/ca", certificate_pem)
        .file("/crt", certificate_pem)
        .file("/key", key_pem)
        .file("/new", certificate_pem + std::string("\n"));
    return on;
}

TEST(config_override, a_token_beats_what_the_user_entry_has)
{
    load_options options;
    options.token = "mine";
    auth_options const auth = usual().load(options).auth;
    EXPECT_EQ(auth.token, "mine");
    EXPECT_EQ(auth.username, "");
    EXPECT_EQ(auth.password, "");
}

TEST(config_override, a_server_clears_the_name_expected_in_its_certificate)
{
    load_options options;
    options.server = "https://other:1/x";
    EXPECT_EQ(usual().load(options).connect.tls.server_name, "");
    EXPECT_EQ(usual().load(options).connect.server.str(), "https://other:1/x");
    options.tls_server_name = "mine";
    EXPECT_EQ(usual().load(options).connect.tls.server_name, "mine");
    options.server.clear();
    EXPECT_EQ(usual().load(options).connect.tls.server_name, "mine");
}

TEST(config_override, trust_is_replaced_as_a_whole)
{
    load_options insecure;
    insecure.insecure_skip_tls_verify = true;
    EXPECT_FALSE(usual().load(insecure).connect.tls.verify);
    EXPECT_EQ(usual().load(insecure).connect.tls.ca_pem, "");
    load_options authority;
    authority.certificate_authority = "/new";
    EXPECT_EQ(usual().load(authority).connect.tls.ca_pem, certificate_pem + std::string("\n"));
    authority.insecure_skip_tls_verify = true;
    EXPECT_EQ(
        usual().load_error(authority).message(),
        "--insecure-skip-tls-verify and --certificate-authority exclude each other"
    );
}

TEST(config_override, every_part_can_be_chosen)
{
    load_options options;
    options.user = "other";
    options.ns = "mine";
    options.request_timeout = std::chrono::seconds(3);
    options.disable_compression = true;
    options.as.user = "eve";
    options.as.groups = {"g"};
    config const loaded = usual().load(options);
    EXPECT_EQ(loaded.auth.token, "other-token");
    EXPECT_EQ(loaded.connect.tls.client_certificate_pem, "");
    EXPECT_EQ(loaded.ns, "mine");
    EXPECT_EQ(loaded.request_timeout, std::chrono::seconds(3));
    EXPECT_TRUE(loaded.disable_compression);
    EXPECT_EQ(loaded.auth.as.user, "eve");
    EXPECT_EQ(loaded.auth.as.groups, std::vector<std::string>{"g"});
}

TEST(config_override, a_client_certificate_is_replaced_half_by_half)
{
    load_options options;
    options.client_certificate = "/new";
    config const loaded = usual().load(options);
    EXPECT_EQ(loaded.connect.tls.client_certificate_pem, certificate_pem + std::string("\n"));
    EXPECT_EQ(loaded.connect.tls.client_key_pem, key_pem);
    options.user = "other";
    EXPECT_EQ(usual().load_error(options).message(), "--client-certificate is set without a key");
    options.client_key = "/gone";
    EXPECT_EQ(usual().load_error(options).message(), "--client-key /gone cannot be read: No such file or directory");
}

TEST(config_override, a_server_alone_is_enough)
{
    load_options options;
    options.server = "https://h";
    options.token = "t";
    config const loaded = fake_environment().load(options);
    EXPECT_EQ(loaded.connect.server.str(), "https://h");
    EXPECT_EQ(loaded.auth.token, "t");
}

fake_environment pod()
{
    fake_environment on;
    on.variable("KUBERNETES_SERVICE_HOST", "fd00::1").variable("KUBERNETES_SERVICE_PORT", "443");
    on.file("/sa/token", "mounted\n").file("/sa/ca.crt", certificate_pem).file("/sa/namespace", "team\n");
    return on;
}

TEST(in_cluster, is_used_when_no_kubeconfig_says_anything)
{
    config const loaded = pod().load();
    EXPECT_TRUE(loaded.in_cluster);
    EXPECT_EQ(loaded.connect.server.str(), "https://[fd00::1]");
    EXPECT_EQ(loaded.connect.tls.ca_pem, certificate_pem);
    EXPECT_EQ(loaded.auth.token_file, "/sa/token");
    EXPECT_EQ(loaded.ns, "team");
    EXPECT_EQ(loaded.context, "");
}

TEST(in_cluster, options_and_environment_replace_parts)
{
    load_options options;
    options.token = "mine";
    fake_environment on = pod();
    on.variable("POD_NAMESPACE", "own").file(default_path, "kind: Config\n");
    EXPECT_EQ(on.load(options).ns, "own");
    EXPECT_EQ(on.load(options).auth.token, "mine");
    EXPECT_TRUE(on.load(options).auth.token_file.empty());
    options.ns = "given";
    EXPECT_EQ(on.load(options).ns, "given");
}

TEST(in_cluster, gives_way_to_a_kubeconfig_and_to_a_server)
{
    fake_environment on = pod();
    load_options options;
    options.server = "https://h";
    EXPECT_FALSE(on.load(options).in_cluster);
    on.file(default_path, kubeconfig_with(https_server, "      {}\n"));
    EXPECT_FALSE(on.load().in_cluster);
}

TEST(in_cluster, needs_address_and_token)
{
    EXPECT_FALSE(pod().variable("KUBERNETES_SERVICE_HOST", "").load().in_cluster);
    EXPECT_FALSE(pod().file("/sa/token", "").load().in_cluster);
}

}  // namespace
