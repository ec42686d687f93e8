package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rendering;
import io.knit.api.command.Rendering.File;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.TemplateSpec;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What templates would become, of a live server. */
class RenderingTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final Caller SCOPED = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web", "web-*"));
    /** Longer than its mask, and with signs that each way of writing it down makes others of. */
    private static final String HUSH = "hush \"ü\" & hush/hush\nhush";

    private final SmallFleet fleet;

    RenderingTest(@TempDir Path server) {
        fleet = new SmallFleet(builder -> builder.dataDir(server));
        fleet.agent("n1", "eu");
        fleet.agent("n2", "us");
        set(Kind.SECRET, "web-db", HUSH);
        set(Kind.VAR, "web-host", "db.example");
    }

    private void set(Kind kind, String name, String text) {
        fleet.server.run(new Command.SetValue(kind, name, Content.of(text)), ANN);
        fleet.run(1);
    }

    private Future<Rendering> ask(DeploymentSpec spec, @Nullable String node, Caller caller) {
        Future<Rendering> asked = fleet.server.render(spec, node, caller);
        fleet.run(1);
        return asked;
    }

    private Rendering rendering(DeploymentSpec spec, @Nullable String node) {
        Future<Rendering> asked = ask(spec, node, ANN);
        assertThat(asked.succeeded()).as(String.valueOf(asked.cause())).isTrue();
        return asked.result();
    }

    private static DeploymentSpecBuilder web(String... contents) {
        DeploymentSpecBuilder web = DeploymentSpec.builder("web", "web:1").env("MODE", "prod");
        for (int i = 0; i < contents.length; i++) {
            web.template("/etc/" + i, contents[i]);
        }
        return web;
    }

    private File only(String content) {
        Rendering rendering = rendering(web(content).build(), null);
        assertThat(rendering.nodes()).hasSize(1);
        return rendering.nodes().get(0).files().get(0);
    }

    @Test
    @DisplayName("where a service is, is not known here, and has a name")
    void services() {
        TemplateSpec template = new TemplateSpec(
                        "/etc/upstreams", "{% for e in service(\"db\") %}{{ e.address }}:{{ e.port }}\n{% endfor %}")
                .unannounced();
        DeploymentSpec spec = web().template(template).build();
        File file = rendering(spec, "n1").nodes().get(0).files().get(0);
        assertThat(file.problem()).isEmpty();
        assertThat(file.text()).isEqualTo("<db.address>:<db.port>\n");
    }

    @Test
    @DisplayName(
            "what is not set and need not be is empty; what is waited for is told, for one template as for the other")
    void missing() {
        String text = "{{ var('web-more') | default('none') }}:{{ secret('web-none') }}";
        DeploymentSpec spec = web().template(new TemplateSpec("/a", text).missing(TemplateSpec.OnMissing.DEFAULT))
                .template(new TemplateSpec("/b", text).missing(TemplateSpec.OnMissing.WAIT))
                .template(new TemplateSpec("/c", text).missing(TemplateSpec.OnMissing.DEFAULT))
                .build();
        // where the first instances wait they have no node yet
        List<File> files = rendering(spec, "n1").nodes().get(0).files();
        assertThat(files.get(0).text()).isEqualTo("none:");
        assertThat(files.get(1).problem()).contains("var(\"web-more\") is not there");
        assertThat(files.get(2).text()).isEqualTo("none:");
    }

    @Test
    @DisplayName("what is known is shown for each node that would get an instance, and nothing is done")
    void eachNode() {
        Rendering rendering = rendering(
                web("{{ node.id }} {{ node.labels.region }} {{ env.MODE }} {{ var('web-host') }} {{ deployment.revision }} {{ instance.slot }}\n")
                        .replicas(3)
                        .build(),
                null);
        assertThat(rendering.nodes()).extracting(Rendering.OnNode::node).containsExactly("n1", "n2");
        assertThat(rendering.nodes()).flatExtracting(Rendering.OnNode::slots).containsExactlyInAnyOrder(0, 1, 2);
        for (Rendering.OnNode node : rendering.nodes()) {
            String region = node.node().equals("n1") ? "eu" : "us";
            assertThat(node.files().get(0).text())
                    .isEqualTo(node.node() + " " + region + " prod db.example 1 "
                            + node.slots().get(0) + "\n");
            assertThat(node.files().get(0).diff()).isNull();
        }
        assertThat(rendering.reads()).containsExactly(new Rendering.Read(Kind.VAR, "web-host", 1, null));
        assertThat(fleet.server.deployment("web")).isEmpty();
        assertThat(fleet.server.snapshot().deployments()).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("a secret is *** wherever it stands, and what is worked out from it is no line of the answer")
    @CsvSource(delimiter = ';', textBlock = """
                    p={{ secret('web-db') }}                          ; p=***
                    {{ secret('web-db') | urlencode }}@{{ env.MODE }} ; ***@prod
                    {{ secret('web-db') | json }}                     ; "***"
                    {{ secret('web-db') | yaml }}                     ; ***
                    {{ {"a": secret('web-db')} | toml }}              ; a = "***"
                    {{ secret('web-db') | trim | indent(2) }}         ; ***
                    {{ secret('web-db') | base64 }}                   ; #
                    {{ secret('web-db') | sha256 }}                   ; #
                    {{ secret('web-db') | upper }}                    ; #
                    {{ secret('web-db') | slice(0, 3) }}              ; #
                    {{ secret('web-db') | length }}                   ; #
                    a~{{ secret('web-db') | length }}~b               ; a~#~b
                    {% for x in secret('web-db') | split('') %}{{ x }}~{% endfor %}ok ; *
                    """)
    void secrets(String template, String expected) {
        File file = only(template.strip().replace('~', '\n'));
        assertThat(file.unknown()).containsExactly("secret web-db");
        if (expected.strip().equals("*")) {
            assertThat(file.text()).contains("ok").doesNotContain("q", "Z");
            return;
        }
        assertThat(file.text()).isEqualTo(expected.strip().replace('~', '\n').replace("#", "***"));
        assertThat(file.workedOut()).hasSize(expected.contains("#") ? 1 : 0);
    }

    @ParameterizedTest
    @DisplayName("nor in a Go template")
    @CsvSource(delimiter = ';', textBlock = """
                    p={{ secret "web-db" }}                            ; p=***
                    {{ "web-db" | secret | urlquery }}@{{ .env.MODE }} ; ***@prod
                    {{ secret "web-db" | json }}                       ; "***"
                    {{ with $s := secret "web-db" }}{{ $s | yaml }}{{ end }} ; ***
                    {{ define "t" }}<{{ . }}>{{ end }}{{ template "t" secret "web-db" }} ; <***>
                    {{ printf "%q" (secret "web-db") }}                ; "***"
                    {{ secret "web-db" | base64 }}                     ; #
                    {{ secret "web-db" | sha256 }}                     ; #
                    {{ slice (secret "web-db") 0 3 }}                  ; #
                    {{ printf "%.3s" (secret "web-db") }}              ; #
                    {{ printf "%x" (secret "web-db") }}                ; #
                    {{ index (secret "web-db") 0 }}                    ; #
                    a~{{ secret "web-db" | len }}~b                    ; a~#~b
                    """)
    void goSecrets(String template, String expected) {
        TemplateSpec go = new TemplateSpec("/etc/a", template.strip().replace('~', '\n')).by(TemplateSpec.Engine.GO);
        Rendering rendering = rendering(web().template(go).build(), null);
        File file = rendering.nodes().get(0).files().get(0);
        assertThat(file.problem()).isEmpty();
        assertThat(file.unknown()).containsExactly("secret web-db");
        assertThat(file.text()).isEqualTo(expected.strip().replace('~', '\n').replace("#", "***"));
        assertThat(file.workedOut()).hasSize(expected.contains("#") ? 1 : 0);
        assertThat(rendering.reads()).containsExactly(new Rendering.Read(Kind.SECRET, "web-db", 1, null));
    }

    @Test
    @DisplayName(
            "a Go template that the server's trial does not get to ends on the node as it is shown before, by its bound")
    void goBounds() {
        TemplateSpec go = new TemplateSpec(
                        "/etc/a", "{{ if ne .node.id \"node-1\" }}{{ range 1000000000 }}{{ end }}{{ end }}")
                .by(TemplateSpec.Engine.GO);
        DeploymentSpec spec = web().template(go).build();
        File file = rendering(spec, "n1").nodes().get(0).files().get(0);
        assertThat(file.problem()).contains("it loops more than 100000 times");
        fleet.deploy(spec);
        fleet.run(5);
        assertThat(fleet.instances("web"))
                .anySatisfy(it -> assertThat(it.reason())
                        .contains("the template for /etc/a can't be rendered", "it loops more than 100000 times"));
    }

    @Test
    @DisplayName("services in a Go template have names, too")
    void goServices() {
        TemplateSpec template = new TemplateSpec(
                        "/etc/upstreams", "{{ range service \"db\" }}{{ .address }}:{{ .port }}\n{{ end }}")
                .by(TemplateSpec.Engine.GO)
                .unannounced();
        File file = rendering(web().template(template).build(), "n1")
                .nodes()
                .get(0)
                .files()
                .get(0);
        assertThat(file.text()).isEqualTo("<db.address>:<db.port>\n");
    }

    @Test
    @DisplayName("who is for some deployments alone reads by Go templates no more than by others")
    void goScoped() {
        set(Kind.VAR, "other", "not-yours");
        set(Kind.FILE, "web-tmpl", "{{ var \"other\" }}");
        for (TemplateSpec refused : List.of(
                new TemplateSpec("/a", "{{ if false }}{{ \"other\" | var }}{{ end }}").by(TemplateSpec.Engine.GO),
                TemplateSpec.from("web-tmpl", "/a").by(TemplateSpec.Engine.GO))) {
            assertThat(Futures.failure(ask(web().template(refused).build(), null, SCOPED))
                            .code())
                    .isEqualTo(ErrorCode.FORBIDDEN);
        }
        TemplateSpec braces =
                TemplateSpec.from("web-tmpl", "/a").by(TemplateSpec.Engine.GO).between("[[", "]]");
        assertThat(ask(web().template(braces).build(), null, SCOPED).succeeded())
                .isTrue();
        DeploymentSpec both = web().template(braces)
                .template(TemplateSpec.from("web-tmpl", "/b").by(TemplateSpec.Engine.GO))
                .build();
        assertThat(Futures.failure(ask(both, null, SCOPED)).code())
                .as("one file, read by other delimiters")
                .isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    @DisplayName("neither in what is told of a fault")
    void faults() {
        File missing = only("{{ env[secret('web-db')] }}");
        assertThat(missing.problem()).contains("line 1: what is worked out in [ ] does not exist");
        assertThat(missing.text()).isNull();
    }

    @Test
    @DisplayName("what is known only once it is placed has a name, and fixed ports are what they are")
    void placeholders() {
        DeploymentSpec spec = web("{% for p in instance.ports %}{{ p.host_ip }}:{{ p.host_port }} {% endfor %}\n"
                        + "{{ instance.id }}\n{{ instance.ports[1].host_port + 1 }}\n{{ instance.slot }}\n")
                .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP))
                .port(new PortSpec("127.0.0.1", 0, 81, Protocol.TCP))
                .build();
        File file = rendering(spec, null).nodes().get(0).files().get(0);
        assertThat(file.text())
                .isEqualTo("127.0.0.1:8080 127.0.0.1:<instance.ports[1].host_port> \n<instance.id>\n***\n0\n");
        assertThat(file.workedOut()).containsExactly(3);
        assertThat(file.unknown()).containsExactly("instance.id", "instance.ports[1].host_port");
        String other = rendering(spec, null).nodes().get(0).node().equals("n1") ? "n2" : "n1";
        Rendering.OnNode elsewhere = rendering(spec, other).nodes().get(0);
        assertThat(elsewhere.slots()).isEmpty();
        assertThat(elsewhere.files().get(0).text()).contains("\n<instance.slot>\n");
        assertThat(elsewhere.files().get(0).unknown()).contains("instance.slot");
    }

    @Test
    @DisplayName(
            "where it is deployed, the answer has the difference to what that revision has there, by its own versions")
    void diffs() {
        set(Kind.FILE, "web-logo", "one");
        DeploymentSpec first = web("host={{ var('web-host') }}\npw={{ secret('web-db') }}\nsame\n", "gone\n", "still\n")
                .template(TemplateSpec.from("web-logo", "/logo").by(TemplateSpec.Engine.NONE))
                .build();
        fleet.deploy(first);
        fleet.run(5);
        assertThat(rendering(first, null).nodes().get(0).files())
                .extracting(File::diff)
                .containsOnly("");
        DeploymentSpec second = web("host={{ var('web-host') }}\npw={{ secret('web-db') }}!\nsame\n")
                .template("/etc/2", "still\n")
                .template("/etc/3", "new")
                .build();
        Rendering rendering = rendering(second, null);
        assertThat(rendering.revision()).isEqualTo(2);
        assertThat(rendering.current()).isEqualTo(1);
        assertThat(rendering.reads())
                .containsExactly(
                        new Rendering.Read(Kind.FILE, "web-logo", null, 1),
                        new Rendering.Read(Kind.SECRET, "web-db", 1, 1),
                        new Rendering.Read(Kind.VAR, "web-host", 1, 1));
        List<File> files = rendering.nodes().get(0).files();
        assertThat(files.get(0).diff())
                .isEqualTo(
                        "--- /etc/0\trevision 1\n+++ /etc/0\trevision 2\n@@ -1,3 +1,3 @@\n host=db.example\n-pw=***\n+pw=***!\n same\n");
        assertThat(files.get(1).diff()).isEmpty();
        assertThat(files.get(2).diff())
                .isEqualTo(
                        "--- /dev/null\n+++ /etc/3\trevision 2\n@@ -0,0 +1 @@\n+new\n\\ No newline at end of file\n");
        assertThat(files).extracting(File::removed).containsExactly(false, false, false, true, true);
        assertThat(files.get(3).diff()).isEqualTo("--- /etc/1\trevision 1\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n");
    }

    @Test
    @DisplayName("who is for some deployments alone reads what is called so, also of what another deployed")
    void scoped() {
        set(Kind.VAR, "other", "not-yours");
        set(Kind.FILE, "other.conf", "not-yours {{ var('other') }}");
        set(Kind.FILE, "web.conf", "{{ var('other') }}");
        DeploymentSpec his = web("{{ var('web-host') }}").build();
        assertThat(ask(his, null, SCOPED).result().nodes().get(0).files().get(0).text())
                .isEqualTo("db.example");
        for (DeploymentSpec refused : List.of(
                web("{{ var('other') }}").build(),
                web().template(TemplateSpec.from("other.conf", "/a")).build(),
                DeploymentSpec.builder("db", "db:1").build())) {
            assertThat(Futures.failure(ask(refused, null, SCOPED)).code()).isEqualTo(ErrorCode.FORBIDDEN);
        }
        fleet.deploy(web("v={{ var('other') }}\n")
                .template(TemplateSpec.from("other.conf", "/b"))
                .build());
        fleet.run(5);
        Rendering rendering = ask(
                        web("v={{ var('web-host') }}\n").template("/b", "x").build(), null, SCOPED)
                .result();
        assertThat(rendering.toString()).doesNotContain("not-yours");
        List<File> files = rendering.nodes().get(0).files();
        assertThat(files.get(0).diff()).contains("-v=***\n+v=db.example\n");
        assertThat(files.get(1).diff()).isNull();
        Caller viewer = new Caller("eve", Caller.Role.VIEWER, "here");
        assertThat(Futures.failure(ask(his, null, viewer)).code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    @DisplayName("what would be refused is refused, and who would get none is told why")
    void refused() {
        assertThat(Futures.failure(ask(web("{{ nope }}").build(), null, ANN)).pointer())
                .isEqualTo("/templates/0/content");
        assertThat(Futures.failure(ask(web("{{ var('none') }}").build(), null, ANN)))
                .hasMessageContaining("there is no variable \"none\"");
        assertThat(Futures.failure(ask(web().build(), "n9", ANN))).hasMessageContaining("there is no node \"n9\"");
        Rendering nowhere = rendering(web("a").nodeSelector("region", "mars").build(), null);
        assertThat(nowhere.nodes()).isEmpty();
        assertThat(nowhere.words()).contains("region");
    }

    @Test
    @DisplayName("what is no text is given in Base64, and one that is too much is said to be")
    void bytes() {
        fleet.server.run(new Command.SetValue(Kind.FILE, "web-bytes", Content.of(new byte[] {(byte) 0xff, 0})), ANN);
        fleet.run(1);
        DeploymentSpec spec = web().template(
                        TemplateSpec.from("web-bytes", "/logo").by(TemplateSpec.Engine.NONE))
                .build();
        File file = rendering(spec, null).nodes().get(0).files().get(0);
        assertThat(file.base64()).isEqualTo("/wA=");
        assertThat(file.text()).isNull();
    }
}
