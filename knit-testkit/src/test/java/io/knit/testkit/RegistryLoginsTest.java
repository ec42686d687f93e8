package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.RegistryAuth;
import io.knit.testkit.runtime.FakeEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As whom nodes pull is kept by the server, and asked for when they do. */
class RegistryLoginsTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final String HOST = "registry.example:5000";

    private final List<String> asked = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();
    private final SmallFleet fleet;

    RegistryLoginsTest(@TempDir Path server) {
        fleet = new SmallFleet(builder -> builder.dataDir(server));
    }

    private FakeEngine agent(String id) {
        return fleet.agent(
                id,
                "eu",
                own -> new RewrittenTransport(
                        own,
                        (subject, question) -> asked.add(question.toString()),
                        (subject, answer) -> answered.add(answer.toString())));
    }

    private void login(String host, String userAndPassword) {
        fleet.server.run(new Command.SetValue(Kind.REGISTRY, host, Content.of(userAndPassword)), ANN);
        fleet.run(1);
    }

    private static DeploymentSpecBuilder web() {
        return DeploymentSpec.builder("web", HOST + "/team/web:1");
    }

    private Instance only() {
        assertThat(fleet.instances("web")).hasSize(1);
        return fleet.instances("web").get(0);
    }

    private static String all(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    @Test
    @DisplayName("a node logs in as the server says, and the password is on no wire, disk, event or answer")
    void pulls() throws IOException {
        FakeEngine engine = agent("n1");
        engine.demandLogin(new RegistryAuth("ci", "hush-1"));
        login(HOST, "ci:hush-1");
        fleet.deploy(web().build());
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(String.join("\n", answered))
                .contains("\"kind\":\"registry\"")
                .doesNotContain("hush-1", "Y2k6aHVzaC0x");
        assertThat(all(fleet.dataDir("n1"))).doesNotContain("hush", "Y2k6aHVzaC0x");
        assertThat(fleet.events.toString()).doesNotContain("hush");
        Value told = fleet.server.value(Kind.REGISTRY, HOST, ANN);
        assertThat(told.content()).as("the user's name alone").isEqualTo(Content.of("ci"));
        assertThat(fleet.server.values(Kind.REGISTRY, ANN)).containsExactly(told);
    }

    @Test
    @DisplayName("a password that was changed serves the next try, without a word to the deployment")
    void rotated() {
        FakeEngine engine = agent("n1");
        engine.demandLogin(new RegistryAuth("ci", "hush-2"));
        login(HOST, "ci:hush-1");
        fleet.deploy(web().build());
        assertThat(only().reason()).contains("refused the credentials").doesNotContain("hush");
        login(HOST, "ci:hush-2");
        fleet.run(60);
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        assertThat(only().revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("without one it is tried as nobody; one that was removed is used no more")
    void removed() {
        FakeEngine engine = agent("n1");
        fleet.deploy(web().build());
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        login(HOST, "ci:hush-1");
        engine.demandLogin(new RegistryAuth("ci", "hush-1"));
        fleet.server.run(new Command.RemoveValue(Kind.REGISTRY, HOST), ANN);
        fleet.deploy(DeploymentSpec.builder("other", HOST + "/team/other:1").build());
        assertThat(fleet.instances("other").get(0).state()).isNotEqualTo(InstanceState.RUNNING);
        assertThat(fleet.instances("other").get(0).reason()).contains("refused the credentials");
    }

    @Test
    @DisplayName("a node is given what its own images need, whatever it asks for")
    void nobodyElse() {
        FakeEngine engine = fleet.agent(
                "n1",
                "eu",
                own -> new RewrittenTransport(
                        own,
                        (subject, question) -> {
                            if (question.path("values").toString().contains("registry/")) {
                                question.putArray("values")
                                        .add("registry/docker.io/0")
                                        .add("registry/other.example/0")
                                        .add("secret/db/1");
                            }
                        },
                        (subject, answer) -> answered.add(answer.toString())));
        login("other.example", "ci:hush-1");
        login("docker.io", "hub:hush-2");
        fleet.server.run(new Command.SetValue(Kind.SECRET, "db", Content.of("hush-3")), ANN);
        fleet.deploy(web().build());
        assertThat(only().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(String.join("\n", answered)).contains("\"refused\":{},\"v\":1,\"values\":[]");
        assertThat(engine.containers()).hasSize(1);
        fleet.deploy(DeploymentSpec.builder("hub", "library/redis:7").build());
        assertThat(String.join("\n", answered))
                .contains("\"name\":\"docker.io\"")
                .doesNotContain("other.example\"");
    }

    @Test
    @DisplayName("while the server does not answer, what it said last holds, and without that the reason says so")
    void away() {
        FakeEngine engine = agent("n1");
        engine.demandLogin(new RegistryAuth("ci", "hush-1"));
        login(HOST, "ci:hush-1");
        fleet.deploy(web().build());
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
        fleet.bus.cut("server");
        engine.prune(engine.containers().get(0).id());
        fleet.run(120);
        assertThat(engine.containers()).as("by what was said last").hasSize(1);

        fleet.restartAgent("n1");
        engine.prune(engine.containers().get(0).id());
        fleet.run(120);
        assertThat(engine.containers())
                .as("what was said is nowhere but in memory")
                .isEmpty();
        fleet.bus.heal("server");
        fleet.run(60);
        assertThat(fleet.events.toString()).contains("it did not answer");
        assertThat(engine.containers()).hasSize(1);
    }

    @Test
    @DisplayName("what the spec says goes first")
    void ofTheSpec() {
        FakeEngine engine = agent("n1");
        engine.demandLogin(new RegistryAuth("own", "of the spec"));
        login(HOST, "ci:hush-1");
        fleet.deploy(web().registryAuth("own", "of the spec").build());
        assertThat(only().state()).as(only().reason()).isEqualTo(InstanceState.RUNNING);
    }
}
