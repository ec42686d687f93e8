package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.WaitWords;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slot stays where what is in its volumes is, and who waits for that node says so. */
class PinTest {
    private static final VolumeSpec DATA = VolumeSpec.named("data", "/data");

    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node joins(String id) {
        Node plain = node(id, Map.of());
        return plain.with(io.knit.core.server.Fixtures.able(plain.facts(), SpecTable.features()));
    }

    @BeforeEach
    void join() {
        List.of("n1", "n2", "n3").forEach(id -> cluster.join(joins(id)));
    }

    private void deploy(int image) {
        cluster.run(new Command.Deploy(db(image).volume(DATA).build(), null));
        cluster.settle();
    }

    private static DeploymentSpecBuilder db(int image) {
        return DeploymentSpec.builder("db", "db:" + image);
    }

    private Instance one() {
        return cluster.instances("db").stream()
                .filter(Instance::isLive)
                .findFirst()
                .orElseThrow();
    }

    /** As an older agent says it, which has only begun to stop it. */
    private void failsItsCheck(Instance instance) {
        Observed said = new Observed(
                InstanceState.FAILED,
                "used up",
                1,
                true,
                instance.statusSeq() + 1,
                cluster.now(),
                Health.UNHEALTHY,
                Instant.EPOCH);
        cluster.slow.add(instance.id());
        cluster.put(List.of(new Change.PutObserved(instance.id(), said)));
        cluster.settle();
    }

    private String home() {
        return Objects.requireNonNull(one().node());
    }

    private String reason(Instance instance) {
        return WaitWords.whole(instance, cluster.state().waitsOf("db")).reason();
    }

    @Test
    void itsPlaceIsStoredWithTheInstance() {
        deploy(1);
        assertThat(cluster.state().volumes().values())
                .containsExactly(new SlotVolume(
                        "db", "0", "data", home(), one().decided().since(), null));
    }

    @Test
    void aNewRevisionComesBackToItThoughOthersHaveMoreRoom() {
        deploy(1);
        String home = home();
        for (int i = 0; i < 4; i++) {
            cluster.run(new Command.Deploy(
                    DeploymentSpec.builder("web-" + i, "web:1")
                            .nodeSelector("node.id", home)
                            .build(),
                    null));
        }
        for (int image = 2; image < 5; image++) {
            deploy(image);
            assertThat(one().revision()).isEqualTo(image);
            assertThat(one().node()).isEqualTo(home);
        }
    }

    @Test
    void whileItsNodeIsDownNothingTakesItsPlace() {
        deploy(1);
        Instance before = one();
        cluster.silence(home());
        cluster.settle();

        assertThat(cluster.instances("db")).singleElement().satisfies(lost -> {
            assertThat(lost.id()).isEqualTo(before.id());
            assertThat(lost.state()).isEqualTo(InstanceState.LOST);
            assertThat(lost.reason())
                    .startsWith("its node " + before.node() + " is down since ")
                    .contains("its volumes are there, so that it waits for it");
        });

        cluster.judge(Objects.requireNonNull(before.node()), NodeState.READY);
        cluster.settle();
        assertThat(cluster.instances("db")).singleElement().satisfies(back -> {
            assertThat(back.id()).isEqualTo(before.id());
            assertThat(back.state()).isEqualTo(InstanceState.RUNNING);
        });
    }

    @Test
    void aRevisionThatComesMeanwhileWaitsForTheNodeToo() {
        deploy(1);
        String home = home();
        cluster.silence(home);
        cluster.run(new Command.Deploy(db(2).volume(DATA).build(), null));
        assertThat(cluster.instances("db")).allMatch(it -> it.node() == null || home.equals(it.node()));

        cluster.judge(home, NodeState.READY);
        cluster.settle();
        assertThat(one().revision()).isEqualTo(2);
        assertThat(one().node()).isEqualTo(home);
    }

    @Test
    void onceItIsDeployedAnewItWaitsForItsNodeInWords() {
        deploy(1);
        String home = home();
        cluster.run(new Command.Undeploy("db"));
        cluster.settle();
        assertThat(cluster.state().deployment("db")).isNull();
        cluster.silence(home);
        deploy(1);

        assertThat(one().state()).isEqualTo(InstanceState.PENDING);
        assertThat(reason(one()))
                .contains(home + " has its volume \"data\", and takes no work now (down")
                .contains("since ");
        cluster.judge(home, NodeState.READY);
        cluster.settle();
        assertThat(one().node()).isEqualTo(home);
        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void whatAnOlderAgentSaysHasFailedHoldsAllThatItHasUntilItsContainerIsGone() {
        PortSpec fixed = new PortSpec(null, 8001, 80, Protocol.TCP);
        cluster.run(new Command.Deploy(db(1).volume(DATA).port(fixed).build(), null));
        Instance old = one();
        String home = home();
        failsItsCheck(old);
        assertThat(one().node()).isNull();
        assertThat(one().reason()).isEqualTo("waits until " + old.id() + " of revision 1 has stopped on " + home);
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("web", "web:1")
                        .nodeSelector("node.id", home)
                        .port(fixed)
                        .build(),
                null));
        assertThat(cluster.instances("web")).allMatch(it -> it.node() == null);
        assertThat(cluster.state().fleet().thereOf("db", cluster.state().fleet().account(home)))
                .isEqualTo(1);

        cluster.slow.clear();
        cluster.put(List.of(new Change.RemoveInstance(old.id())));
        cluster.settle();
        assertThat(Stream.of("db", "web").flatMap(name -> cluster.instances(name).stream()))
                .filteredOn(it -> it.state() == InstanceState.RUNNING)
                .singleElement()
                .extracting(Instance::node)
                .isEqualTo(home);
    }

    @Test
    void nobodyWaitsForItOnANodeThatIsDown() {
        cluster.run(new Command.Deploy(db(1).build(), null));
        Instance old = one();
        String home = home();
        failsItsCheck(old);
        assertThat(one().node()).isNull();
        cluster.silence(home);
        cluster.settle();
        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(one().node()).isNotEqualTo(home);
    }

    @Test
    void aDrainedNodeKeepsIt() {
        deploy(1);
        String home = home();
        cluster.run(new Command.SetAvailability(home, Availability.DRAINED));
        cluster.settle();
        assertThat(cluster.instances("db")).allMatch(it -> it.node() == null || home.equals(it.node()));
        assertThat(cluster.instances("db").stream().filter(it -> it.state() == InstanceState.RUNNING))
                .hasSize(1);
    }

    @Test
    void whoForgetsTheNodeLetsItGoElsewhere() {
        deploy(1);
        String home = home();
        cluster.silence(home);
        cluster.settle();
        cluster.run(new Command.ForgetNode(home));
        cluster.settle();
        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(one().node()).isNotEqualTo(home);
        assertThat(cluster.state().volumes().values())
                .extracting(SlotVolume::node)
                .containsExactly(one().node());
    }

    @Test
    void aShareThatIsOnlyReadHoldsNobody() {
        VolumeSpec share =
                new VolumeSpec("films", "", "/films", true, VolumeSpec.LOCAL, Map.of("type", "nfs", "device", ":/x"));
        cluster.run(new Command.Deploy(db(1).volume(share).build(), null));
        cluster.settle();
        String first = home();
        cluster.silence(first);
        cluster.settle();
        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(one().node()).isNotEqualTo(first);
    }

    @Test
    void whoWantsTheVolumeNoMoreMayGoAnywhere() {
        deploy(1);
        String home = home();
        cluster.silence(home);
        cluster.settle();
        cluster.run(new Command.Deploy(db(2).build(), null));
        cluster.settle();
        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(one().node()).isNotEqualTo(home);
    }

    @Test
    void eachSlotHasItsOwn() {
        cluster.run(new Command.Deploy(db(1).volume(DATA).replicas(3).build(), null));
        cluster.settle();
        String first = Objects.requireNonNull(cluster.instances("db").get(0).node());
        cluster.silence(first);
        cluster.settle();
        cluster.run(new Command.Deploy(db(2).volume(DATA).replicas(3).build(), null));
        cluster.settle();
        Map<String, SlotVolume> volumes = cluster.state().volumes();
        assertThat(volumes).hasSize(3);
        cluster.instances("db").stream()
                .filter(it -> it.node() != null)
                .forEach(it -> assertThat(volumes).containsKey("db/" + it.slot() + "/data/" + it.node()));
    }
}
