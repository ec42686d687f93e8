package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.PullPolicy;
import io.knit.core.wire.Prepare;
import io.knit.core.wire.Prepared;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AgentPrepareTest {
    private final AgentRig rig = new AgentRig(1);

    private static Prepare order(String image, int attempt) {
        return new Prepare("web-0-x", attempt, image, PullPolicy.MISSING, null);
    }

    private void told() {
        rig.server.tell("n1", Subjects.deployTo("n1"));
        rig.queue.runFor(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("what is to be prepared is fetched, said in every heartbeat, and no more once it is not asked for")
    void prepares() {
        rig.joinedAgent();
        rig.server.prepare(order("web:9", 0));
        told();
        assertThat(rig.server.lastHeartbeat().features()).contains("prepare");
        assertThat(rig.server.lastHeartbeat().prepared()).containsExactly(new Prepared("web-0-x", 0, null));
        int before = rig.server.heartbeats().size();
        rig.queue.runFor(Duration.ofSeconds(7));
        assertThat(rig.server.heartbeats().size()).isGreaterThan(before);
        assertThat(rig.server.lastHeartbeat().prepared()).hasSize(1);
        assertThat(rig.engine.containers()).isEmpty();

        rig.server.prepare();
        told();
        assertThat(rig.server.lastHeartbeat().prepared()).isNull();
    }

    @Test
    @DisplayName("why it could not be fetched is said, and another attempt is another order")
    void refuses() {
        rig.joinedAgent();
        rig.engine.setRegistryUp(false);
        rig.server.prepare(order("web:9", 0));
        told();
        assertThat(rig.server.lastHeartbeat().prepared()).singleElement().satisfies(it -> {
            assertThat(it.attempt()).isZero();
            assertThat(it.refusal()).contains("web:9 is not on this node");
        });
        rig.engine.setRegistryUp(true);
        rig.server.prepare(order("web:9", 1));
        told();
        assertThat(rig.server.lastHeartbeat().prepared()).containsExactly(new Prepared("web-0-x", 1, null));
    }

    @Test
    @DisplayName("the images of init containers are fetched too, and one that can't be had is said")
    void parts() {
        rig.joinedAgent();
        rig.server.prepare(new Prepare("web-0-x", 0, "web:9", PullPolicy.MISSING, null, List.of("tool:1", "tool:2")));
        told();
        assertThat(rig.server.lastHeartbeat().prepared()).containsExactly(new Prepared("web-0-x", 0, null));
        assertThat(rig.engine.hasImage("tool:1") && rig.engine.hasImage("tool:2"))
                .isTrue();
        rig.engine.setRegistryUp(false);
        rig.server.prepare(new Prepare("web-0-x", 1, "web:9", PullPolicy.MISSING, null, List.of("tool:3")));
        told();
        assertThat(rig.server.lastHeartbeat().prepared())
                .singleElement()
                .satisfies(it -> assertThat(it.refusal())
                        .contains("of an init container or sidecar: ")
                        .contains("tool:3"));
        rig.server.prepare(new Prepare("web-0-x", 2, "web:9", PullPolicy.MISSING, null, List.of("-h")));
        told();
        assertThat(rig.server.lastHeartbeat().prepared())
                .singleElement()
                .satisfies(it -> assertThat(it.refusal()).contains("the node refuses"));
    }

    @Test
    @DisplayName(
            "each image is fetched for the platform that is said of it, and what is there for another does not serve")
    void platforms() {
        rig.engine.withPlatform("linux", "arm64").withImage("web:9").withImage("tool:1");
        rig.engine.setRegistryUp(false);
        rig.joinedAgent();
        int attempt = 0;
        for (List<String> platforms : List.of(
                List.of("linux/arm/v7", ""), List.of("linux/arm64", "linux/arm/v7"), List.of("", "linux/arm/v7"))) {
            rig.server.prepare(prepare(++attempt, platforms));
            told();
            assertThat(rig.server.lastHeartbeat().prepared())
                    .singleElement()
                    .satisfies(it -> assertThat(it.refusal()).contains(" is not on this node"));
        }
        for (List<String> platforms : List.of(List.of("linux/arm64"), List.of("", "linux/arm64"))) {
            rig.server.prepare(prepare(++attempt, platforms));
            told();
            assertThat(rig.server.lastHeartbeat().prepared()).containsExactly(new Prepared("web-0-x", attempt, null));
        }
        rig.engine.setRegistryUp(true);
        rig.server.prepare(prepare(++attempt, List.of("linux/arm64", "linux/arm/v7")));
        told();
        assertThat(rig.server.lastHeartbeat().prepared()).containsExactly(new Prepared("web-0-x", attempt, null));
    }

    private static Prepare prepare(int attempt, List<String> platforms) {
        return new Prepare("web-0-x", attempt, "web:9", PullPolicy.MISSING, null, List.of("tool:1"), platforms);
    }

    @Test
    @DisplayName("an engine that does not answer is asked again")
    void asksAgain() {
        rig.joinedAgent();
        rig.engine.script().hang(true);
        rig.server.prepare(order("web:9", 0));
        told();
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(rig.server.lastHeartbeat().prepared()).isNull();
        rig.engine.script().hang(false).faults(call -> new EngineFault(EngineFault.Kind.NONE, Duration.ofMillis(10)));
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(rig.server.lastHeartbeat().prepared()).containsExactly(new Prepared("web-0-x", 0, null));
    }

    @Test
    @DisplayName("after its restart an agent makes ready what is asked for")
    void survivesARestart() {
        rig.joinedAgent();
        rig.server.prepare(order("web:9", 0));
        told();
        rig.killAgent();
        rig.joinedAgent();
        rig.queue.runFor(Duration.ofSeconds(8));
        assertThat(rig.server.lastHeartbeat().prepared()).hasSize(1);
    }
}
