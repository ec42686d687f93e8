package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import io.knit.core.spec.SpecTable;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code update.order: auto} is where there are volumes: nothing is written by two where one writes. */
class VolumeOrderTest {
    private static final VolumeSpec OWN = VolumeSpec.named("data", "/data");
    private static final VolumeSpec SHARED = VolumeSpec.shared("app", "data", "/data");
    private static final VolumeSpec READ = new VolumeSpec("data", "", "/data", true, VolumeSpec.LOCAL, Map.of());
    private static final VolumeSpec SHARE =
            new VolumeSpec("data", "", "/data", false, VolumeSpec.LOCAL, Map.of("type", "nfs", "device", ":/x"));
    private static final VolumeSpec FOLDER = new VolumeSpec("", "/srv", "/data", false, VolumeSpec.LOCAL, Map.of());

    private int most;
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, this::count);

    private void count() {
        most = (int) Math.max(
                most,
                cluster.instances("db").stream()
                        .filter(it -> it.slot() == 0 && it.node() != null && it.isLive())
                        .count());
    }

    private static Arguments row(String name, VolumeSpec volume, int replicas, UpdateOrder order, boolean startsFirst) {
        return Arguments.of(name, volume, replicas, order, startsFirst);
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                row("one replica writes to its volume", OWN, 1, UpdateOrder.AUTO, false),
                row("one replica writes to what it shares", SHARED, 1, UpdateOrder.AUTO, false),
                row("several write to what they share anyway", SHARED, 2, UpdateOrder.AUTO, true),
                row("of several each writes to its own", OWN, 2, UpdateOrder.AUTO, false),
                row("a volume that is only read", READ, 1, UpdateOrder.AUTO, true),
                row("one replica writes to a share", SHARE, 1, UpdateOrder.AUTO, false),
                row("several write to a share anyway", SHARE, 2, UpdateOrder.AUTO, true),
                row("one replica writes to its host", FOLDER, 1, UpdateOrder.AUTO, false),
                row("several write to a host anyway", FOLDER, 2, UpdateOrder.AUTO, true),
                row("who says so has two of them", OWN, 1, UpdateOrder.START_FIRST, true));
    }

    private static Node allowing(String id) {
        Node plain = node(id, Map.of());
        return plain.with(AllowedTest.allowing(able(plain.facts(), SpecTable.features()), "bind:/srv:rw"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void auto(String name, VolumeSpec volume, int replicas, UpdateOrder order, boolean startsFirst) {
        updates(startsFirst, it -> it.volume(volume).replicas(replicas).update(order(order)));
    }

    @ParameterizedTest(name = "{0}, by a sidecar")
    @MethodSource("rows")
    void ofASidecar(String name, VolumeSpec volume, int replicas, UpdateOrder order, boolean startsFirst) {
        updates(
                startsFirst,
                it -> it.sidecar(SidecarSpec.of("log", "ship:1").with(volume))
                        .replicas(replicas)
                        .update(order(order)));
    }

    private void updates(boolean startsFirst, UnaryOperator<DeploymentSpecBuilder> with) {
        cluster.join(allowing("n1"));
        for (int image = 1; image <= 2; image++) {
            cluster.run(new Command.Deploy(
                    with.apply(DeploymentSpec.builder("db", "db:" + image)).build(), null));
            cluster.settle();
        }
        assertThat(cluster.instances("db")).extracting(Instance::revision).containsOnly(2);
        assertThat(most).isEqualTo(startsFirst ? 2 : 1);
    }

    private static Update order(UpdateOrder order) {
        Update it = Update.DEFAULT;
        return new Update(
                it.maxParallel(),
                order,
                it.minHealthy(),
                it.healthyDeadline(),
                it.progressDeadline(),
                it.canary(),
                it.autoPromote(),
                it.onFailure(),
                it.maxFailures());
    }
}
