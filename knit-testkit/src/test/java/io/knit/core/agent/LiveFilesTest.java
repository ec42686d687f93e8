package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** What the containers of the first node see of one of the proxy's files. */
    private String file(String name) {
        try {
            return Files.readString(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path path(String name) {
        try (Stream<Path> all = Files.walk(disks.getPath("/hosts/n1/rendered"))) {
            return all.filter(it -> it.endsWith(name)).findFirst().orElseThrow();
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
    @DisplayName("a plain name is the stack's own, else of who shares a network, else the deployment's of that name")
    void plainNames() {
        deploy("web", web(1).nodeSelector("number", "1"));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")).stack("shop"));
        until(() -> file().equals(FIRST));
        deploy(
                "app-web",
                behind("app-web", 2, new NamedNetwork("front", List.of("web"))).stack("app"));
        until(() -> file().equals("10.54.0.2:8081 "));
        deploy("shop-web", behind("shop-web", 1).stack("shop"));
        until(() -> file().equals("10.54.0.1:8081 "));
        knit().undeploy("shop-web");
        until(() -> file().equals("10.54.0.2:8081 "));
    }

    private static DeploymentSpecBuilder behind(String name, int node, NamedNetwork... networks) {
        return DeploymentSpec.builder(name, "nginx:1")
                .pull(PullPolicy.MISSING)
                .network(new NetworkSpec("", "", List.of(), List.of(), List.of(networks)))
                .nodeSelector("number", "" + node)
                .expose(8081);
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
            "the mesh does not answer an agent that was started again, or says once that the host is on none: files keep the address; another one, and two words that there is none, are in them")
    void meshAway() {
        deploy("web", spread(1));
        deploy(
                "proxy",
                proxy(new TemplateSpec("/etc/bind", "bind {{ node.mesh_ip }}:80{{ service(\"nobody\") | join }}")
                        .signalling("SIGHUP")));
        assertThat(file()).isEqualTo("bind 10.54.0.1:80");
        queue.runFor(Duration.ofMinutes(1));
        first.mesh.setFailing(true);
        restartAgent();
        queue.runFor(Duration.ofMinutes(2));
        first.mesh.setFailing(false);
        first.mesh.setSelf(null);
        queue.runFor(Duration.ofSeconds(29));
        restartAgent();
        queue.runFor(Duration.ofSeconds(28));
        assertThat(file()).isEqualTo("bind 10.54.0.1:80");
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();

        first.mesh.setSelf(first.self("10.54.0.7"));
        until(
                () -> knit().snapshot().nodes().stream().anyMatch(it -> "10.54.0.7".equals(it.meshIp())),
                Duration.ofSeconds(31));
        until(() -> file().equals("bind 10.54.0.7:80"), SECOND);
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 1, SECOND);
        queue.runFor(SECOND);
        first.mesh.setFailing(true);
        restartAgent();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(file()).isEqualTo("bind 10.54.0.7:80");

        first.mesh.setFailing(false);
        first.mesh.setSelf(null);
        until(() -> file().equals("bind :80"), Duration.ofSeconds(61));
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 2, SECOND);
        queue.runFor(SECOND);
        first.mesh.setFailing(true);
        restartAgent();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(2);
    }

    @Test
    @DisplayName("a container that is made while the mesh does not answer has the address that the host had last")
    void madeWhileTheMeshIsAway() {
        queue.runFor(SECOND);
        first.mesh.setFailing(true);
        restartAgent();
        queue.runFor(SECOND);
        deploy("proxy", proxy(new TemplateSpec("/etc/bind", "bind {{ node.mesh_ip }}:80")));
        assertThat(file()).isEqualTo("bind 10.54.0.1:80");
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
    @DisplayName(
            "a file becomes another between the start of a container that had ended and the look that shows that it runs: its program, which had the one before, is told")
    void startedMeanwhile() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")));
        queue.runFor(Duration.ofMinutes(1));
        first.engine
                .script()
                .faults(call -> call == EngineCall.SNAPSHOT && starts() == 2
                        ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(5))
                        : EngineFault.NONE);
        first.engine.end(container(), 1);
        until(() -> starts() == 2);
        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO), Duration.ofSeconds(3));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        first.engine.script().faults(call -> EngineFault.NONE);
        until(() -> told(EngineEvent.Kind.SIGNALLED).equals(List.of("SIGHUP")), Duration.ofSeconds(20));
        queue.runFor(Duration.ofMinutes(1));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(1);
        assertThat(starts()).isEqualTo(2);
    }

    private long starts() {
        return first.engine
                .history()
                .starts(labels -> labels.getOrDefault(KnitLabels.DEPLOYMENT, "").equals("proxy"));
    }

    @Test
    @DisplayName("a container that somebody has paused is told of its file when it goes on")
    void paused() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP")));
        queue.runFor(Duration.ofMinutes(1));
        first.engine.pause(container(), true);
        queue.runFor(Duration.ofSeconds(5));
        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO));
        queue.runFor(Duration.ofMinutes(1));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        first.engine.pause(container(), false);
        until(() -> told(EngineEvent.Kind.SIGNALLED).equals(List.of("SIGHUP")), Duration.ofSeconds(20));
    }

    @Test
    @DisplayName("one that is paused while it waits for its part of the splay is told when it goes on, and not before")
    void pausedMeanwhile() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP").within(Duration.ofMinutes(10))));
        queue.runFor(Duration.ofMinutes(1));
        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO));
        first.engine.pause(container(), true);
        queue.runFor(Duration.ofMinutes(11));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        first.engine.pause(container(), false);
        until(() -> told(EngineEvent.Kind.SIGNALLED).equals(List.of("SIGHUP")), Duration.ofMinutes(11));
    }

    /** Can't be rendered as long as there are two. */
    private static TemplateSpec notForTwo() {
        return new TemplateSpec(
                        "/etc/not-for-two",
                        "{% set all = service(\"web\") %}{{ all[0].address }} {{ 1 / (2 - all | length) }}")
                .signalling("SIGHUP");
    }

    @Test
    @DisplayName(
            "a file that can't be made again holds up no other of its container, and the reason names it alone; the others follow whatever they read")
    void oneFaulty() {
        deploy("web", spread(1));
        TemplateSpec other = new TemplateSpec(
                        "/etc/other", UPSTREAMS + "{% for e in service(\"late\") %}late {{ e.node }}{% endfor %}")
                .running(List.of("reload"));
        TemplateSpec taken =
                new TemplateSpec("/etc/taken", UPSTREAMS).unannounced().validatedBy(List.of("sh", "exit 0"));
        deploy("proxy", proxy(notForTwo(), other, taken));
        String made = file("1-not-for-two");
        deploy("web", spread(2));
        until(() -> file("2-other").equals(FIRST + SECOND_TOO));
        until(() -> told(EngineEvent.Kind.EXECUTED).equals(List.of("reload")), SECOND);
        until(() -> file("3-taken").equals(FIRST + SECOND_TOO), Duration.ofSeconds(5));
        until(() ->
                reason().startsWith("files stay as they were: the template for /etc/not-for-two can't be rendered"));
        assertThat(reason()).doesNotContain("/etc/other", "/etc/taken");
        assertThat(file("1-not-for-two")).isEqualTo(made);

        deploy(
                "late",
                DeploymentSpec.builder("late", "nginx:1")
                        .pull(PullPolicy.MISSING)
                        .port(new PortSpec(PortSpec.MESH, 9090, 80, Protocol.TCP)));
        until(() -> file("2-other").startsWith(FIRST + SECOND_TOO + "late n"), Duration.ofSeconds(5));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        second.endAll();
        until(() -> reason().isEmpty(), Duration.ofSeconds(5));
    }

    @Test
    @DisplayName(
            "a file that the disk does not take holds up no other, whose programs are told; it is written, and told, when the disk takes it")
    void oneNotTaken() throws IOException {
        deploy("web", spread(1));
        TemplateSpec lost = new TemplateSpec("/etc/lost", UPSTREAMS).running(List.of("again"));
        TemplateSpec last = new TemplateSpec("/etc/last", UPSTREAMS).running(List.of("reload"));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP"), lost, last));
        queue.runFor(Duration.ofMinutes(1));
        Path file = path("2-lost");
        Files.delete(file);
        deploy("web", spread(2));
        until(() -> file("3-last").equals(FIRST + SECOND_TOO));
        until(() -> told(EngineEvent.Kind.SIGNALLED).equals(List.of("SIGHUP")), SECOND);
        until(() -> told(EngineEvent.Kind.EXECUTED).equals(List.of("reload")), SECOND);
        until(() -> reason().contains("the agent's data folder can't be written"));
        assertThat(reason()).contains("2-lost").doesNotContain("1-upstreams");

        Files.writeString(file, FIRST);
        until(() -> file("2-lost").equals(FIRST + SECOND_TOO));
        until(() -> told(EngineEvent.Kind.EXECUTED).equals(List.of("reload", "again")), SECOND);
        until(() -> reason().isEmpty());
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(1);
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

    @Test
    @DisplayName(
            "the agent is started again before the container was told: it is told all the same, once, and not if it began anew meanwhile")
    void toldByTheNextAgent() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP").within(Duration.ofMinutes(10))));
        queue.runFor(Duration.ofMinutes(1));
        deploy("web", spread(2));
        until(() -> file().equals(FIRST + SECOND_TOO));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        restartAgent();
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 1, Duration.ofMinutes(11));
        // an agent that dies in the moment of telling tells once more
        queue.runFor(SECOND);
        restartAgent();
        queue.runFor(Duration.ofMinutes(11));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(1);

        deploy("web", spread(1));
        until(() -> file().equals(FIRST));
        String before = container();
        first.kill();
        first.engine.end(before, 1);
        first.start();
        queue.runFor(Duration.ofMinutes(1));
        restartAgent();
        queue.runFor(Duration.ofMinutes(11));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).hasSize(1);
    }

    private void restartAgent() {
        first.kill();
        queue.runFor(SECOND);
        first.start();
    }

    /** The proxy's command takes no file in which this is. */
    private void refuses(String what) {
        first.engine
                .script()
                .ends(labels -> labels.getOrDefault(KnitLabels.PART, "").startsWith("validate.")
                        ? Optional.of(tried().contains(what) ? 1 : 0)
                        : Optional.empty());
    }

    /** What the newest container has in the place of the proxy's file. */
    private String tried() {
        ContainerSnapshot newest = first.engine.containers().stream()
                .filter(it -> it.labels().containsKey(KnitLabels.PART))
                .findFirst()
                .orElseThrow();
        try {
            return Files.readString(
                    disks.getPath(first.engine.spec(newest.id()).mounts().get(0).source()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long trials() {
        return first.engine
                .history()
                .starts(labels -> labels.getOrDefault(KnitLabels.PART, "").startsWith("validate."));
    }

    private String reason() {
        return knit().deployment("proxy").orElseThrow().instances().stream()
                .map(Instance::reason)
                .findFirst()
                .orElse("");
    }

    private static TemplateSpec checked() {
        return upstreams().signalling("SIGHUP").validatedBy(List.of("nginx", "-t", "echo no such host; exit 0"));
    }

    @Test
    @DisplayName(
            "a file that its command refuses stays as it was, the reason says why, and it is tried again until the command takes it; the container is the same and nothing is left of the trials")
    void refused() {
        refuses("10.54.0.2");
        deploy("web", spread(1));
        deploy("proxy", proxy(checked()));
        assertThat(trials()).isEqualTo(1);
        String container = container();

        deploy("web", spread(2));
        until(() -> reason().contains("stay as they were"));
        assertThat(reason())
                .isEqualTo("files stay as they were: validate of /etc/upstreams ended with exit code 1: no such host");
        assertThat(file()).isEqualTo(FIRST);
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        assertThat(trials()).isEqualTo(2);
        queue.runFor(Duration.ofSeconds(150));
        assertThat(trials()).isEqualTo(4);
        assertThat(file()).isEqualTo(FIRST);

        refuses("nothing");
        until(() -> file().equals(FIRST + SECOND_TOO), Duration.ofSeconds(70));
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 1, SECOND);
        until(() -> reason().isEmpty());
        queue.runFor(Duration.ofMinutes(5));
        assertThat(trials()).isEqualTo(5);
        assertThat(container()).isEqualTo(container);
        assertThat(first.engine.containers())
                .filteredOn(it -> it.labels().containsKey(KnitLabels.PART))
                .isEmpty();
        try (Stream<Path> all = Files.walk(disks.getPath("/hosts/n1/rendered"))) {
            assertThat(all.filter(Files::isRegularFile)).hasSize(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("another file of the container, which its own command takes, is not held up by one that is refused")
    void oneOfTwo() {
        first.engine
                .script()
                .ends(labels -> labels.getOrDefault(KnitLabels.PART, "").equals("validate.1") && trials() > 2
                        ? Optional.of(1)
                        : Optional.empty());
        deploy("web", spread(1));
        TemplateSpec other = new TemplateSpec("/etc/other", UPSTREAMS)
                .running(List.of("reload"))
                .validatedBy(List.of("exit 0"));
        deploy("proxy", proxy(checked(), other));
        deploy("web", spread(2));
        until(() -> told(EngineEvent.Kind.EXECUTED).equals(List.of("reload")));
        queue.runFor(Duration.ofSeconds(10));
        assertThat(told(EngineEvent.Kind.SIGNALLED)).isEmpty();
        assertThat(reason()).contains("/etc/upstreams").doesNotContain("/etc/other");
    }

    @Test
    @DisplayName(
            "its instance is to go while a file is tried: nothing is left; and an agent that died meanwhile removes what it left")
    void goesMeanwhile() {
        deploy("web", spread(1));
        deploy("proxy", proxy(upstreams().signalling("SIGHUP").validatedBy(List.of("sh", "exit 0"))));
        hangs();
        deploy("web", spread(2));
        until(() -> trials() == 2);
        String container = container();
        first.kill();
        queue.runFor(SECOND);
        assertThat(parts()).isEqualTo(1);
        first.start();
        until(() -> parts() == 0 || trials() == 3);
        until(() -> trials() == 3);
        assertThat(container()).isEqualTo(container);
        knit().undeploy("proxy");
        until(() -> first.engine.containers().stream().noneMatch(it -> it.name().startsWith("knit-proxy")));
        queue.runFor(Duration.ofMinutes(2));
        assertThat(parts()).isZero();
        assertThat(trials()).isEqualTo(3);
    }

    @Test
    @DisplayName(
            "a start that was refused for where services are is tried at once when they are elsewhere, and not before")
    void refusedStart() {
        first.engine
                .script()
                .ends(labels -> labels.getOrDefault(KnitLabels.PART, "").startsWith("validate.")
                        ? Optional.of(tried().contains("10.54.0.2") ? 0 : 1)
                        : Optional.empty());
        deploy("web", spread(1));
        knit().deploy(proxy(checked()).build());
        queue.runFor(SECOND);
        until(() -> reason().contains("tries again in 1 min"));
        assertThat(trials()).isEqualTo(7);
        // something else is another
        deploy("other", DeploymentSpec.builder("other", "nginx:1").pull(PullPolicy.MISSING));
        queue.runFor(Duration.ofSeconds(5));
        assertThat(trials()).isEqualTo(7);

        deploy("web", spread(2));
        until(() -> knit().deployment("proxy").orElseThrow().healthy() == 1, Duration.ofSeconds(5));
        assertThat(trials()).isEqualTo(8);
        assertThat(file()).isEqualTo(FIRST + SECOND_TOO);
    }

    @Test
    @DisplayName("services that are elsewhere before a start is refused have it tried again right after that")
    void refusedMeanwhile() {
        deploy("web", spread(1));
        first.engine
                .script()
                .ends(labels -> labels.getOrDefault(KnitLabels.PART, "").startsWith("validate.")
                        ? Optional.of(tried().contains("10.54.0.2") ? 0 : trials() < 7 ? 1 : -1)
                        : Optional.empty());
        knit().deploy(proxy(checked()).build());
        queue.runFor(SECOND);
        until(() -> trials() == 7);
        deploy("web", spread(2));
        queue.runFor(Duration.ofSeconds(5));
        assertThat(trials()).isEqualTo(7);
        until(() -> knit().deployment("proxy").orElseThrow().healthy() == 1, Duration.ofSeconds(30));
    }

    @Test
    @DisplayName("the engine makes no containers: the file stays, and it is asked once a minute, not at every look")
    void untried() {
        deploy("web", spread(1));
        deploy("proxy", proxy(checked()));
        List<EngineCall> calls = new ArrayList<>();
        first.engine.script().faults(call -> {
            calls.add(call);
            return call == EngineCall.CREATE ? new EngineFault(EngineFault.Kind.BUSY, Duration.ZERO) : EngineFault.NONE;
        });
        deploy("web", spread(2));
        until(() -> reason().contains("validate of /etc/upstreams can't be run"));
        calls.clear();
        queue.runFor(Duration.ofMinutes(5));
        assertThat(calls.stream().filter(EngineCall.CREATE::equals)).hasSizeBetween(4, 5);
        assertThat(file()).isEqualTo(FIRST);
        first.engine.script().faults(call -> EngineFault.NONE);
        until(() -> file().equals(FIRST + SECOND_TOO), Duration.ofSeconds(70));
    }

    @Test
    @DisplayName("the disk does not take what a command took: the command is asked once a minute, not at every look")
    void takenInVain() throws IOException {
        deploy("web", spread(1));
        deploy("proxy", proxy(checked()));
        queue.runFor(Duration.ofMinutes(1));
        assertThat(trials()).isEqualTo(1);
        Path marker = path("1-upstreams").resolveSibling("untold-0");
        Files.createDirectories(marker.resolve("in the way"));
        deploy("web", spread(2));
        until(() -> reason().contains("the agent's data folder can't be written"));
        queue.runFor(Duration.ofMinutes(5));
        assertThat(trials()).isBetween(6L, 8L);
        assertThat(file("1-upstreams")).isEqualTo(FIRST);
        Files.delete(marker.resolve("in the way"));
        Files.delete(marker);
        until(() -> file("1-upstreams").equals(FIRST + SECOND_TOO), Duration.ofSeconds(70));
        until(() -> told(EngineEvent.Kind.SIGNALLED).size() == 1, SECOND);
    }

    /** What tries files does not end by itself. */
    private void hangs() {
        first.engine.script().ends(labels -> labels.containsKey(KnitLabels.PART) ? Optional.of(-1) : Optional.empty());
    }

    private long parts() {
        return first.engine.containers().stream()
                .filter(it -> it.labels().containsKey(KnitLabels.PART))
                .count();
    }
}
