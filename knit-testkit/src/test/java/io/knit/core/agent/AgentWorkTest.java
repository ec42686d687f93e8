package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentWorkTest {
    private final AgentRig rig = new AgentRig(1);

    @Test
    @DisplayName("a task brings a container up at once, through every state, made as ordered")
    void deploys() throws IOException {
        rig.joinedAgent();
        rig.queue.runFor(Duration.ofSeconds(1));
        PortBinding port = new PortBinding("10.54.0.15", 8080, 80, Protocol.TCP);
        rig.server.run(
                "web-0-x",
                spec(it -> it.label("tier", "front")
                        .label("knit.cluster", "forged")
                        .env("A", "b")
                        .template("/usr/share/nginx/html/index.html", "<h1>hello</h1>")),
                port);
        Instant told = rig.queue.now();
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.untilState("web-0-x", InstanceState.RUNNING);
        assertThat(Duration.between(told, rig.queue.now())).isLessThan(Duration.ofMillis(500));
        assertThat(rig.server.reported("web-0-x"))
                .extracting(InstanceStatus::state)
                .containsExactly(InstanceState.PREPARING, InstanceState.STARTING, InstanceState.RUNNING);
        ContainerSpec made = rig.engine.spec(rig.onlyContainer());
        assertThat(made.name()).isEqualTo("knit-web-0-x");
        assertThat(made.ports()).containsExactly(port);
        assertThat(made.env()).isEqualTo(Map.of("A", "b"));
        assertThat(made.labels())
                .containsEntry(KnitLabels.CLUSTER, "here")
                .containsEntry(KnitLabels.INSTANCE, "web-0-x")
                .containsEntry(KnitLabels.NODE, "n1")
                .containsEntry(KnitLabels.DEPLOYMENT, "web")
                .containsEntry(KnitLabels.REVISION, "1")
                .containsEntry(KnitLabels.SLOT, "0")
                .containsEntry("tier", "front")
                .containsKey(KnitLabels.SPEC_HASH);
        assertThat(made.mounts())
                .containsExactly(
                        new FileMount("/data/agent/rendered/web-0-x/1-index.html", "/usr/share/nginx/html/index.html"));
        Path file = rig.dataDir.resolve("rendered/web-0-x/1-index.html");
        assertThat(Files.readString(file)).isEqualTo("<h1>hello</h1>");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.dataDir.resolve("rendered"))))
                .isEqualTo("rwx------");
    }

    @Test
    @DisplayName("a stop leaves no container and no file; a dropped one neither; each is reported stopped once")
    void stops() {
        rig.server.run("a", spec(it -> it.template("/etc/a.conf", "a")));
        rig.server.run("b", spec(it -> it.template("/etc/b.conf", "b")));
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.states()).hasSize(2);
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
        rig.untilState("a", InstanceState.STOPPED);
        rig.server.drop("b");
        rig.untilState("b", InstanceState.STOPPED);
        rig.settle();
        rig.server.drop("a");
        rig.settle();
        assertThat(rig.states()).isEmpty();
        assertThat(rig.renderedFiles()).isEmpty();
        for (String instance : List.of("a", "b")) {
            assertThat(rig.server.reported(instance))
                    .filteredOn(status -> status.state() == InstanceState.STOPPED)
                    .hasSize(1);
        }
    }

    @Test
    @DisplayName("without any task the heartbeat brings it out; doubled, late and foreign tasks do no harm")
    void tasks() {
        AgentCore agent = rig.joinedAgent();
        rig.server.run("a", spec());
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.settle();
        int heartbeats = rig.server.heartbeats().size();
        rig.until(() -> rig.server.heartbeats().size() > heartbeats);
        int pages = rig.server.pagesServed;
        long dropped = agent.droppedMessages();
        for (int i = 0; i < 3; i++) {
            rig.server.tell("n1", Subjects.DEPLOY_BROADCAST);
        }
        rig.server.run("b", spec());
        rig.server.tell("another", Subjects.DEPLOY_BROADCAST);
        rig.queue.runFor(Duration.ofMillis(100));
        assertThat(rig.server.pagesServed).isEqualTo(pages);
        rig.server.tellBytes(Subjects.DEPLOY_BROADCAST, "{".getBytes(StandardCharsets.UTF_8));
        rig.server.tellBytes(Subjects.DEPLOY_BROADCAST, "{\"v\":1}".getBytes(StandardCharsets.UTF_8));
        rig.server.tellBytes(
                Subjects.DEPLOY_BROADCAST,
                "{\"v\":1,\"cluster\":\"foreign\",\"revision\":99,\"deployment\":\"x\",\"placements\":[]}"
                        .getBytes(StandardCharsets.UTF_8));
        rig.settle();
        assertThat(agent.droppedMessages() - dropped).isEqualTo(3);
        assertThat(rig.states()).hasSize(2);
        assertThat(rig.engine.history().count(EngineEvent.Kind.STARTED, labels -> true))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("a set of many pages that changes while it is read is read anew")
    void pages() {
        for (int i = 0; i < 9; i++) {
            rig.server.run("i" + i, spec());
        }
        AgentCore agent = rig.startAgent();
        agent.start();
        rig.until(() -> rig.server.pagesServed == 2);
        rig.server.run("late", spec());
        rig.settle();
        assertThat(rig.states()).hasSize(10).containsOnly(ContainerState.RUNNING);
        assertThat(agent.droppedMessages()).isZero();
    }

    @Test
    @DisplayName("a set of many pages is read once though the cluster commits without pause")
    void pagesOfManyRevisions() {
        for (int i = 0; i < 9; i++) {
            rig.server.run("i" + i, spec());
        }
        rig.server.commitsPerPage = 3;
        AgentCore agent = rig.joinedAgent();
        rig.settle();
        assertThat(rig.server.pagesServed).isEqualTo(5);
        assertThat(agent.droppedMessages()).isZero();
        assertThat(rig.states()).hasSize(9).containsOnly(ContainerState.RUNNING);
    }

    @Test
    @DisplayName(
            "containers of another node of the cluster on the same engine are left alone; those of before, without a node, are not")
    void anotherNodesContainers() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.runByHand(ofCluster("x", Map.of(KnitLabels.NODE, "n2")));
        rig.runByHand(ofCluster("a", Map.of(KnitLabels.NODE, "n2")));
        rig.runByHand(ofCluster("y", Map.of()));
        rig.runByHand(ofCluster("z", Map.of(KnitLabels.NODE, AgentRig.NODE)));
        rig.settle();
        assertThat(rig.engine.containers())
                .extracting(ContainerSnapshot::name)
                .containsExactly("knit-a", "theirs-x", "theirs-a");
        assertThat(rig.states()).containsOnly(ContainerState.RUNNING);
        rig.server.drop("a");
        rig.settle();
        assertThat(rig.engine.containers()).extracting(ContainerSnapshot::name).containsExactly("theirs-x", "theirs-a");
    }

    @Test
    @DisplayName(
            "what people run of an image that docker commit made of an instance's container is neither taken for it nor removed")
    void committed() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        String real = rig.onlyContainer();
        rig.runByHand(new ContainerSpec(
                "dbg",
                "db:1",
                List.of(),
                List.of(),
                Map.of(),
                rig.engine.containers().get(0).labels(),
                List.of(),
                List.of()));
        rig.settle();
        assertThat(rig.engine.containers()).extracting(ContainerSnapshot::name).containsExactly("knit-a", "dbg");
        rig.engine.end(real, 1);
        rig.settle();
        assertThat(rig.states()).containsOnly(ContainerState.RUNNING);
        assertThat(rig.engine.containers()).extracting(ContainerSnapshot::id).contains(real);
        rig.server.stop("a");
        rig.settle();
        assertThat(rig.engine.containers()).extracting(ContainerSnapshot::name).containsExactly("dbg");
    }

    private static ContainerSpec ofCluster(String instance, Map<String, String> more) {
        Map<String, String> labels = new HashMap<>(more);
        labels.put(KnitLabels.CLUSTER, "here");
        labels.put(KnitLabels.INSTANCE, instance);
        return new ContainerSpec(
                "theirs-" + instance, "db:1", List.of(), List.of(), Map.of(), labels, List.of(), List.of());
    }

    @Test
    @DisplayName(
            "after its restart an agent adopts what runs, restarts nothing, and reports all anew, also without a server")
    void adopts() {
        rig.server.run("a", spec());
        rig.server.run("b", spec());
        rig.joinedAgent();
        rig.settle();
        rig.killAgent();
        int reports = rig.server.reported().size();
        rig.server.silent = true;
        rig.startAgent().start();
        rig.settle();
        assertThat(rig.engine.history().count(EngineEvent.Kind.STARTED, labels -> true))
                .isEqualTo(2);
        rig.engine.end(rig.engine.containers().get(0).id(), 1);
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING, ContainerState.RUNNING);
        rig.server.silent = false;
        rig.until(() -> rig.server.reported().size() >= reports + 2);
    }

    @Test
    @DisplayName("foreign containers are never touched, unassigned ones of the cluster go")
    void foreign() {
        rig.engine.runForeign(new ContainerSpec(
                "theirs",
                "db:1",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(KnitLabels.INSTANCE, "a"),
                List.of(),
                List.of()));
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        rig.killAgent();
        rig.server.drop("a");
        rig.joinedAgent();
        rig.settle();
        assertThat(rig.engine.containers()).hasSize(1);
        assertThat(rig.engine.containers().get(0).name()).isEqualTo("theirs");
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../agent.json", "../../etc"})
    @DisplayName(
            "a container of the cluster whose label is no instance's id is left alone, and no file is deleted for it")
    void forgedLabel(String label) throws IOException {
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.settle();
        rig.runByHand(new ContainerSpec(
                "forged",
                "db:1",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(KnitLabels.CLUSTER, "here", KnitLabels.INSTANCE, label),
                List.of(),
                List.of()));
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING, ContainerState.RUNNING);
        assertThat(rig.renderedFiles()).containsExactly("a", "a/1-a");
        assertThat(rig.dataDir.resolve("agent.json")).exists();
    }

    @Test
    @DisplayName("a container that ends is started again after 1 s, 2 s, 4 s …, and the status says how it ended")
    void restarts() {
        rig.server.run("a", spec(it -> it.args(List.of("exit 3"))));
        rig.joinedAgent();
        rig.untilReason("a", "ended with exit code 3; starts again in 1 s (restart 1)");
        rig.untilReason("a", "started again after exit code 3");
        rig.untilReason("a", "starts again in 4 s (restart 3)");
        assertThat(rig.server.reported("a").stream().map(InstanceStatus::state))
                .containsSubsequence(InstanceState.STARTING, InstanceState.RUNNING)
                .doesNotContain(InstanceState.FAILED);
        List<InstanceStatus> all = rig.server.reported("a");
        assertThat(all.get(all.size() - 1).restarts()).isEqualTo(2);
        rig.queue.runFor(Duration.ofMinutes(30));
        long starts = rig.engine.history().starts(labels -> true);
        rig.queue.runFor(Duration.ofMinutes(10));
        assertThat(rig.engine.history().starts(labels -> true) - starts).isBetween(9L, 11L);
        assertThat(rig.engine.containers()).hasSize(1);
    }

    @Test
    @DisplayName("a container that somebody removed is made again")
    void removedByHand() {
        rig.server.run("a", spec());
        rig.joinedAgent();
        rig.settle();
        String first = rig.onlyContainer();
        rig.removeByHand(first);
        rig.untilReason("a", "started again after its container was gone");
        assertThat(rig.onlyContainer()).isNotEqualTo(first);
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
    }

    @Test
    @DisplayName("the note on a present image that serves stands with the running instance")
    void imageNote() {
        rig.engine.withImage("nginx:latest").setRegistryUp(false);
        rig.server.run("a", spec(it -> it.pull(PullPolicy.ALWAYS)));
        rig.engine.withImage("nginx:1");
        rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        rig.untilReason("a", "the present image serves");
    }

    @Test
    @DisplayName(
            "an image not to be had, a port held, a template that fails: rejected with the words, nothing left, not tried again")
    void rejected() {
        rig.renderer = (template, model, values) -> {
            if (template.content().contains("broken")) {
                throw new IllegalStateException("line 1: no such name");
            }
            return template.content();
        };
        rig.engine.withImage("nginx:1").setRegistryUp(false);
        rig.engine.runForeign(new ContainerSpec(
                "theirs",
                "db:1",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(new PortBinding("127.0.0.1", 80, 80, Protocol.TCP)),
                List.of()));
        rig.server.run("image", spec(it -> it.pull(PullPolicy.ALWAYS).template("/a", "a")));
        rig.server.run("port", spec(it -> it.template("/a", "a")), new PortBinding("127.0.0.1", 80, 80, Protocol.TCP));
        rig.server.run("template", spec(it -> it.template("/ok", "ok").template("/etc/x", "broken")));
        rig.server.run(
                "missing",
                io.knit.api.model.DeploymentSpec.builder("web", "gone:1").build());
        rig.joinedAgent();
        rig.untilState("port", InstanceState.REJECTED);
        rig.untilState("template", InstanceState.REJECTED);
        rig.untilState("missing", InstanceState.REJECTED);
        rig.untilState("image", InstanceState.RUNNING);
        assertThat(reason("port")).contains("held by theirs");
        assertThat(reason("template")).contains("/etc/x").contains("line 1: no such name");
        assertThat(reason("missing")).contains("gone:1");
        rig.settle();
        assertThat(rig.engine.containers()).extracting(c -> c.name()).containsOnly("theirs", "knit-image");
        assertThat(rig.renderedFiles()).containsExactly("image", "image/1-a");
        assertThat(rig.engine.history().count(EngineEvent.Kind.CREATED, labels -> true))
                .isEqualTo(3);
        for (String instance : List.of("port", "template", "missing")) {
            rig.server.stop(instance);
            rig.untilState(instance, InstanceState.STOPPED);
        }
    }

    private String reason(String instance) {
        InstanceStatus status = rig.server.newest(instance);
        return status == null ? "" : status.reason();
    }

    @Test
    @DisplayName("an order to stop does not wait for an image that does not come")
    void stopWhilePulling() {
        rig.joinedAgent();
        rig.engine.script().slow(Duration.ofSeconds(4));
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.untilState("a", InstanceState.PREPARING);
        rig.server.stop("a");
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
        Instant told = rig.queue.now();
        rig.untilState("a", InstanceState.STOPPED);
        assertThat(Duration.between(told, rig.queue.now())).isLessThan(Duration.ofSeconds(1));
        rig.settle();
        assertThat(rig.engine.history().events()).isEmpty();
        assertThat(rig.renderedFiles()).isEmpty();
    }

    @Test
    @DisplayName("files of instances that went while the agent was down are deleted at its start")
    void leftovers() throws IOException {
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.settle();
        rig.killAgent();
        Files.createDirectories(rig.dataDir.resolve("rendered/old"));
        Files.writeString(rig.dataDir.resolve("rendered/old/1-x"), "x");
        rig.joinedAgent();
        assertThat(rig.renderedFiles()).containsExactly("a", "a/1-a");
    }

    @Test
    @DisplayName(
            "what was acknowledged before the first answer of a server is said again after it: it may have been taken for lost meanwhile")
    void saidAgainAfterTheFirstAnswer() {
        rig.server.session = 1L;
        rig.server.run("web-0-x", AgentRig.spec());
        rig.joinedAgent();
        rig.until(() -> isRunning("web-0-x"));
        rig.killAgent();
        // a restarted agent goes on with the set that it has, and its reports come through while heartbeats' answers do
        // not
        rig.server.answers = (bytes, answer) -> {
            if (bytes > 0) {
                answer.run();
            }
        };
        int before = rig.server.reported("web-0-x").size();
        rig.startAgent().start();
        rig.until(() -> rig.server.reported("web-0-x").size() > before);
        rig.queue.runFor(Duration.ofSeconds(10));
        int acknowledged = rig.server.reported("web-0-x").size();
        rig.server.session = 2L;
        rig.server.answers = (bytes, answer) -> answer.run();

        rig.until(() -> rig.server.reported("web-0-x").size() > acknowledged);
        assertThat(isRunning("web-0-x")).isTrue();
    }

    private boolean isRunning(String instance) {
        InstanceStatus status = rig.server.newest(instance);
        return status != null && status.state() == InstanceState.RUNNING;
    }
}
