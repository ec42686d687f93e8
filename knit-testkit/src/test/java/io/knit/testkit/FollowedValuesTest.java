package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.EnvSource;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.SecretMount;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that follow what is kept, while their container runs. */
class FollowedValuesTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final String TEXT = "motto={{ var(\"MOTTO\") }} {{ secret(\"db\") }}";

    private final SmallFleet fleet;
    private final Path server;

    FollowedValuesTest(@TempDir Path server) {
        this.server = server;
        fleet = new SmallFleet(builder -> builder.dataDir(server));
        set(Kind.VAR, "MOTTO", "slow");
        set(Kind.SECRET, "db", "hush-1");
        set(Kind.FILE, "app.conf", "a = 1");
    }

    private void set(Kind kind, String name, String text) {
        fleet.server.run(new Command.SetValue(kind, name, Content.of(text)), ANN);
        fleet.run(3);
    }

    private static DeploymentSpecBuilder web() {
        return DeploymentSpec.builder("web", "web:1");
    }

    private static TemplateSpec motto() {
        return new TemplateSpec("/etc/motto", TEXT).signalling("SIGHUP");
    }

    private Instance only() {
        assertThat(fleet.instances("web")).hasSize(1);
        return fleet.instances("web").get(0);
    }

    private static String container(FakeEngine engine) {
        assertThat(engine.containers()).hasSize(1);
        return engine.containers().get(0).id();
    }

    private String file() throws IOException {
        return file("n1");
    }

    private String named(String file) throws IOException {
        try (Stream<Path> all = Files.walk(fleet.dataDir("n1").resolve("rendered"))) {
            return Files.readString(
                    all.filter(it -> it.endsWith(file)).findFirst().orElseThrow());
        }
    }

    private String file(String node) throws IOException {
        try (Stream<Path> all = Files.walk(fleet.dataDir(node).resolve("rendered"))) {
            return Files.readString(all.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
    }

    private static List<String> told(FakeEngine engine) {
        return engine.history().events().stream()
                .filter(it -> it.kind() == EngineEvent.Kind.SIGNALLED)
                .map(EngineEvent::detail)
                .toList();
    }

    private FakeEngine oldAgent(String id) {
        return fleet.agent(
                id,
                "eu",
                own -> new RewrittenTransport(
                        own,
                        (subject, asked) -> {
                            if (asked.get("features") instanceof ArrayNode features) {
                                for (int i = features.size() - 1; i >= 0; i--) {
                                    if (features.get(i).asText().equals("followed_values")) {
                                        features.remove(i);
                                    }
                                }
                            }
                        },
                        (subject, answer) -> {}));
    }

    @Test
    @DisplayName(
            "another variable is a revision, and in the file of the container that runs, which gets its signal and stays; so is another secret, and the old one is gone")
    void follows() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        String container = container(engine);
        assertThat(file()).isEqualTo("motto=slow hush-1");
        fleet.run(30);

        set(Kind.VAR, "MOTTO", "fast");
        assertThat(file()).isEqualTo("motto=fast hush-1");
        assertThat(told(engine)).containsExactly("SIGHUP");
        assertThat(only().revision()).isEqualTo(2);
        set(Kind.SECRET, "db", "hush-2");
        assertThat(file()).isEqualTo("motto=fast hush-2");
        fleet.run(60);
        assertThat(told(engine)).hasSize(2);
        assertThat(container(engine)).isEqualTo(container);
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(fleet.view("web").deployment().rollout().healthy()).isEqualTo(3);
        assertThat(Files.list(fleet.dataDir("n1").resolve("values"))
                        .map(it -> it.getFileName().toString()))
                .anyMatch(it -> it.contains("secret-2-db"))
                .noneMatch(it -> it.contains("secret-1-db"));

        fleet.restartAgent("n1");
        fleet.run(30);
        fleet.restartServer();
        fleet.run(30);
        assertThat(container(engine)).isEqualTo(container);
        assertThat(told(engine)).hasSize(2);
    }

    @Test
    @DisplayName("what was set while the agent was away is in the file when it is back, and its program is told")
    void whileAway() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        fleet.run(30);
        fleet.bus.cut("n1");
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(file()).isEqualTo("motto=slow hush-1");
        fleet.restartAgent("n1");
        fleet.run(15);
        assertThat(file()).isEqualTo("motto=fast hush-1");
        assertThat(told(engine)).containsExactly("SIGHUP");
    }

    @Test
    @DisplayName("a secret that the server could not give, as its key was missing, is in the file when the key is back")
    void keyBack() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        String container = container(engine);
        fleet.run(30);
        fleet.bus.cut("n1");
        set(Kind.SECRET, "db", "hush-2");
        Path key = server.resolve("secrets.key");
        Path away = server.resolve("away");
        Files.move(key, away);
        fleet.restartServer();
        fleet.bus.heal("n1");
        fleet.run(90);
        assertThat(file()).isEqualTo("motto=slow hush-1");
        assertThat(only().reason()).contains("secret/db (version 2) was not given by the server");

        Files.move(away, key);
        fleet.restartServer();
        fleet.run(90);
        assertThat(file()).isEqualTo("motto=slow hush-2");
        assertThat(only().reason()).isEmpty();
        assertThat(told(engine)).containsExactly("SIGHUP");
        assertThat(container(engine)).isEqualTo(container);
    }

    @Test
    @DisplayName(
            "a secret that the server could not give holds up no file that does not read it, and no start of a container that has it in no file")
    void keyAway() throws IOException {
        set(Kind.SECRET, "other", "hush-other");
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto())
                .template(new TemplateSpec("/etc/plain", "{{ var(\"MOTTO\") }}").signalling("SIGUSR1"))
                .secret(SecretMount.of("other"))
                .build());
        fleet.run(30);
        fleet.bus.cut("n1");
        set(Kind.SECRET, "db", "hush-2");
        set(Kind.VAR, "MOTTO", "fast");
        Files.move(server.resolve("secrets.key"), server.resolve("away"));
        fleet.restartServer();
        fleet.bus.heal("n1");
        fleet.run(90);
        assertThat(named("1-motto")).isEqualTo("motto=slow hush-1");
        assertThat(named("2-plain")).isEqualTo("fast");
        assertThat(told(engine)).containsExactly("SIGUSR1");
        assertThat(only().reason())
                .startsWith("files stay as they were: secret/db (version 2) was not given by the server");

        String container = container(engine);
        engine.end(container, 1);
        fleet.run(30);
        assertThat(engine.containers().get(0).state()).isEqualTo(ContainerState.RUNNING);
        assertThat(container(engine)).isEqualTo(container);
    }

    @Test
    @DisplayName("a file that is the template follows as it is, byte by byte")
    void followsTheFile() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(TemplateSpec.from("app.conf", "/etc/app.conf")
                        .by(TemplateSpec.Engine.NONE)
                        .signalling("SIGHUP"))
                .build());
        String container = container(engine);
        fleet.run(30);
        set(Kind.FILE, "app.conf", "a = {{ 2 }}");
        assertThat(file()).isEqualTo("a = {{ 2 }}");
        assertThat(container(engine)).isEqualTo(container);
        assertThat(told(engine)).containsExactly("SIGHUP");
    }

    @Test
    @DisplayName("what is read in another way too is part of the container, and another one takes its place")
    void alsoEnvironment() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).envFrom(EnvSource.ofVar("MOTTO")).build());
        String container = container(engine);
        fleet.run(30);
        set(Kind.SECRET, "db", "hush-2");
        assertThat(container(engine)).isEqualTo(container);
        set(Kind.VAR, "MOTTO", "fast");
        fleet.run(60);
        assertThat(container(engine)).isNotEqualTo(container);
        assertThat(file()).isEqualTo("motto=fast hush-2");
    }

    @Test
    @DisplayName("of an agent that does not know how, another container takes the place of the one")
    void oldAgent() throws IOException {
        FakeEngine engine = oldAgent("n1");
        fleet.deploy(web().template(motto()).build());
        String container = container(engine);
        fleet.run(30);
        set(Kind.VAR, "MOTTO", "fast");
        fleet.run(60);
        assertThat(container(engine)).isNotEqualTo(container);
        assertThat(file()).isEqualTo("motto=fast hush-1");
    }

    @Test
    @DisplayName("more of the same, later, and the same deployed again leave the container as it is")
    void sameAgain() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        DeploymentSpec spec = web().template(motto()).build();
        fleet.deploy(spec);
        String container = container(engine);
        set(Kind.VAR, "MOTTO", "fast");
        FakeEngine other = fleet.agent("n2", "eu");
        fleet.deploy(web().template(motto()).replicas(2).maxPerNode(1).build());
        fleet.run(30);
        assertThat(file("n2")).isEqualTo("motto=fast hush-1");
        String second = container(other);
        set(Kind.VAR, "MOTTO", "faster");
        fleet.deploy(spec);
        fleet.run(30);
        assertThat(file()).isEqualTo("motto=faster hush-1");
        assertThat(Stream.concat(engine.containers().stream(), other.containers().stream())
                        .map(it -> it.id()))
                .hasSize(1)
                .containsAnyOf(container, second);
    }

    @Test
    @DisplayName("going back goes to the container that was, and to what its files follow now")
    void back() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        set(Kind.VAR, "MOTTO", "fast");
        fleet.run(30);
        int present = only().revision();
        fleet.server.run(new Command.Rollback("web", null, null), ANN);
        fleet.run(30);
        assertThat(only().revision()).as("there is nothing to go back to").isEqualTo(present);

        fleet.deploy(DeploymentSpec.builder("web", "web:2").template(motto()).build());
        fleet.run(60);
        set(Kind.VAR, "MOTTO", "faster");
        fleet.server.run(new Command.Rollback("web", 1, null), ANN);
        fleet.run(60);
        assertThat(engine.spec(container(engine)).image()).startsWith("web:1");
        assertThat(file()).isEqualTo("motto=faster hush-1");
    }

    @Test
    @DisplayName(
            "what runs stays when its deployment comes back to it, by a deploy or a rollback, though a file follows something else since")
    void stillThere() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        DeploymentSpec spec = web().template(motto()).build();
        fleet.deploy(spec);
        String container = container(engine);
        DeploymentSpec other =
                DeploymentSpec.builder("web", "web:2").template(motto()).build();
        // what takes its place has to be healthy for five seconds
        fleet.server.deploy(other);
        fleet.run(1);
        set(Kind.VAR, "MOTTO", "fast");
        fleet.deploy(spec);
        fleet.run(30);
        assertThat(container(engine)).isEqualTo(container);
        assertThat(file()).isEqualTo("motto=fast hush-1");

        int number = only().revision();
        fleet.server.deploy(other);
        fleet.run(1);
        set(Kind.VAR, "MOTTO", "faster");
        fleet.server.run(new Command.Rollback("web", number, null), ANN);
        fleet.run(30);
        assertThat(container(engine)).isEqualTo(container);
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(file()).as("which the healthy revision still reads").isEqualTo("motto=fast hush-1");

        fleet.server.deploy(other);
        fleet.run(1);
        fleet.server.run(new Command.Rollback("web", 1, null), ANN);
        fleet.run(30);
        assertThat(container(engine)).isEqualTo(container);
        assertThat(file()).as("what revision 1 read is not kept").isEqualTo("motto=faster hush-1");
    }

    @Test
    @DisplayName("a content that is still kept comes back by a rollback, in place")
    void backToTheContent() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        fleet.run(10);
        String container = container(engine);
        fleet.deploy(web().template(motto()).replicas(2).maxPerNode(1).build());
        int number = fleet.view("web").deployment().revision();
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(file()).isEqualTo("motto=fast hush-1");
        fleet.server.run(new Command.Rollback("web", number, null), ANN);
        fleet.run(5);
        assertThat(file()).isEqualTo("motto=slow hush-1");
        assertThat(container(engine)).isEqualTo(container);
    }

    @Test
    @DisplayName("who is still to be told when the order is another is told all the same")
    void toldYet() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        TemplateSpec slow = motto().within(Duration.ofMinutes(10));
        fleet.deploy(web().template(slow).build());
        fleet.run(30);
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(told(engine)).isEmpty();
        fleet.deploy(web().template(slow).replicas(2).build());
        fleet.run(601);
        assertThat(told(engine)).containsExactly("SIGHUP");
    }

    @Test
    @DisplayName(
            "the order is another while a container is being told, which the engine does not take: it is told all the same, once")
    void toldMeanwhile() {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        fleet.run(30);
        engine.script()
                .faults(call -> call == EngineCall.EXEC
                        ? new EngineFault(EngineFault.Kind.BUSY, Duration.ofSeconds(10))
                        : EngineFault.NONE);
        set(Kind.VAR, "MOTTO", "fast");
        fleet.deploy(web().template(motto()).replicas(2).build());
        engine.script().faults(call -> EngineFault.NONE);
        fleet.run(30);
        assertThat(told(engine)).containsExactly("SIGHUP");
    }

    @Test
    @DisplayName(
            "what an agent of before left unsaid is said also where the order is another before the next agent has looked at the files")
    void recalledMeanwhile() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        set(Kind.VAR, "OTHER", "one");
        TemplateSpec checked = new TemplateSpec("/etc/other", "{{ var(\"OTHER\") }}")
                .running(List.of("reload"))
                .validatedBy(List.of("app", "-t", "exit 0"));
        DeploymentSpecBuilder web =
                web().template(motto().within(Duration.ofMinutes(10))).template(checked);
        fleet.deploy(web.build());
        fleet.run(30);
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(named("1-motto")).isEqualTo("motto=fast hush-1");
        engine.script().ends(labels -> labels.containsKey(KnitLabels.PART) ? Optional.of(-1) : Optional.empty());
        fleet.bus.cut("n1");
        set(Kind.VAR, "OTHER", "two");
        fleet.restartAgent("n1");
        fleet.run(15);
        assertThat(told(engine)).isEmpty();
        assertThat(engine.containers()).as("one tries the file").hasSize(2);
        engine.script().ends(labels -> Optional.empty());
        fleet.deploy(web.replicas(2).build());
        fleet.run(601);
        assertThat(told(engine)).containsExactly("SIGHUP");
        assertThat(named("2-other")).isEqualTo("two");
    }

    @Test
    @DisplayName("many changes one after the other end with the last, whatever was under way")
    void many() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web().template(motto()).build());
        String container = container(engine);
        for (int i = 0; i < 40; i++) {
            fleet.server.run(new Command.SetValue(Kind.VAR, "MOTTO", Content.of("m" + i)), ANN);
            fleet.runMillis(70);
        }
        fleet.run(20);
        assertThat(file()).isEqualTo("motto=m39 hush-1");
        assertThat(container(engine)).isEqualTo(container);
        assertThat(told(engine)).isNotEmpty();
    }

    /** What is checked, or runs, ends with 1 as long as its file says so. */
    private void failsWhile(FakeEngine engine, String part, String content, int code) {
        engine.script().ends(labels -> {
            try {
                return labels.getOrDefault(KnitLabels.PART, "").equals(part) && file().contains(content)
                        ? Optional.of(code)
                        : Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static long starts(FakeEngine engine, String part) {
        return engine.history()
                .starts(labels -> labels.getOrDefault(KnitLabels.PART, "").equals(part));
    }

    private static TemplateSpec checked() {
        return motto().validatedBy(List.of("app", "-t", "exit 0"));
    }

    @Test
    @DisplayName("an instance whose file was refused at its start is tried at once when what it reads is another")
    void mendedStart() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        failsWhile(engine, "validate.1", "slow", 1);
        fleet.deploy(web().template(checked()).build());
        fleet.run(130);
        String instance = only().id();
        assertThat(only().reason()).contains("validate of /etc/motto ended with exit code 1", "tries again in 1 min");
        long before = starts(engine, "validate.1");
        set(Kind.SECRET, "db", "hush-2");
        assertThat(starts(engine, "validate.1"))
                .as("tried by the other content, which is refused, too")
                .isEqualTo(before + 1);
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only().id()).isEqualTo(instance);
        assertThat(file()).isEqualTo("motto=fast hush-2");
    }

    @Test
    @DisplayName("what was set while a file was tried at a start is tried right after it")
    void mendedMeanwhile() {
        FakeEngine engine = fleet.agent("n1", "eu");
        failsWhile(engine, "validate.1", "slow", 1);
        fleet.deploy(web().template(checked()).build());
        fleet.run(130);
        failsWhile(engine, "validate.1", "slow", -1);
        long before = starts(engine, "validate.1");
        fleet.run(65);
        assertThat(starts(engine, "validate.1")).isEqualTo(before + 1);
        assertThat(engine.containers()).hasSize(1);
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(starts(engine, "validate.1")).isEqualTo(before + 1);
        fleet.run(30);
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    @DisplayName("a container that ended by what its file said is started at once with the other, once it has it")
    void mendedContainer() throws IOException {
        FakeEngine engine = fleet.agent("n1", "eu");
        failsWhile(engine, "", "slow", 1);
        fleet.deploy(web().template(motto()).build());
        fleet.run(130);
        String container = container(engine);
        assertThat(only().reason()).contains("starts again in 1 min");
        long before = starts(engine, "");
        set(Kind.VAR, "MOTTO", "fast");
        assertThat(starts(engine, "")).as("not once more with the old one").isEqualTo(before + 1);
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only().failing()).isFalse();
        assertThat(container(engine)).isEqualTo(container);
        assertThat(told(engine)).isEmpty();
    }

    @Test
    @DisplayName("an instance that no node could render is placed at once when what it reads is another")
    void mendedTemplate() throws IOException {
        fleet.agent("n1", "eu");
        fleet.deploy(
                web().template(TemplateSpec.from("app.conf", "/etc/app.conf").signalling("SIGHUP"))
                        .replicas(2)
                        .maxPerNode(1)
                        .build());
        fleet.run(10);
        set(Kind.FILE, "app.conf", "{{ nobody(1) }}");
        FakeEngine other = fleet.agent("n2", "eu");
        fleet.run(130);
        assertThat(fleet.instances("web"))
                .anyMatch(it -> it.reason().contains("n2 could not take it") && it.state() == InstanceState.PENDING);
        assertThat(other.containers()).isEmpty();
        set(Kind.FILE, "app.conf", "a = 2");
        assertThat(file("n2")).isEqualTo("a = 2");
        assertThat(other.containers()).hasSize(1);
    }
}
