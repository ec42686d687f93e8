package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.EnvSource;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.model.PullPolicy;
import io.knit.testkit.runtime.FakeEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a tag means is found out once for a revision, and all its instances run that, whenever and wherever they are made. */
class PinnedImagesTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");
    private static final String OLD = "sha256:" + "a".repeat(64);
    private static final String NEW = "sha256:" + "b".repeat(64);
    private static final String TAG = "shop:1";

    private final SmallFleet fleet = new SmallFleet();
    private final List<FakeEngine> engines = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();

    private FakeEngine agent(String id) {
        FakeEngine engine = fleet.agent(
                id,
                "eu",
                own -> new RewrittenTransport(
                        own, (subject, question) -> {}, (subject, answer) -> answered.add(answer.toString())));
        engine.registryTags(TAG, OLD);
        engines.add(engine);
        return engine;
    }

    private void moveTag() {
        engines.forEach(engine -> engine.registryTags(TAG, NEW));
    }

    private static DeploymentSpecBuilder shop(PullPolicy pull) {
        return DeploymentSpec.builder("shop", TAG).pull(pull);
    }

    /** What all containers of all nodes are made of. */
    private List<String> images() {
        return engines.stream()
                .flatMap(engine -> engine.containers().stream()
                        .map(container -> engine.spec(container.id()).image()))
                .toList();
    }

    private void act(Command command) {
        fleet.server.run(command, ANN);
        fleet.run(30);
    }

    @Test
    @DisplayName("two nodes have different images by one name: both run that of the first to say so")
    void differentHere() {
        agent("n1").withImage(TAG, OLD);
        agent("n2").withImage(TAG, NEW);
        fleet.deploy(shop(PullPolicy.MISSING).replicas(4).build());
        fleet.run(10);
        assertThat(images()).hasSize(4).containsOnly(images().get(0));
        assertThat(images().get(0)).startsWith(TAG + "@sha256:");
        assertThat(fleet.instances("shop")).allMatch(it -> it.state() == InstanceState.RUNNING);
    }

    @Test
    @DisplayName("a tag that moves changes nothing for replicas that come later, or are made again")
    void later() {
        agent("n1");
        agent("n2");
        fleet.deploy(shop(PullPolicy.ALWAYS).build());
        moveTag();
        act(new Command.Scale("shop", 3, null));
        assertThat(images()).hasSize(3).containsOnly(TAG + "@" + OLD);
        act(new Command.Restart("shop", false, null));
        assertThat(images()).hasSize(3).containsOnly(TAG + "@" + OLD);
    }

    @Test
    @DisplayName("restart with pull, and another spec, find out what it means now; a rollback runs what ran")
    void anew() {
        agent("n1");
        agent("n2");
        fleet.deploy(shop(PullPolicy.ALWAYS).replicas(2).build());
        moveTag();
        act(new Command.Restart("shop", true, null));
        assertThat(images()).hasSize(2).containsOnly(TAG + "@" + NEW);
        act(new Command.Rollback("shop", 1, null));
        assertThat(images()).hasSize(2).containsOnly(TAG + "@" + OLD);
        fleet.deploy(shop(PullPolicy.ALWAYS).replicas(2).env("A", "1").build());
        fleet.run(30);
        assertThat(images()).hasSize(2).containsOnly(TAG + "@" + NEW);
    }

    @Test
    @DisplayName("a variable that changes brings no other image")
    void values() {
        agent("n1");
        fleet.server.run(new Command.SetValue(Kind.VAR, "greeting", Content.of("hello")), ANN);
        fleet.deploy(
                shop(PullPolicy.ALWAYS).envFrom(EnvSource.ofVar("greeting")).build());
        moveTag();
        act(new Command.SetValue(Kind.VAR, "greeting", Content.of("good day")));
        assertThat(fleet.view("shop").deployment().revision()).isEqualTo(2);
        assertThat(images()).containsExactly(TAG + "@" + OLD);
    }

    @Test
    @DisplayName(
            "it is known after a restart of the server, and what its store does not know of yet is found out later")
    void restarted() {
        agent("n1");
        fleet.deploy(shop(PullPolicy.MISSING).build());
        fleet.restartServer();
        moveTag();
        agent("n2").registryTags(TAG, NEW);
        act(new Command.Scale("shop", 4, null));
        assertThat(images()).hasSize(4).containsOnly(TAG + "@" + OLD);
    }

    @Test
    @DisplayName("an image that is of no registry is used as it is, and never pulled is never asked about")
    void ofNoRegistry() {
        agent("n1").withImage("own:1", "");
        fleet.deploy(DeploymentSpec.builder("own", "own:1").build());
        fleet.deploy(
                DeploymentSpec.builder("web", "web:1").pull(PullPolicy.NEVER).build());
        assertThat(images()).containsExactlyInAnyOrder("own:1", "web:1");
        assertThat(answered).noneMatch(answer -> answer.contains("\"kind\":\"image\""));
    }

    @Test
    @DisplayName("what the registry has no more by its digest can't be had, and the reason says what to do")
    void forgotten() {
        agent("n1");
        fleet.deploy(shop(PullPolicy.MISSING).build());
        moveTag();
        FakeEngine second = agent("n2").registryTags(TAG, NEW).registryForgets(OLD);
        engines.get(0).kill();
        fleet.bus.cut("n1");
        fleet.run(120);
        assertThat(second.containers()).isEmpty();
        assertThat(fleet.instances("shop"))
                .filteredOn(it -> it.order() == Order.RUN && !"n1".equals(it.node()))
                .isNotEmpty()
                .allMatch(it -> it.reason().contains("knit restart --pull takes what shop:1 is now"));
        act(new Command.Restart("shop", true, null));
        assertThat(second.containers()).hasSize(1);
        assertThat(second.spec(second.containers().get(0).id()).image()).isEqualTo(TAG + "@" + NEW);
    }

    @Test
    @DisplayName("who has nothing to do with an instance is told nothing of its image, and says nothing of it")
    void othersInstances() {
        agent("n1");
        fleet.deploy(shop(PullPolicy.MISSING).build());
        String own = fleet.instances("shop").get(0).id();
        List<String> heard = new ArrayList<>();
        FakeEngine other = fleet.agent(
                "n2",
                "eu",
                transport -> new RewrittenTransport(
                        transport,
                        (subject, question) -> {
                            if (question.path("values").toString().contains("image/")) {
                                ((ObjectNode) question)
                                        .put("digest", NEW)
                                        .putArray("values")
                                        .add("image/" + own + "/0");
                            }
                        },
                        (subject, answer) -> heard.add(answer.toString())));
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .nodeSelector("region", "eu")
                .replicas(4)
                .build());
        assertThat(other.containers()).isNotEmpty();
        assertThat(heard).noneMatch(answer -> answer.contains(OLD));
    }

    @Test
    @DisplayName("a digest that is none is not taken")
    void noDigest() {
        FakeEngine engine = fleet.agent(
                "n1",
                "eu",
                transport -> new RewrittenTransport(
                        transport,
                        (subject, question) -> {
                            if (question.has("digest")) {
                                ((ObjectNode) question).put("digest", "sha256:evil/../@");
                            }
                        },
                        (subject, answer) -> {}));
        fleet.deploy(shop(PullPolicy.MISSING).build());
        assertThat(engine.spec(engine.containers().get(0).id()).image()).isEqualTo(TAG);
        assertThat(fleet.server.revisions("shop").get(0).imageDigest()).isNull();
    }
}
