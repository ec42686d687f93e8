package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.volume.MoveSteps;
import io.knit.core.server.volume.VolumeViews;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots that move with their volumes, as the state has them; the copies are made elsewhere. */
class MoveTest {
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node joins(String id, String... more) {
        Node plain = node(id, Map.of());
        List<String> features =
                Stream.concat(SpecTable.features().stream(), Stream.of(more)).toList();
        return plain.with(able(plain.facts(), features));
    }

    @BeforeEach
    void join() {
        List.of("n1", "n2")
                .forEach(id -> cluster.join(joins(id, Features.VOLUME_REMOVAL, Features.VOLUME_MOVE, Features.ECHO)));
    }

    private static DeploymentSpecBuilder db(int image) {
        return DeploymentSpec.builder("db", "db:" + image).volume(VolumeSpec.named("data", "/data"));
    }

    private void deploy(DeploymentSpec spec) {
        cluster.run(new Command.Deploy(spec, null));
        cluster.settle();
    }

    private Instance one() {
        return cluster.instances("db").stream()
                .filter(Instance::isLive)
                .findFirst()
                .orElseThrow();
    }

    private @Nullable SlotVolume volume(String node) {
        return cluster.state().volumes().get(SlotVolume.prefix("db", "0", "data") + node);
    }

    private SlotVolume known(String node) {
        return Objects.requireNonNull(volume(node));
    }

    private SlotMove move() {
        return Objects.requireNonNull(cluster.state().move("db", "0"));
    }

    private void next() {
        cluster.put(MoveSteps.next(cluster.state(), move(), cluster.now()));
        cluster.settle();
    }

    private void refused(String slot, String to, String words) {
        Object before = cluster.state().volumes();
        assertThatThrownBy(() -> cluster.run(new Command.MoveSlot("db", slot, to)))
                .hasMessageContaining(words)
                .hasMessageEndingWith("Nothing was changed");
        assertThat(cluster.state().volumes()).isEqualTo(before);
    }

    /** Deploys and moves; gives the node on which it was. */
    private String begin() {
        deploy(db(1).build());
        String from = Objects.requireNonNull(one().node());
        cluster.run(new Command.MoveSlot("db", "0", other(from)));
        cluster.settle();
        return from;
    }

    private static String other(String node) {
        return node.equals("n1") ? "n2" : "n1";
    }

    @Test
    @DisplayName("its instance stops, none is placed while it is copied, and in one commit it is where the copy is")
    void moves() {
        String from = begin();
        String to = other(from);
        assertThat(one().node()).isNull();
        assertThat(one().reason())
                .isEqualTo("its volumes are moved from " + from + " to " + to + ": what runs of it stops first");
        assertThat(volume(to)).isNull();

        next();
        assertThat(move().copying()).isTrue();
        assertThat(one().reason()).endsWith(": they are copied");
        assertThat(known(to).isInForce()).isTrue();
        assertThat(cluster.state().pins(db(1).build()).of(one()))
                .as("what is coming holds nothing")
                .matches(pin -> pin.node().equals(from));
        assertThat(MoveSteps.next(cluster.state(), move(), cluster.now())).isEmpty();

        cluster.put(MoveSteps.copied(cluster.state(), move(), cluster.now()));
        cluster.settle();
        assertThat(one().node()).isEqualTo(to);
        assertThat(known(from).movedTo()).isEqualTo(to);
        assertThat(known(to).isInForce()).isTrue();
        assertThat(cluster.state().moves()).isEmpty();
        assertThat(VolumeViews.user(cluster.state(), known(from))).isEmpty();
        cluster.run(new Command.RemoveVolume("db", "0", "data", from));
        assertThat(known(from).removing()).isNotNull();
        assertThat(pinned()).isEqualTo(to);

        cluster.put(List.of(new Change.RemoveVolume(known(from).key())));
        cluster.run(new Command.MoveSlot("db", "0", from));
        cluster.settle();
        next();
        assertThat(pinned()).as("whichever of the two comes first by name").isEqualTo(to);
        cluster.put(MoveSteps.copied(cluster.state(), move(), cluster.now()));
        cluster.settle();
        assertThat(one().node()).isEqualTo(from);
    }

    private String pinned() {
        return Objects.requireNonNull(cluster.state().pins(db(1).build()).of(one()))
                .node();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("what it depends on, sick or gone, is not waited for, be it copied or back where it was")
    void dependsOnNobody(boolean copied) {
        cluster.run(new Command.Deploy(DeploymentSpec.builder("log", "log:1").build(), null));
        deploy(db(1).dependsOn("log").build());
        cluster.run(new Command.Undeploy("log", null));
        cluster.settle();
        String from = Objects.requireNonNull(one().node());
        cluster.run(new Command.MoveSlot("db", "0", other(from)));
        cluster.settle();
        next();
        assertThat(one().node()).isNull();
        cluster.put(
                copied
                        ? MoveSteps.copied(cluster.state(), move(), cluster.now())
                        : MoveSteps.failed(cluster.state(), move(), "no such volume", true, cluster.now()));
        cluster.settle();
        assertThat(one().isHealthy()).as(one().reason()).isTrue();
        assertThat(one().node()).isEqualTo(copied ? other(from) : from);
    }

    @Test
    @DisplayName("while a container of the slot is left nothing is copied")
    void stillStopping() {
        deploy(db(1).build());
        Instance before = one();
        cluster.slow.add(before.id());
        cluster.run(new Command.MoveSlot("db", "0", other(Objects.requireNonNull(before.node()))));
        cluster.settle();
        assertThat(Objects.requireNonNull(cluster.state().instance(before.id())).order())
                .isEqualTo(Order.STOP);
        assertThat(MoveSteps.next(cluster.state(), move(), cluster.now())).isEmpty();
        assertThat(MoveSteps.copied(cluster.state(), move(), cluster.now())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"NONE, false", "NONE, true", "UNHEALTHY, true"})
    @DisplayName(
            "one that has failed is stopped, too, and counts until nothing of it is there: its container has the volumes")
    void hasFailed(Health health, boolean failing) {
        deploy(db(1).restart(RestartSpec.ONCE).build());
        Instance old = one();
        cluster.slow.add(old.id());
        Observed said = new Observed(
                InstanceState.FAILED,
                "it ended",
                1,
                failing,
                old.statusSeq() + 1,
                cluster.now(),
                health,
                java.time.Instant.EPOCH);
        cluster.put(List.of(new Change.PutObserved(old.id(), said)));
        cluster.settle();
        cluster.run(new Command.MoveSlot("db", "0", other(Objects.requireNonNull(old.node()))));
        cluster.settle();
        assertThat(Objects.requireNonNull(cluster.state().instance(old.id())).order())
                .isEqualTo(Order.STOP);
        assertThat(MoveSteps.next(cluster.state(), move(), cluster.now())).isEmpty();
        assertThat(move().copying()).isFalse();

        cluster.slow.clear();
        cluster.put(List.of(new Change.RemoveInstance(old.id())));
        cluster.settle();
        next();
        assertThat(move().copying()).isTrue();
        cluster.put(MoveSteps.copied(cluster.state(), move(), cluster.now()));
        cluster.settle();
        assertThat(one().node()).isEqualTo(other(Objects.requireNonNull(old.node())));
    }

    @Test
    @DisplayName(
            "a copy that breaks off is made anew twice; with the third, or a hopeless one, the slot starts where it was, and what came goes")
    void failures() {
        String from = begin();
        next();
        for (int i = 1; i <= 2; i++) {
            cluster.put(MoveSteps.failed(cluster.state(), move(), "cut off", false, cluster.now()));
            assertThat(move().failures()).isEqualTo(i);
        }
        assertThat(one().reason()).endsWith("they are copied, after 2 that broke off");
        cluster.put(MoveSteps.failed(cluster.state(), move(), "cut off", false, cluster.now()));
        assertBack(from);

        String hopeless = Objects.requireNonNull(one().node());
        cluster.put(List.of(new Change.RemoveVolume(known(other(from)).key())));
        cluster.run(new Command.MoveSlot("db", "0", other(hopeless)));
        cluster.settle();
        next();
        cluster.put(MoveSteps.failed(cluster.state(), move(), "no such volume", true, cluster.now()));
        assertBack(from);
    }

    private void assertBack(String from) {
        cluster.settle();
        assertThat(cluster.state().moves()).isEmpty();
        assertThat(one().node()).isEqualTo(from);
        assertThat(known(from).isInForce()).isTrue();
        assertThat(known(other(from)).removing()).isNotNull();
    }

    @Test
    @DisplayName(
            "a cancel, a node that is down and an undeploy end it where it was; one that is not there can't be cancelled")
    void back() {
        String from = begin();
        next();
        cluster.run(new Command.CancelMove("db", "0"));
        assertBack(from);
        assertThatThrownBy(() -> cluster.run(new Command.CancelMove("db", "0")))
                .hasMessageContaining("no move of slot 0 of db is under way");

        cluster.put(List.of(new Change.RemoveVolume(known(other(from)).key())));
        cluster.run(new Command.MoveSlot("db", "0", other(from)));
        cluster.settle();
        next();
        cluster.silence(other(from));
        next();
        assertBack(from);

        cluster.judge(other(from), NodeState.READY);
        cluster.put(List.of(new Change.RemoveVolume(known(other(from)).key())));
        cluster.run(new Command.MoveSlot("db", "0", other(from)));
        cluster.settle();
        cluster.run(new Command.Undeploy("db"));
        next();
        assertThat(cluster.state().moves()).isEmpty();
        assertThat(known(from).isInForce()).isTrue();
    }

    @Test
    @DisplayName("what comes late of a move that is over, or of another one, changes nothing")
    void late() {
        String from = begin();
        next();
        SlotMove old = move();
        cluster.run(new Command.CancelMove("db", "0"));
        cluster.settle();
        cluster.put(List.of(new Change.RemoveVolume(known(other(from)).key())));
        cluster.pass(java.time.Duration.ofSeconds(1));
        assertThat(MoveSteps.copied(cluster.state(), old, cluster.now())).isEmpty();
        cluster.run(new Command.MoveSlot("db", "0", other(from)));
        cluster.settle();
        next();
        assertThat(MoveSteps.copied(cluster.state(), old, cluster.now())).isEmpty();
        assertThat(MoveSteps.failed(cluster.state(), old, "cut off", true, cluster.now()))
                .isEmpty();
    }

    @Test
    @DisplayName("what would be in vain is refused in words before anything stops")
    void refusals() {
        deploy(db(1).build());
        String from = Objects.requireNonNull(one().node());
        String to = other(from);
        refused("0", from, "it is there: its volumes are on " + from);
        refused("0", "n9", "there is no node n9");
        refused("7", to, "no volume holds that slot to a node");
        cluster.run(new Command.SetAvailability(to, NodeWish.Availability.PAUSED));
        refused("0", to, "paused");
        cluster.run(new Command.SetAvailability(to, NodeWish.Availability.ACTIVE));
        cluster.silence(to);
        refused("0", to, "node " + to + " is down since");
        cluster.judge(to, NodeState.READY);
        cluster.join(joins(to, Features.VOLUME_REMOVAL, Features.VOLUME_FILES, Features.ECHO));
        refused("0", to, "the agent on " + to + " is of a release that knows nothing of moves; upgrade it");
        cluster.join(joins(to, Features.VOLUME_REMOVAL, Features.VOLUME_MOVE, Features.ECHO));
        SlotVolume there = new SlotVolume("db", "0", "data", to, cluster.now(), null, from);
        cluster.put(List.of(new Change.PutVolume(there)));
        refused("0", to, to + " has a volume \"data\" of that slot already; remove it first: knit volume rm db 0 data");
        cluster.put(List.of(new Change.PutVolume(there.removing(cluster.now()))));
        refused("0", to, "which is to go; wait until it is gone");
        cluster.put(List.of(new Change.RemoveVolume(there.key())));
        cluster.put(
                List.of(new Change.PutVolume(new SlotVolume("db", "0", "old", from, cluster.now(), cluster.now()))));
        refused("0", to, "its volume \"old\" on " + from + " is to go");
        cluster.put(List.of(new Change.RemoveVolume(SlotVolume.prefix("db", "0", "old") + from)));
        cluster.run(new Command.MoveSlot("db", "0", to));
        refused("0", to, "it moves from " + from + " to " + to + " already");
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("db", "0", "data", from)))
                .hasMessageContaining("is part of a move from " + from + " to " + to);
        cluster.run(new Command.CancelMove("db", "0"));
        cluster.settle();
        cluster.slow.add(one().id());
        cluster.run(new Command.Undeploy("db"));
        refused("0", to, "db is being undeployed");
    }

    @Test
    @DisplayName("while a rollout replaces what runs nothing moves; the first revision's replaces nothing")
    void rollout() {
        cluster.run(new Command.Deploy(db(1).build(), null));
        cluster.settle();
        String to = other(Objects.requireNonNull(one().node()));
        cluster.run(new Command.Deploy(db(2).build(), null));
        refused("0", to, "a rollout of db is under way");
    }

    @Test
    @DisplayName("slots of a deployment with one on each node, and what no engine keeps on its disk, do not move")
    void kinds() {
        deploy(db(1).volume(new VolumeSpec("share", "", "/share", false, "local", Map.of("type", "nfs")))
                .build());
        refused("0", other(Objects.requireNonNull(one().node())), "kept elsewhere than on the engine's disk");
        cluster.run(new Command.Undeploy("db"));
        cluster.settle();
        deploy(db(1).mode(Mode.GLOBAL).build());
        refused("n1", "n2", "only the slots of a deployment whose mode is replicated move");
        cluster.run(new Command.Undeploy("db"));
        cluster.settle();
        deploy(db(1).build());
        assertThat(cluster.state().volumesOf("db")).anyMatch(it -> it.slot().equals("n1"));
        refused("n1", "n2", "the slots of a replicated deployment are numbers");
        refused("99999999999", "n2", "the slots of a replicated deployment are numbers");
    }

    @Test
    @DisplayName("a revision that comes meanwhile waits, too, and starts where the volumes are by then")
    void newRevision() {
        String from = begin();
        next();
        cluster.run(new Command.Deploy(db(2).build(), null));
        assertThat(one().node()).isNull();
        assertThat(one().reason()).startsWith("its volumes are moved");
        cluster.put(MoveSteps.copied(cluster.state(), move(), cluster.now()));
        cluster.settle();
        assertThat(one().node()).isEqualTo(other(from));
        assertThat(one().revision()).isEqualTo(2);
    }
}
