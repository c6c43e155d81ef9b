#include "unit/kube/config_fixture.hpp"

#include <kuberay/base/base64.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

struct broken {
    char const* name;
    std::string cluster;  // lines of the cluster entry; the first is line 13
    std::string user;     // lines of the user entry
    char const* message;
    char const* hint;
};

std::string exec_with(std::string const& more) { return "      exec: {" + more + "}\n"; }

std::vector<broken> const rows{
    {"no server", "      {}\n", "      {}\n", R"(/home/ada/.kube/config:13:7: cluster "c": it names no server)",
     "Set server, or give --server."},
    {"number as server", "      server: 1\n", "      {}\n",
     R"(2 problems in the configuration: /home/ada/.kube/config:13:15: cluster "c": server must be a string, not a number; )"
     R"(/home/ada/.kube/config:13:15: cluster "c": it names no server)",
     "Put it in quotes. Set server, or give --server."},
    {"scheme", "      server: ftp://h\n", "      {}\n", nullptr, nullptr},
    {"insecure with CA",
     std::string(https_server) + "      insecure-skip-tls-verify: true\n      certificate-authority: /ca\n",
     "      {}\n",
     R"(/home/ada/.kube/config:14:33: cluster "c": insecure-skip-tls-verify and a certificate authority are both set; a server that is not verified needs no certificate authority)",
     "Remove one of them."},
    {"both forms of the CA",
     std::string(https_server) + "      certificate-authority: /ca\n      certificate-authority-data: QQ==\n",
     "      {}\n",
     R"(/home/ada/.kube/config:14:30: cluster "c": certificate-authority and certificate-authority-data are both set)",
     "Remove one of them."},
    {"missing CA", std::string(https_server) + "      certificate-authority: gone.crt\n", "      {}\n",
     R"(/home/ada/.kube/config:14:30: cluster "c": certificate-authority /home/ada/.kube/gone.crt cannot be read: No such file or directory)",
     ""},
    {"CA that is no PEM", std::string(https_server) + "      certificate-authority-data: QQ==\n", "      {}\n",
     R"(/home/ada/.kube/config:14:35: cluster "c": certificate-authority-data holds no PEM certificate)", ""},
    {"bad base64", std::string(https_server) + "      certificate-authority-data: '*'\n", "      {}\n", nullptr, nullptr
    },
    {"wrong flag", std::string(https_server) + "      disable-compression: maybe\n", "      {}\n",
     R"(/home/ada/.kube/config:14:28: cluster "c": disable-compression must be true or false, not a string)", ""},
    {"token and password", https_server, "      token: a\n      username: b\n",
     R"(/home/ada/.kube/config:17:7: user "u": it has a token and also a user name with password; only one way to authenticate is allowed)",
     "Remove one of them."},
    {"certificate without key", https_server, "      client-certificate: /ca\n",
     R"(/home/ada/.kube/config:17:7: user "u": a client certificate without a client key)", ""},
    {"encrypted key", https_server, "      client-certificate: /ca\n      client-key: /locked\n",
     R"(/home/ada/.kube/config:18:19: user "u": client-key /locked is an encrypted key, which cannot be used)",
     "Store it without a passphrase."},
    {"both forms of the key", https_server,
     "      client-certificate: /ca\n      client-key: /key\n      client-key-data: QQ==\n",
     R"(/home/ada/.kube/config:18:19: user "u": client-key and client-key-data are both set)", "Remove one of them."},
    {"token that is a number", https_server, "      token: 12\n",
     R"(/home/ada/.kube/config:17:14: user "u": token must be a string, not a number)", "Put it in quotes."},
    {"token file that is not there", https_server, "      tokenFile: none\n",
     R"(/home/ada/.kube/config:17:18: user "u": tokenFile /home/ada/.kube/none cannot be read: No such file or directory)",
     ""},
    {"groups without user", https_server, "      as-groups: [a]\n",
     R"(/home/ada/.kube/config:17:7: user "u": a uid, groups or extra values to act with are set, but no user to act as)",
     "Add the user: --as NAME."},
    {"gcp", https_server, "      auth-provider: {name: gcp}\n",
     R"(/home/ada/.kube/config:17:22: user "u": the auth-provider "gcp" is not supported)",
     "Install gke-gcloud-auth-plugin and renew the entry: gcloud container clusters get-credentials NAME."},
    {"azure", https_server, "      auth-provider: {name: azure}\n",
     R"(/home/ada/.kube/config:17:22: user "u": the auth-provider "azure" is not supported)",
     "Install kubelogin and renew the entry: kubelogin convert-kubeconfig."},
    {"exec and provider", https_server,
     "      auth-provider: {name: oidc}\n" + exec_with("apiVersion: client.authentication.k8s.io/v1beta1, command: x"),
     R"(/home/ada/.kube/config:17:22: user "u": exec and auth-provider are both set)", "Remove auth-provider."},
    {"exec without command", https_server, exec_with("apiVersion: client.authentication.k8s.io/v1beta1"),
     R"(/home/ada/.kube/config:17:13: user "u": exec has no command)", ""},
    {"exec without version", https_server, exec_with("command: x"),
     R"(/home/ada/.kube/config:17:13: user "u": exec has no apiVersion)", "Set client.authentication.k8s.io/v1."},
    {"old exec", https_server, exec_with("apiVersion: client.authentication.k8s.io/v1alpha1, command: x"),
     R"(/home/ada/.kube/config:17:26: user "u": exec apiVersion client.authentication.k8s.io/v1alpha1 is no longer supported)",
     "Update the plugin, and set client.authentication.k8s.io/v1 or v1beta1."},
    {"v1 without mode", https_server, exec_with("apiVersion: client.authentication.k8s.io/v1, command: x"),
     R"(/home/ada/.kube/config:17:13: user "u": exec with apiVersion client.authentication.k8s.io/v1 must have interactiveMode)",
     "Set Never, IfAvailable or Always."},
    {"unknown mode", https_server,
     exec_with("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Maybe"),
     R"(/home/ada/.kube/config:17:88: user "u": exec interactiveMode Maybe is not known)",
     "Known are Never, IfAvailable and Always."},
    {"env without name", https_server,
     exec_with("command: x, env: [{value: y}], apiVersion: client.authentication.k8s.io/v1beta1"),
     R"(/home/ada/.kube/config:17:31: user "u": exec has an env entry without name)", ""},
};

TEST(config_error, names_the_file_the_line_and_the_entry)
{
    for (auto const& row : rows) {
        SCOPED_TRACE(row.name);
        fake_environment on;
        on.file(default_path, kubeconfig_with(row.cluster, row.user));
        on.file("/ca", certificate_pem).file("/key", key_pem);
        on.file("/locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n");
        error const found = on.load_error();
        EXPECT_EQ(found.code(), errc::bad_config);
        if (!row.message) {
            EXPECT_TRUE(found.message().starts_with("/home/ada/.kube/config:1")) << found.message();
            continue;
        }
        EXPECT_EQ(found.message(), row.message);
        EXPECT_EQ(found.hint(), row.hint);
    }
}

TEST(config_error, all_problems_are_reported_together)
{
    fake_environment on;
    on.file(default_path, kubeconfig_with("      {}\n", "      token: 5\n"));
    std::string const message = on.load_error().message();
    EXPECT_TRUE(message.starts_with("2 problems in the configuration: ")) << message;
    EXPECT_NE(message.find("it names no server"), std::string::npos) << message;
    EXPECT_NE(message.find("token must be a string"), std::string::npos) << message;
}

TEST(config_error, never_repeats_a_secret)
{
    fake_environment on;
    on.file(
        default_path,
        kubeconfig_with(
            "      server: https://u:hunter2@h:x\n",
            "      token: hunter3\n      username: a\n      password: hunter4\n      client-key-data: '*hunter5'\n"
        )
    );
    error const found = on.load_error();
    EXPECT_EQ(found.message().find("hunter"), std::string::npos) << found.message();
}

TEST(config_error, a_context_that_is_not_there_names_those_that_are)
{
    fake_environment on;
    on.file(default_path, kubeconfig_with(https_server, "      {}\n"));
    load_options options;
    options.context = "deb";
    error const near = on.load_error(options);
    EXPECT_EQ(near.message(), "--context: there is no context \"deb\" in /home/ada/.kube/config");
    EXPECT_EQ(near.hint(), "Did you mean \"dev\"?");
    options.context = "production";
    EXPECT_EQ(on.load_error(options).hint(), "The contexts are \"dev\".");
}

TEST(config_error, the_current_context_and_its_cluster_must_exist)
{
    fake_environment on;
    on.file(default_path, "current-context: gone\nclusters: [{name: a, cluster: {server: https://h}}]\n");
    EXPECT_EQ(
        on.load_error().message(),
        "/home/ada/.kube/config:1:18: current-context: there is no context \"gone\" in /home/ada/.kube/config"
    );
    on.file(
        default_path, "current-context: x\ncontexts: [{name: x, context: {cluster: aa}}]\n"
                      "clusters: [{name: a, cluster: {server: https://h}}]\n"
    );
    error const found = on.load_error();
    EXPECT_EQ(found.message(), "/home/ada/.kube/config:2:41: context \"x\": there is no cluster \"aa\"");
    EXPECT_EQ(found.hint(), "Did you mean \"a\"?");
}

TEST(config_error, a_chosen_cluster_or_user_must_exist)
{
    fake_environment on;
    on.file(default_path, kubeconfig_with(https_server, "      {}\n"));
    load_options options;
    options.user = "eve";
    EXPECT_EQ(on.load_error(options).message(), "--user: there is no user \"eve\" in /home/ada/.kube/config");
    options.user.clear();
    options.cluster = "moon";
    EXPECT_EQ(on.load_error(options).message(), "--cluster: there is no cluster \"moon\" in /home/ada/.kube/config");
}

TEST(config_error, what_is_no_kubeconfig_is_said_to_be_none)
{
    fake_environment on;
    on.file(default_path, "apiVersion: v1\nkind: Pod\n");
    EXPECT_EQ(
        on.load_error().message(), "/home/ada/.kube/config:2:7: this is not a kubeconfig: its kind is Pod, not Config"
    );
    on.file(default_path, "- a\n- b\n");
    EXPECT_EQ(on.load_error().message(), "/home/ada/.kube/config:1:1: this is not a kubeconfig: a mapping is expected");
    on.file(default_path, "clusters: {a: b}\nusers: [x]\n");
    EXPECT_EQ(
        on.load_error().message(),
        "2 problems in the configuration: /home/ada/.kube/config:1:11: clusters must be a list; "
        "/home/ada/.kube/config:2:9: an entry of users must have a name, which is a string"
    );
}

TEST(config_error, an_entry_given_twice_in_one_file_is_refused_when_chosen)
{
    fake_environment on;
    on.file(default_path, kubeconfig_with(https_server, "      {}\n") + "  - name: u\n    user: {token: b}\n");
    EXPECT_EQ(
        on.load_error().message(),
        R"(/home/ada/.kube/config:17:7: user "u": the file has more than one entry of this name)"
    );
}

}  // namespace
