package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.EnvSource;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.SecretMount;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.Update;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.testkit.runtime.FakeEngine;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a deployment reads of variables, secrets and files, from the server to the container. */
class ReadValuesTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");

    private final List<String> sent = new ArrayList<>();
    private final SmallFleet fleet;

    private final Path server;

    ReadValuesTest(@TempDir Path server) {
        this.server = server;
        fleet = new SmallFleet(builder -> builder.dataDir(server));
    }

    private FakeEngine agent(String id) {
        return fleet.agent(
                id,
                "eu",
                own -> new RewrittenTransport(
                        own, (subject, asked) -> {}, (subject, answer) -> sent.add(answer.toString())));
    }

    private void set(Kind kind, String name, String text) {
        fleet.server.run(new Command.SetValue(kind, name, Content.of(text)), ANN);
        fleet.run(1);
    }

    private static DeploymentSpecBuilder web() {
        return DeploymentSpec.builder("web", "web:1")
                .env("MODE", "prod")
                .secret(SecretMount.of("db"))
                .secret(new SecretMount("db", "/etc/db/password", "0400", 0, 0))
                .envFrom(EnvSource.ofVar("HOST"))
                .envFrom(EnvSource.ofFile("app.env", ""))
                .envFrom(EnvSource.ofSecret("db", "PGPASSWORD"))
                .template("/etc/app.conf", "url={{ var('HOST') }}:{{ secret(\"db\") }}");
    }

    private void keep() {
        set(Kind.SECRET, "db", "hush-1");
        set(Kind.VAR, "HOST", "db.example");
        set(Kind.FILE, "app.env", "# what is so\nA=1\nMODE=dev\nB=x=y\n");
    }

    private Instance only() {
        assertThat(fleet.instances("web")).hasSize(1);
        return fleet.instances("web").get(0);
    }

    private static ContainerSpec container(FakeEngine engine) {
        assertThat(engine.containers()).hasSize(1);
        return engine.spec(engine.containers().get(0).id());
    }

    private String file(FakeEngine engine, String destination) throws IOException {
        String source = container(engine).mounts().stream()
                .filter(mount -> mount.destination().equals(destination))
                .findFirst()
                .orElseThrow()
                .source();
        return Files.readString(fleet.dataDir("n1").resolve(source));
    }

    private static String all(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(file).append('\n');
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    @Test
    @DisplayName("it is in its container's environment, templates and secret files, and a secret is nowhere else")
    void arrives() throws IOException {
        FakeEngine engine = agent("n1");
        keep();
        fleet.deploy(web().build());
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(container(engine).env())
                .containsEntry("HOST", "db.example")
                .containsEntry("A", "1")
                .containsEntry("B", "x=y")
                .containsEntry("PGPASSWORD", "hush-1")
                .as("what env says goes first")
                .containsEntry("MODE", "prod");
        assertThat(file(engine, "/etc/app.conf")).isEqualTo("url=db.example:hush-1");
        assertThat(file(engine, "/run/secrets/db")).isEqualTo("hush-1");
        assertThat(file(engine, "/etc/db/password")).isEqualTo("hush-1");
        assertThat(String.join("\n", sent)).contains("\"values\":[{\"body\"").doesNotContain("hush", "aHVzaC");
        assertThat(fleet.events.toString()).doesNotContain("hush");
        String values = all(fleet.dataDir("n1").resolve("values"));
        assertThat(values).contains("secret-1-db").doesNotContain("hush", "aHVzaC");
        assertThat(all(fleet.dataDir("n1").resolve("specs"))).doesNotContain("hush");
        assertThat(container(engine).labels().toString()).doesNotContain("hush");
    }

    @Test
    @DisplayName("a Go template's secret goes the same way: to its node alone, sealed, and into its file")
    void arrivesInGo() throws IOException {
        FakeEngine engine = agent("n1");
        FakeEngine other = agent("n2");
        keep();
        set(Kind.FILE, "app.tmpl", "{{ with secret \"api\" }}pw={{ . }}{{ end }}");
        set(Kind.SECRET, "api", "hush-api");
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .nodeSelector("region", "eu")
                .template(new TemplateSpec("/etc/a", "{{ var \"HOST\" }}:{{ \"db\" | secret }}")
                        .by(TemplateSpec.Engine.GO))
                .template(TemplateSpec.from("app.tmpl", "/etc/b").by(TemplateSpec.Engine.GO))
                .build();
        fleet.deploy(spec);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        String node = String.valueOf(only().node());
        FakeEngine its = node.equals("n1") ? engine : other;
        for (String[] each : new String[][] {{"/etc/a", "db.example:hush-1"}, {"/etc/b", "pw=hush-api"}}) {
            String source = container(its).mounts().stream()
                    .filter(mount -> mount.destination().equals(each[0]))
                    .findFirst()
                    .orElseThrow()
                    .source();
            assertThat(Files.readString(fleet.dataDir(node).resolve(source))).isEqualTo(each[1]);
        }
        assertThat(String.join("\n", sent)).contains("\"values\":[{\"body\"").doesNotContain("hush", "aHVzaC");
        assertThat(Files.exists(fleet.dataDir(node.equals("n1") ? "n2" : "n1").resolve("values")))
                .isFalse();
        set(Kind.SECRET, "db", "hush-2");
        fleet.run(60);
        assertThat(only().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName("a Go template does without what is not set as others do")
    void withoutItInGo() throws IOException {
        FakeEngine engine = agent("n1");
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .template(new TemplateSpec("/etc/a", "{{ var \"HOST\" | default \"none\" }}:{{ secret \"db\" }}")
                        .by(TemplateSpec.Engine.GO)
                        .missing(TemplateSpec.OnMissing.DEFAULT))
                .build();
        fleet.deploy(spec);
        assertThat(file(engine, "/etc/a")).isEqualTo("none:");
        set(Kind.VAR, "HOST", "db.example");
        fleet.run(60);
        assertThat(file(engine, "/etc/a")).isEqualTo("db.example:");
    }

    @Test
    @DisplayName("a file that is no template is refused when it is deployed, and in a dry run, with its line")
    void noTemplate() {
        agent("n1");
        set(Kind.FILE, "app.conf", "a\n{{ nothing }}\n");
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .template(TemplateSpec.from("app.conf", "/etc/app.conf"))
                .build();
        Command<?> deploy = new Command.Deploy(spec);
        for (Future<?> asked : List.of(fleet.server.run(deploy, ANN), fleet.server.plan(deploy, ANN))) {
            fleet.run(1);
            assertThat(Futures.failure(asked)).satisfies(e -> {
                assertThat(e.pointer()).isEqualTo("/templates/0/source");
                assertThat(e).hasMessageContaining("the file app.conf: the template is wrong: line 2, column 4");
            });
        }
        assertThat(fleet.server.deployment("web")).isEmpty();
        set(Kind.FILE, "app.conf", "a\n{{ node.id }}\n");
        fleet.deploy(spec);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    @DisplayName(
            "another content goes out as a revision, one instance after the other, and what is not needed any more goes")
    void renews() throws IOException {
        FakeEngine engine = agent("n1");
        keep();
        fleet.deploy(web().build());
        set(Kind.SECRET, "db", "hush-2");
        fleet.run(60);
        assertThat(only().revision()).isEqualTo(2);
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(file(engine, "/run/secrets/db")).isEqualTo("hush-2");
        assertThat(file(engine, "/etc/app.conf")).isEqualTo("url=db.example:hush-2");
        assertThat(all(fleet.dataDir("n1").resolve("values")))
                .contains("secret-2-db")
                .doesNotContain("secret-1-db");
        assertThat(all(fleet.dataDir("n1").resolve("memory"))).doesNotContain("hush-1");
    }

    @Test
    @DisplayName(
            "who goes back over another text of the file that is its template runs, and has what the older text reads")
    void goesBack() throws IOException {
        FakeEngine engine = agent("n1");
        set(Kind.VAR, "HOST", "db.example");
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .template(TemplateSpec.from("app.conf", "/etc/app.conf"))
                .build());
        set(Kind.FILE, "app.conf", "{{ nothing }}");
        fleet.server.run(new Command.Rollback("web", 1, null), ANN);
        fleet.run(60);
        fleet.server.run(new Command.Restart("web", false, null), ANN);
        fleet.run(60);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(file(engine, "/etc/app.conf")).isEqualTo("db.example");
        set(Kind.VAR, "HOST", "other.example");
        fleet.run(60);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(file(engine, "/etc/app.conf")).isEqualTo("other.example");
        set(Kind.FILE, "app.conf", "new {{ var('HOST') }}");
        fleet.run(60);
        assertThat(file(engine, "/etc/app.conf")).isEqualTo("new other.example");
    }

    @Test
    @DisplayName("another secret goes out though Knit itself went back from a text of a file, and leaves that behind")
    void goesOutAfterAnAutomaticRollback() throws IOException {
        FakeEngine engine = agent("n1");
        set(Kind.SECRET, "db", "hush-1");
        set(Kind.FILE, "app.conf", "good");
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .secret(SecretMount.of("db"))
                .template(TemplateSpec.from("app.conf", "/etc/app.conf"))
                .update(Update.DEFAULT.withDeadlines(Duration.ofSeconds(30), Duration.ofMinutes(5)))
                .build());
        fleet.run(60);
        set(Kind.FILE, "app.conf", "{{ nothing }}");
        // until the progress deadline
        fleet.run(330);
        assertThat(fleet.view("web").deployment().rollout().reason()).contains("went back to revision 1");
        set(Kind.SECRET, "db", "hush-2");
        fleet.run(120);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(file(engine, "/run/secrets/db")).isEqualTo("hush-2");
        assertThat(file(engine, "/etc/app.conf")).isEqualTo("good");
        assertThat(only().revision()).isEqualTo(4);
    }

    @Test
    @DisplayName("a node that does not read a secret is never given it, whatever it asks for")
    void nobodyElse() throws IOException {
        agent("n1");
        keep();
        fleet.deploy(web().nodeSelector("region", "eu").build());
        sent.clear();
        FakeEngine other = agent("n2");
        fleet.deploy(DeploymentSpec.builder("plain", "web:1").replicas(2).build());
        assertThat(other.containers()).hasSize(1);
        assertThat(Files.exists(fleet.dataDir("n2").resolve("values"))).isFalse();
    }

    @Test
    @DisplayName(
            "agent and server start anew and nothing is made anew; without the server a lost container is made again with the same")
    void restarts() throws IOException {
        FakeEngine engine = agent("n1");
        keep();
        fleet.deploy(web().build());
        String id = engine.containers().get(0).id();
        fleet.restartAgent("n1");
        fleet.run(30);
        fleet.restartServer();
        fleet.run(30);
        assertThat(engine.containers().get(0).id()).isEqualTo(id);

        fleet.bus.cut("server");
        fleet.restartAgent("n1");
        engine.end(id, 1);
        fleet.run(30);
        assertThat(engine.containers().get(0).state()).isEqualTo(io.knit.api.spi.runtime.ContainerState.RUNNING);
        assertThat(file(engine, "/run/secrets/db")).isEqualTo("hush-1");
    }

    @Test
    @DisplayName(
            "what was in memory and is gone with a new start of the host is written again before its container is started")
    void memory() throws IOException {
        FakeEngine engine = agent("n1");
        keep();
        fleet.deploy(web().build());
        Path memory = fleet.dataDir("n1").resolve("memory").resolve(only().id());
        try (Stream<Path> files = Files.list(memory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(memory);
        engine.end(engine.containers().get(0).id(), 1);
        fleet.run(30);
        assertThat(file(engine, "/run/secrets/db")).isEqualTo("hush-1");
    }

    @Test
    @DisplayName(
            "a secret that a server without its key could not give is asked for anew once it has the key, and the instance waits no longer")
    void keyBack() throws IOException {
        FakeEngine engine = agent("n1");
        keep();
        Path key = server.resolve("secrets.key");
        Path away = server.resolve("away");
        Files.move(key, away);
        fleet.restartServer();
        fleet.deploy(web().build());
        fleet.run(130);
        assertThat(only().reason()).contains("secret/db (version 1) was not given by the server");
        Files.move(away, key);
        fleet.restartServer();
        fleet.run(10);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(file(engine, "/run/secrets/db")).isEqualTo("hush-1");
    }

    @Test
    @DisplayName("nothing is left of it when its instance is gone")
    void gone() throws IOException {
        agent("n1");
        keep();
        fleet.deploy(web().build());
        fleet.server.undeploy("web");
        fleet.run(30);
        assertThat(all(fleet.dataDir("n1"))).doesNotContain("hush", "db.example", "secret-1-db");
    }

    @Test
    @DisplayName("a file with what templates have in braces is taken as it is, and another is rendered")
    void files() throws IOException {
        FakeEngine engine = agent("n1");
        set(Kind.FILE, "app.conf", "{{ node.id }}");
        DeploymentSpec spec = io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                java.util.Map.of(
                        "templates",
                        List.of(
                                TemplateSpec.from("app.conf", "/etc/a"),
                                TemplateSpec.from("app.conf", "/etc/b").by(TemplateSpec.Engine.NONE))));
        fleet.deploy(spec);
        assertThat(file(engine, "/etc/a")).isEqualTo("n1");
        assertThat(file(engine, "/etc/b")).isEqualTo("{{ node.id }}");
    }

    @Test
    @DisplayName("a template's lines are environment where it says so, between what is read and what env says")
    void templateAsEnvironment() throws IOException {
        FakeEngine engine = agent("n1");
        keep();
        DeploymentSpec spec = io.knit.core.spec.SpecTable.SPEC.with(
                web().build(),
                java.util.Map.of(
                        "templates",
                        List.of(
                                new TemplateSpec("/etc/a", "A=2\nMODE=test\nURL={{ var('HOST') }}:1").asEnv(),
                                new TemplateSpec("/etc/b", "A=3").rights("0700", 0, 0))));
        fleet.deploy(spec);
        assertThat(container(engine).env())
                .containsEntry("A", "2")
                .containsEntry("URL", "db.example:1")
                .containsEntry("B", "x=y")
                .containsEntry("MODE", "prod");
        assertThat(file(engine, "/etc/a")).startsWith("A=2");
        assertThat(file(engine, "/etc/b")).isEqualTo("A=3");
    }

    @Test
    @DisplayName("a template that is to be environment and is none is refused by its line")
    void templateThatIsNone() {
        agent("n1");
        set(Kind.SECRET, "word", "hush");
        fleet.deploy(io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                java.util.Map.of(
                        "templates", List.of(new TemplateSpec("/etc/a", "A=1\n{{ secret('word') }}").asEnv()))));
        assertThat(fleet.view("web").toString())
                .contains("line 2 of the template for /etc/a is no KEY=value; mend it")
                .doesNotContain("hush", "say by env");
    }

    @Test
    @DisplayName("a template that does not fit its secret says where and why, and nothing of the secret")
    void templateThatDoesNotFit() {
        agent("n1");
        set(Kind.SECRET, "hosts", "db1:hush");
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .template("/etc/a", "a\n{% for it in secret('hosts') %}{{ it }}{% endfor %}")
                .build());
        assertThat(fleet.view("web").toString())
                .contains("the template for /etc/a can't be rendered", "line 2: for goes through lists and maps")
                .doesNotContain("hush", "db1");
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .template("/etc/a", "{{ env[secret('hosts')] }}")
                .build());
        assertThat(fleet.view("web").toString())
                .contains("line 1: what is worked out in [ ] does not exist")
                .doesNotContain("hush", "db1");
        assertThat(fleet.events.toString()).contains("can't be rendered").doesNotContain("hush", "db1");
    }

    @Test
    @DisplayName("a file that is no environment is refused by its line, and nothing of it is told")
    void noEnvironment() {
        agent("n1");
        set(Kind.SECRET, "lines", "A=1\nhush hush\n");
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .envFrom(EnvSource.ofSecret("lines", ""))
                .build());
        assertThat(fleet.view("web").toString())
                .contains("line 2 of the secret lines is no KEY=value")
                .doesNotContain("hush");
    }

    @Test
    @DisplayName(
            "a file whose lines can't be environment is refused when it is deployed; what a secret or a node's label may become is not")
    void linesBeforehand() {
        agent("n1");
        set(Kind.FILE, "lines", "A=1\r\n# so\n\nexport B=2\n");
        set(Kind.FILE, "template", "A={{ env.HOST | default('x') }}\nB\n");
        assertThat(refusal(DeploymentSpec.builder("web", "web:1")
                        .envFrom(EnvSource.ofFile("lines", ""))
                        .build()))
                .isEqualTo(
                        "line 4 of the file lines is no KEY=value; mend it, or say by env which variable the whole is");
        assertThat(refusal(environment(TemplateSpec.from("template", "/etc/a"))))
                .isEqualTo("line 2 of the file template is no KEY=value; mend it, or leave out env");
        assertThat(refusal(environment(TemplateSpec.from("lines", "/etc/a").by(TemplateSpec.Engine.NONE))))
                .isEqualTo("line 4 of the file lines is no KEY=value; mend it, or leave out env");
        fleet.deploy(DeploymentSpec.builder("whole", "web:1")
                .envFrom(EnvSource.ofFile("lines", "ALL"))
                .build());
        fleet.deploy(
                environment(new TemplateSpec("/etc/a", "{{ var('PAIR') | default('A=1') }}\n{{ node.labels.line }}")
                        .missing(TemplateSpec.OnMissing.DEFAULT)));
        assertThat(fleet.view("whole").instances()).isNotEmpty();
        assertThat(fleet.view("web").instances()).isNotEmpty();
    }

    private static DeploymentSpec environment(TemplateSpec template) {
        return DeploymentSpec.builder("web", "web:1").template(template.asEnv()).build();
    }

    private String refusal(DeploymentSpec spec) {
        Future<?> deployed = fleet.server.deploy(spec);
        fleet.run(1);
        return String.valueOf(Futures.failure(deployed).getMessage());
    }

    private static DeploymentSpecBuilder reading(TemplateSpec.OnMissing missing) {
        return DeploymentSpec.builder("web", "web:1")
                .template(new TemplateSpec("/etc/a", "{{ var('HOST') | default('none') }}:{{ secret('db') }}")
                        .missing(missing));
    }

    @Test
    @DisplayName("what is not set is empty where the template says so; when it is set it goes out as a revision")
    void withoutIt() throws IOException {
        FakeEngine engine = agent("n1");
        fleet.deploy(reading(TemplateSpec.OnMissing.DEFAULT).build());
        assertThat(file(engine, "/etc/a")).isEqualTo("none:");
        set(Kind.VAR, "HOST", "db.example");
        fleet.run(60);
        assertThat(only().revision()).isEqualTo(2);
        assertThat(file(engine, "/etc/a")).isEqualTo("db.example:");
        set(Kind.SECRET, "db", "hush");
        fleet.run(60);
        assertThat(only().revision()).isEqualTo(3);
        assertThat(file(engine, "/etc/a")).isEqualTo("db.example:hush");
        set(Kind.VAR, "OTHER", "x");
        fleet.run(60);
        assertThat(only().revision()).isEqualTo(3);
    }

    @Test
    @DisplayName(
            "another field that reads it still needs it, and so does another template; the file that is a template is always needed")
    void neededAnyway() {
        agent("n1");
        TemplateSpec without = new TemplateSpec("/etc/a", "{{ var('HOST') }}").missing(TemplateSpec.OnMissing.DEFAULT);
        assertThat(refusal(DeploymentSpec.builder("web", "web:1")
                        .template(without)
                        .envFrom(EnvSource.ofVar("HOST"))
                        .build()))
                .contains("there is no variable \"HOST\"");
        assertThat(refusal(DeploymentSpec.builder("web", "web:1")
                        .template(without)
                        .template(new TemplateSpec("/etc/b", "{{ var('HOST') }}"))
                        .build()))
                .contains("there is no variable \"HOST\"");
        assertThat(refusal(DeploymentSpec.builder("web", "web:1")
                        .template(TemplateSpec.from("app.conf", "/etc/a").missing(TemplateSpec.OnMissing.WAIT))
                        .build()))
                .contains("there is no file \"app.conf\"");
    }

    @Test
    @DisplayName(
            "the first instances wait until all is set, and say for what; what runs is not replaced by what would wait")
    void waits() throws IOException {
        FakeEngine engine = agent("n1");
        fleet.deploy(reading(TemplateSpec.OnMissing.WAIT).build());
        assertThat(only().reason())
                .contains("waits until the secret db, which a template reads, is set (knit secret set db)");
        set(Kind.SECRET, "db", "hush");
        fleet.run(30);
        assertThat(only().reason()).contains("waits until the variable HOST");
        assertThat(engine.containers()).isEmpty();
        fleet.restartServer();
        fleet.run(30);
        assertThat(only().reason()).contains("waits until the variable HOST");
        set(Kind.VAR, "HOST", "db.example");
        fleet.run(30);
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(file(engine, "/etc/a")).isEqualTo("db.example:hush");
        String id = engine.containers().get(0).id();

        assertThat(refusal(reading(TemplateSpec.OnMissing.WAIT)
                        .template(new TemplateSpec("/etc/b", "{{ var('MORE') }}").missing(TemplateSpec.OnMissing.WAIT))
                        .build()))
                .contains("there is no variable \"MORE\", and on_missing: wait is for the first start");
        assertThat(engine.containers().get(0).id()).isEqualTo(id);
    }

    @Test
    @DisplayName("a job waits, too, and runs once")
    void jobWaits() {
        FakeEngine engine = agent("n1");
        fleet.deploy(reading(TemplateSpec.OnMissing.WAIT)
                .mode(Mode.JOB)
                .command(List.of("sh", "exit 0"))
                .build());
        set(Kind.VAR, "HOST", "db.example");
        set(Kind.SECRET, "db", "hush");
        fleet.run(60);
        assertThat(engine.history().starts(labels -> true)).isEqualTo(1);
        set(Kind.SECRET, "db", "hush-2");
        fleet.run(60);
        assertThat(engine.history().starts(labels -> true)).isEqualTo(1);
    }
}
