package io.knit.launcher.remote.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Typed;
import io.knit.launcher.remote.RemoteFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderTest {
    @TempDir
    Path folder;

    private static String spec(String content) {
        return RemoteFleet.spec(
                "page",
                "env: {LOG: debug}\nports:\n- container_port: 80\n  host_port: 8080\ntemplates:\n"
                        + "- destination: /a.conf\n  content: \"" + content + "\"\n");
    }

    @Test
    @DisplayName("as an agent would on that node, or refused in the server's words; nothing is deployed")
    void rendered() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("node", "label", "n2", "rack=7");
            String file = fleet.file(
                    "page.yaml",
                    spec(
                            "{{ node.id }} {{ node.labels.rack | default('none') }} {{ env.LOG }} {{ instance.ports[0].host_port }} {{ deployment.name }}"));
            // labels that people give to nodes are for selectors; an agent knows its own alone
            assertThat(fleet.done("render", file, "--node", "n2")).isEqualToIgnoringNewLines("n2 none debug 8080 page");
            assertThat(fleet.done("render", file, "--set", "env.LOG=info"))
                    .isEqualToIgnoringNewLines("n1 none info 8080 page");
            assertThat(fleet.json("render", file, "-o", "json")
                            .at("/nodes/0/files/0/content")
                            .asText())
                    .startsWith("n1 none");
            assertThat(fleet.done("render", fleet.file("plain.yaml", RemoteFleet.spec("plain", ""))))
                    .isEqualToIgnoringNewLines("no templates");

            Typed unknown = fleet.knit("render", fleet.file("bad.yaml", spec("{{ nope }}")));
            assertThat(unknown.err()).contains("/templates/0/content", "nope");
            assertThat(unknown.exitCode()).isEqualTo(5);
            assertThat(fleet.knit("deploy", folder.resolve("bad.yaml").toString())
                            .err()
                            .lines()
                            .findFirst())
                    .isEqualTo(unknown.err().lines().findFirst());
            String stack = fleet.file("stack.yaml", """
                    name: shop
                    services:
                      web: {image: "web:1", configs: [page], depends_on: [db]}
                      db: {image: "web:1", configs: [{source: page, target: /db.conf}]}
                    configs: {page: {content: "n"}}
                    """);
            assertThat(fleet.done("render", stack, "--node", "n1"))
                    .isEqualToNormalizingNewlines("# shop-db\nn\n# shop-web\nn\n");
            assertThat(fleet.done("render", fleet.file("both.yaml", spec("a") + "---\n" + spec("b"))))
                    .isEqualToNormalizingNewlines("# page\na\n# page\nb\n");
            Typed wrong = fleet.knit(
                    "render",
                    fleet.file(
                            "wrong.yaml",
                            "name: shop\nservices:\n  web:\n    image: web:1\n    hostname: a_b\n  db: {image: 'web:1'}\n"));
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.err()).contains("wrong.yaml:5:5: hostname");
            assertThat(wrong.out()).contains("# shop-db");
            assertThat(fleet.knit("render", stack, "--secrets").exitCode()).isEqualTo(2);

            Typed nowhere = fleet.knit("render", file, "--node", "n9");
            assertThat(nowhere.err()).contains("there is no node");
            assertThat(fleet.done("status")).contains("nothing is deployed");
        }
    }

    @Test
    @DisplayName(
            "each node and file under its name, where it differs from what is deployed, and what is not shown; the page's commands, too")
    void each() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("secret", "set", "page-db", "--from-file", fleet.file("secret.txt", "hush-hush"));
            String file = fleet.file(
                    "two.yaml",
                    RemoteFleet.spec(
                            "two", "replicas: 2\ntemplates:\n- destination: /a\n  content: \"{{ node.id }}\\n\"\n"));
            assertThat(fleet.done("render", file)).isEqualToIgnoringNewLines("==> n1 /a <==n1==> n2 /a <==n2");
            String before = fleet.file("page-api.yaml", spec("a\\n{{ instance.id }}\\n"));
            fleet.done("deploy", before);
            assertThat(fleet.done("render", before, "--diff")).isEqualToIgnoringNewLines("nothing differs");
            fleet.file("page-api.yaml", spec("b {{ secret('page-db') }}\\n{{ secret('page-db') | base64 }}\\n"));
            for (String line : page()) {
                Typed typed = fleet.knit(line.replace(
                                "page-api.yaml", folder.resolve("page-api.yaml").toString())
                        .substring("knit ".length())
                        .split(" "));
                assertThat(typed.exitCode()).as(line + typed.err()).isZero();
                assertThat(typed.out()).as(line).contains("b ***").doesNotContain("hush", "aHVzaC");
                assertThat(typed.err())
                        .contains("/a.conf: not shown as it will be: secret page-db; worked out from that: line 2");
            }
            assertThat(fleet.done("render", before, "--diff")).contains("--- /a.conf", "-a", "+b ***");
            String escape = fleet.file("escape.yaml", spec("a\\tb\\e[31mc"));
            assertThat(fleet.done("render", escape)).isEqualToIgnoringNewLines("a\tb [31mc");
            Typed broken = fleet.knit("render", fleet.file("broken.yaml", spec("{{ env[secret('page-db')] }}")));
            assertThat(broken.exitCode()).isEqualTo(5);
            assertThat(broken.err()).contains("/a.conf: ", "does not exist").doesNotContain("hush");
        }
    }

    private static List<String> page() throws IOException {
        return Files.readString(Path.of("..", "docs", "templates.md"))
                .lines()
                .filter(line -> line.startsWith("knit render"))
                .toList();
    }

    @Test
    @DisplayName("a plan has what becomes of each file, once for all nodes where it is the same, and no secret")
    void planned() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            fleet.done("secret", "set", "page-db", "--from-file", fleet.file("secret.txt", "hush-hush"));
            String two = "replicas: 2\nenv: {LOG: debug}\ntemplates:\n"
                    + "- destination: /a.conf\n  content: \"log {{ env.LOG }}\\nkey {{ secret('page-db') }}\\n\"\n"
                    + "- destination: /node\n  content: \"{{ node.id }}\\n\"\n";
            String file = fleet.file("page.yaml", RemoteFleet.spec("page", two));
            assertThat(fleet.done("plan", file))
                    .contains(
                            "file /a.conf on n1, n2\n+log debug\n+key ***\n",
                            "file /node on n1\n+n1\n",
                            "file /node on n2\n+n2\n")
                    .doesNotContain("hush");
            fleet.done("deploy", file, "--wait");
            assertThat(fleet.done("deploy", file, "--dry-run", "--set", "env.LOG=info"))
                    .containsPattern(
                            "file /a\\.conf on n[12](, n2)?\n@@ -1,2 \\+1,2 @@\n-log debug\n\\+log info\n key \\*{3}\n")
                    .doesNotContain("/node");
            assertThat(fleet.done("plan", file)).doesNotContain("file /");
            assertThat(fleet.json("plan", file, "-o", "json").has("steps")).isTrue();
            String bad = two.replace("{{ node.id }}", "{{ node.labels.rack }}");
            assertThat(fleet.knit("plan", fleet.file("bad.yaml", RemoteFleet.spec("page", bad)))
                            .out())
                    .containsPattern("file /node on n[12](, n2)?\nthe template is wrong: .*rack");
        }
    }
}
