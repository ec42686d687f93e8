package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.agent.render.Renderer;
import io.knit.core.template.TemplateEngine;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two nodes and a server, in virtual time: files on the one, of what runs on the other. */
class LiveFilesTest extends TwoNodes {
    private static final String UPSTREAMS = "{% for e in service(\"web\") %}{{ e.address }}:{{ e.port }} {% endfor %}";
    private static final String FIRST = "10.54.0.1:8080 ";
    private static final String SECOND_TOO = "10.54.0.2:8080 ";

    @Override
    Renderer renderer() {
        return new TemplateEngine()::render;
    }

    private static DeploymentSpecBuilder proxy(TemplateSpec... templates) {
        DeploymentSpecBuilder proxy = DeploymentSpec.builder("proxy", "nginx:1")
                .pull(PullPolicy.MISSING)
                .network(new NetworkSpec("", "", List.of(), List.of(), List.of(new NamedNetwork("front", List.of()))))
                .nodeSelector("number", "1");
        Stream.of(templates).forEach(proxy::template);
        return proxy;
    }

    /** The first on the first node. */
    private static DeploymentSpecBuilder spread(int replicas) {
        return web(replicas).prefer(Preference.of(Constraint.equal("number", "1"), 100));
    }

    private static TemplateSpec upstreams() {
        return new TemplateSpec("/etc/upstreams", UPSTREAMS);
    }

    /** What the containers of the first node see of the proxy's only file. */
    private String file() {
        try (Stream<Path> all = Files.walk(disks.getPath("/hosts/n1/rendered"))) {
            Path file = all.filter(Files::isRegularFile).findFirst().orElseThrow();
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object inode() {
        try (Stream<Path> all = Files.walk(disks.getPath("/hosts/n1/rendered"))) {
            return Files.getAttribute(
                    all.filter(Files::isRegularFile).findFirst().orElseThrow(), "unix:ino");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> told(EngineEvent.Kind kind) {
        return first.engine.history().events().stream()
                .filter(it -> it.kind() == kind)
                .map(EngineEvent::detail)
                .toList();
    }

    private String container() {
        return first.engine.containers().stream()
                .filter(it -> it.name().startsWith("knit-proxy"))
                .map(ContainerSnapshot::id)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName(
            "an instance comes and goes: the very file has it within a second, its container gets the signal, and is the same")
    void follows() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")));
        assertThat(file()).isEqualTo(FIRST);
        Object before = inode();
        String container = container();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();

        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO));
        until(() -> told(EngineEvent.Kind.SIGNALLED).equals(List.of("SIGHUP")), SECOND);
        second.endAll();
        until(() -> file().equals(FIRST), Duration.ofSeconds(3));
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 2, SECOND);
        until(() -> file().equals(FIRST + SECOND_TOO));
        assertThat(inode()).isEqualTo(before);
        assertThat(container()).isEqualTo(container);
        assertThat(knit().deployment("proxy").orElseThrow().deployment().revision())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("a Go template follows as others do")
    void followsGo() {
        deploy("web", spread(1));
        TemplateSpec go = new TemplateSpec(
                        "/etc/upstreams", "{{ range service \"web\" }}{{ .address }}:{{ .port }} {{ end }}")
                .by(TemplateSpec.Engine.GO);
        deploy("proxy", proxy(go.signalling("SIGHUP")));
        assertThat(file()).isEqualTo(FIRST);

        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO));
        until(() -> told(EngineEvent.Kind.SIGNALLED).equals(List.of("SIGHUP")), SECOND);
    }

    @Test
    @DisplayName("who is on the same network of the same node is led to the container itself, by its own port")
    void direct() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().unannounced()).network(NetworkSpec.DEFAULT));
        String address = first.engine.containers().stream()
                .filter(it -> it.name().startsWith("knit-web"))
                .map(ContainerSnapshot::address)
                .findFirst()
                .orElseThrow();
        assertThat(file()).isEqualTo(address + ":80 ");
        deploy("web", spread(2));
        until(() -> file().equals(address + ":80 " + SECOND_TOO));
    }

    @Test
    @DisplayName(
            "a command is run instead, after a chance part of the splay, once for all that changed meanwhile; or nothing is")
    void commands() {
        deploy("web", spread(1));
        deploy(
                "proxy",
                proxy(
                        upstreams().running(List.of("nginx", "-s", "reload")).within(Duration.ofMinutes(10)),
                        new TemplateSpec("/etc/looks-itself", UPSTREAMS).unannounced()));
        queue.runFor(Duration.ofMinutes(1));
        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO));
        second.endAll();
        until(() -> file().equals(FIRST));
        until(() -> file().equals(FIRST + SECOND_TOO));
        until(() -> !told(EngineEvent.Kind.EXECUTED).isEmpty(), Duration.ofMinutes(11));
        queue.runFor(Duration.ofMinutes(11));
        assertThat(told(EngineEvent.Kind.EXECUTED)).containsExactly("nginx -s reload");
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
    }

    @Test
    @DisplayName(
            "the server is away, and the agent was started again meanwhile: the file holds, and is made anew with what is known when it is back")
    void agentAway() {
        deploy("web", spread(2));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")));
        until(() -> file().equals(FIRST + SECOND_TOO));
        queue.runFor(Duration.ofMinutes(1));
        int before = told(EngineEvent.Kind.SIGNALLED).size();
        killServer();
        first.kill();
        first.start();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(file()).isEqualTo(FIRST + SECOND_TOO);
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(before);

        first.kill();
        startServer();
        second.kill();
        until(() -> knit().snapshot().nodes().stream()
                .anyMatch(node -> node.id().equals("n2") && node.state().name().equals("DOWN")));
        first.start();
        until(() -> file().equals(FIRST));
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == before + 1, Duration.ofSeconds(15));
    }

    @Test
    @DisplayName("the agent has lost what it knew of names, and the server is away: no file is emptied for that")
    void namesLost() throws IOException {
        deploy("web", spread(2));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")));
        until(() -> file().equals(FIRST + SECOND_TOO));
        queue.runFor(Duration.ofMinutes(1));
        int before = told(EngineEvent.Kind.SIGNALLED).size();
        killServer();
        first.kill();
        Files.delete(disks.getPath("/hosts/n1/names.json"));
        first.start();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(file()).isEqualTo(FIRST + SECOND_TOO);
        startServer();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(file()).isEqualTo(FIRST + SECOND_TOO);
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(before);
    }

    @Test
    @DisplayName(
            "one whose program has just begun is not sent a signal that would end it: first it does its work, or ten seconds pass")
    void justBegun() {
        first.engine
                .script()
                .checks(labels -> labels.getOrDefault("knit.deployment", "").equals("proxy")
                        ? FakeCheck.FAILS
                        : FakeCheck.PASSES);
        knit().deploy(proxy(upstreams().signalling("SIGHUP"))
                .health(HealthSpec.of(List.of("check")).timed(SECOND, SECOND, 3, Duration.ofMinutes(5)))
                .build());
        until(() -> first.engine.containers().stream().anyMatch(it -> it.state() == ContainerState.RUNNING));
        deploy("web", spread(1));
        until(() -> file().equals(FIRST), Duration.ofSeconds(8));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 1, Duration.ofSeconds(11));
        Duration began = began(EngineEvent.Kind.STARTED);
        assertThat(began(EngineEvent.Kind.SIGNALLED).minus(began)).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
    }

    private Duration began(EngineEvent.Kind kind) {
        return first.engine.history().events().stream()
                .filter(it -> it.kind() == kind && it.name().startsWith("knit-proxy"))
                .map(it -> Duration.between(Instant.EPOCH, it.at()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("what can't be made again stays as it was, and the container runs on")
    void faulty() {
        deploy("web", spread(1));
        deploy(
                "proxy",
                proxy(new TemplateSpec(
                                "/etc/upstreams",
                                "{% set all = service(\"web\") %}{{ all[0].address }} {{ 1 / (2 - all | length) }}")
                        .signalling("SIGHUP")));
        String made = file();
        assertThat(made).startsWith("10.54.0.1 ");
        String container = container();
        deploy("web", spread(2));
        queue.runFor(Duration.ofMinutes(1));
        assertThat(file()).isEqualTo(made);
        assertThat(container()).isEqualTo(container);
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        second.endAll();
    }

    @Test
    @DisplayName("the engine does not answer when a container is to be told: it is told when it does")
    void toldLater() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")));
        queue.runFor(Duration.ofMinutes(1));
        first.engine
                .script()
                .faults(call -> call == EngineCall.EXEC
                        ? new EngineFault(EngineFault.Kind.BUSY, Duration.ZERO)
                        : EngineFault.NONE);
        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO), Duration.ofMinutes(1));
        queue.runFor(Duration.ofSeconds(2));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        first.engine.script().faults(call -> EngineFault.NONE);
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 1, Duration.ofSeconds(15));
    }
}
