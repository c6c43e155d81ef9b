#include "unit/kube/config_fixture.hpp"

#include <kuberay/base/base64.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

std::string context_file(std::string const& name, std::string const& server, std::string const& more = "")
{
    return "current-context: " + name + "\ncontexts: [{name: " + name + ", context: {cluster: " + name
           + ", user: " + name + "}}]\nclusters: [{name: " + name + ", cluster: {server: " + server + more + "}}]\n"
           + "users: [{name: " + name + ", user: {token: t-" + name + "}}]\n";
}

TEST(kubeconfig, is_read_from_the_home_folder)
{
    fake_environment on;
    on.file(default_path, kubeconfig_with(https_server, "      token: abc\n"));
    config const loaded = on.load();
    EXPECT_EQ(loaded.connect.server.str(), "https://k8s.example:6443");
    EXPECT_EQ(loaded.auth.token, "abc");
    EXPECT_EQ(loaded.ns, "team");
    EXPECT_EQ(loaded.context, "dev");
    EXPECT_EQ(loaded.cluster, "c");
    EXPECT_FALSE(loaded.in_cluster);
}

TEST(kubeconfig, may_be_json_and_begin_with_a_byte_order_mark)
{
    fake_environment on;
    on.file(
        default_path,
        "\xEF\xBB\xBF{\"current-context\":\"a\",\"contexts\":[{\"name\":\"a\",\"context\":{\"cluster\":\"k\"}}],"
        "\"clusters\":[{\"name\":\"k\",\"cluster\":{\"server\":\"https://h\"}}]}"
    );
    EXPECT_EQ(on.load().connect.server.str(), "https://h");
}

TEST(kubeconfig, the_list_is_merged_and_the_first_file_wins)
{
    fake_environment on;
    on.variable("KUBECONFIG", "/a:/missing::/b:/a");
    on.file("/a", context_file("one", "https://first"));
    on.file("/b", context_file("two", "https://second") + "preferences: {}\n");
    EXPECT_EQ(on.load().connect.server.host, "first");
    load_options two;
    two.context = "two";
    EXPECT_EQ(on.load(two).connect.server.host, "second");
    kubeconfig_names const names = load_names_from(load_options(), on.get());
    EXPECT_EQ(names.contexts, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(names.clusters, names.contexts);
    EXPECT_EQ(names.users, names.contexts);
    EXPECT_EQ(names.current_context, "one");
}

TEST(kubeconfig, entries_of_one_name_are_not_merged_field_by_field)
{
    fake_environment on;
    on.variable("KUBECONFIG", "/a:/b");
    on.file("/a", context_file("x", "https://first"));
    on.file("/b", context_file("x", "https://second", ", tls-server-name: other"));
    EXPECT_EQ(on.load().connect.tls.server_name, "");
}

TEST(kubeconfig, an_explicit_file_replaces_the_list_and_must_exist)
{
    fake_environment on;
    on.variable("KUBECONFIG", "/a")
        .file("/a", context_file("a", "https://a"))
        .file("/b", context_file("b", "https://b"));
    load_options options;
    options.kubeconfig = "/b";
    EXPECT_EQ(on.load(options).connect.server.host, "b");
    options.kubeconfig = "~/config";
    error const missing = on.load_error(options);
    EXPECT_EQ(missing.code(), errc::bad_config);
    EXPECT_EQ(missing.message(), "the kubeconfig ~/config does not exist");
    EXPECT_EQ(missing.hint(), "A \"~\" is expanded by the shell only.");
}

TEST(kubeconfig, a_file_of_the_list_that_cannot_be_read_is_an_error)
{
    fake_environment on;
    on.variable("KUBECONFIG", "/a:/b").unreadable("/a").file("/b", "clusters: {");
    std::string const message = on.load_error().message();
    EXPECT_TRUE(message.starts_with("2 problems in the configuration: the kubeconfig /a cannot be read: ")) << message;
    EXPECT_NE(message.find("; /b:"), std::string::npos) << message;
}

TEST(kubeconfig, relative_paths_are_those_of_the_defining_file)
{
    fake_environment on;
    on.variable("KUBECONFIG", "/etc/kube/config:/other/config");
    on.file(
        "/etc/kube/config",
        kubeconfig_with(
            std::string(https_server) + "      certificate-authority: pki/ca.crt\n", "      tokenFile: ../token\n"
        )
    );
    on.file("/etc/kube/pki/ca.crt", certificate_pem).file("/etc/token", "secret\n");
    config const loaded = on.load();
    EXPECT_EQ(loaded.connect.tls.ca_pem, certificate_pem);
    EXPECT_EQ(loaded.auth.token_file, "/etc/token");
}

TEST(kubeconfig, without_any_configuration_the_local_port_is_used)
{
    config const loaded = fake_environment().load();
    EXPECT_EQ(loaded.connect.server.str(), "http://localhost:8080");
    EXPECT_EQ(loaded.ns, "default");
    EXPECT_EQ(loaded.context, "");
}

TEST(kubeconfig, certificates_are_taken_from_data_and_from_files)
{
    fake_environment on;
    on.file(
        default_path,
        kubeconfig_with(
            std::string(https_server) + "      certificate-authority-data: " + base64_encode(certificate_pem) + "\n",
            "      client-certificate: /c.crt\n      client-key-data: " + base64_encode(key_pem) + "\n"
        )
    );
    on.file("/c.crt", certificate_pem);
    config const loaded = on.load();
    EXPECT_EQ(loaded.connect.tls.ca_pem, certificate_pem);
    EXPECT_EQ(loaded.connect.tls.client_certificate_pem, certificate_pem);
    EXPECT_EQ(loaded.connect.tls.client_key_pem, key_pem);
    EXPECT_TRUE(loaded.connect.tls.verify);
}

TEST(kubeconfig, only_the_chosen_entries_are_looked_at)
{
    fake_environment on;
    on.file(default_path, context_file("good", "https://h") + "# broken, and not chosen\n");
    on.variable("KUBECONFIG", std::string(default_path) + ":/broken");
    on.file("/broken", "clusters: [{name: bad, cluster: {server: 1, certificate-authority-data: '***'}}]\n");
    EXPECT_EQ(on.load().connect.server.host, "h");
}

TEST(kubeconfig, credentials_are_for_https_only)
{
    fake_environment on;
    on.file(default_path, kubeconfig_with("      server: http://h/prefix/\n", "      token: abc\n      as: bob\n"));
    config const loaded = on.load();
    EXPECT_EQ(loaded.auth.token, "");
    EXPECT_EQ(loaded.auth.as.user, "bob");
    EXPECT_EQ(loaded.connect.server.path, "/prefix");
}

TEST(kubeconfig, a_server_without_scheme_is_http_unless_tls_is_set_up)
{
    struct row {
        char const* cluster;
        char const* expected;
    };
    row const rows[] = {
        {"      server: h:6443\n", "http://h:6443"},
        {"      server: h:6443\n      insecure-skip-tls-verify: true\n", "https://h:6443"},
        {"      server: h:6443\n      certificate-authority: /ca\n", "https://h:6443"},
    };
    for (auto const& row : rows) {
        fake_environment on;
        on.file(default_path, kubeconfig_with(row.cluster, "      {}\n")).file("/ca", certificate_pem);
        EXPECT_EQ(on.load().connect.server.str(), row.expected) << row.cluster;
    }
}

TEST(kubeconfig, cluster_settings_are_taken_over)
{
    fake_environment on;
    on.file(
        default_path, kubeconfig_with(
                          std::string(https_server)
                              + "      tls-server-name: inner\n      proxy-url: socks5://p:1080\n"
                                "      disable-compression: true\n      insecure-skip-tls-verify: true\n",
                          "      username: ada\n      password: pw\n"
                      )
    );
    config const loaded = on.load();
    EXPECT_EQ(loaded.connect.tls.server_name, "inner");
    ASSERT_TRUE(loaded.connect.proxy.has_value());
    EXPECT_EQ(loaded.connect.proxy->str(), "socks5://p");
    EXPECT_TRUE(loaded.disable_compression);
    EXPECT_FALSE(loaded.connect.tls.verify);
    EXPECT_EQ(loaded.auth.username, "ada");
    EXPECT_EQ(loaded.auth.password, "pw");
}

TEST(kubeconfig, impersonation_is_read)
{
    fake_environment on;
    on.file(
        default_path,
        kubeconfig_with(
            https_server,
            "      as: bob\n      as-uid: '7'\n      as-groups: [a, b]\n      as-user-extra: {k: [v, w]}\n"
        )
    );
    impersonation const as = on.load().auth.as;
    EXPECT_EQ(as.user, "bob");
    EXPECT_EQ(as.uid, "7");
    EXPECT_EQ(as.groups, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(as.extra, (std::vector<std::pair<std::string, std::string>>{{"k", "v"}, {"k", "w"}}));
}

TEST(kubeconfig, a_context_may_name_a_user_that_is_not_there)
{
    fake_environment on;
    on.file(
        default_path, "current-context: a\ncontexts: [{name: a, context: {cluster: a, user: nobody}}]\n"
                      "clusters: [{name: a, cluster: {server: https://h}}]\n"
    );
    EXPECT_EQ(on.load().auth, auth_options());
}

TEST(kubeconfig, the_plugin_is_described_to_be_run)
{
    fake_environment on;
    on.file(
        default_path,
        kubeconfig_with(
            std::string(https_server)
                + "      certificate-authority: /ca\n      extensions:\n"
                  "      - {name: client.authentication.k8s.io/exec, extension: {audience: x}}\n",
            "      exec:\n        apiVersion: client.authentication.k8s.io/v1\n        command: ./bin/login\n"
            "        args: [get, --fast]\n        env: [{name: A, value: b}]\n        interactiveMode: Never\n"
            "        provideClusterInfo: true\n        installHint: \"ask \\e[31mus\"\n"
        )
    );
    on.file("/ca", certificate_pem);
    config const loaded = on.load();
    ASSERT_TRUE(loaded.auth.exec.has_value());
    exec_plugin const& plugin = *loaded.auth.exec;
    EXPECT_EQ(plugin.command, "/home/ada/.kube/bin/login");
    EXPECT_EQ(plugin.args, (std::vector<std::string>{"get", "--fast"}));
    EXPECT_EQ(plugin.env, (std::vector<std::pair<std::string, std::string>>{{"A", "b"}}));
    EXPECT_EQ(plugin.interactive_mode, "Never");
    EXPECT_EQ(plugin.install_hint, "ask ^[[31mus");
    EXPECT_EQ(plugin.cluster_info.at("server").as_string(), "https://k8s.example:6443");
    EXPECT_EQ(plugin.cluster_info.at("certificate-authority-data").as_string(), base64_encode(certificate_pem));
    EXPECT_EQ(plugin.cluster_info.at("config").as_object().at("audience").as_string(), "x");
}

TEST(kubeconfig, the_plugin_is_not_used_beside_another_credential)
{
    std::string const exec = "      exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: login}\n";
    fake_environment on;
    on.file(default_path, kubeconfig_with(https_server, "      token: abc\n" + exec));
    EXPECT_FALSE(on.load().auth.exec.has_value());
    on.file(default_path, kubeconfig_with(https_server, exec));
    ASSERT_TRUE(on.load().auth.exec.has_value());
    EXPECT_EQ(on.load().auth.exec->interactive_mode, "IfAvailable");
    EXPECT_EQ(on.load().auth.exec->command, "login");
    load_options options;
    options.token = "mine";
    EXPECT_FALSE(on.load(options).auth.exec.has_value());
}

}  // namespace
