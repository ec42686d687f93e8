package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.dispatch.AssignmentBook;
import io.knit.core.server.dispatch.SetNumbers;
import io.knit.core.server.state.WaitWords;
import io.knit.core.server.volume.VolumeViews;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is marked, what is refused, and what agents are told of it. */
class VolumeRemovalTest {
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node joins(String id, String... more) {
        Node plain = node(id, Map.of());
        List<String> features =
                Stream.concat(SpecTable.features().stream(), Stream.of(more)).toList();
        return plain.with(able(plain.facts(), features));
    }

    @BeforeEach
    void join() {
        List.of("n1", "n2").forEach(id -> cluster.join(joins(id, Features.VOLUME_REMOVAL, Features.ECHO)));
    }

    private static DeploymentSpecBuilder db(int image) {
        return DeploymentSpec.builder("db", "db:" + image);
    }

    private void deploy() {
        cluster.run(new Command.Deploy(
                db(1).volume(VolumeSpec.named("data", "/data")).build(), null));
        cluster.settle();
    }

    private Instance one() {
        return cluster.instances("db").stream()
                .filter(Instance::isLive)
                .findFirst()
                .orElseThrow();
    }

    private SlotVolume volume() {
        return cluster.state().volumes().values().iterator().next();
    }

    private List<String> told(String node) {
        return new AssignmentBook(new SetNumbers(Instant.EPOCH))
                .of(cluster.state(), node).removals().stream()
                        .map(it -> it.deployment() + "/" + it.slot() + "/" + it.name())
                        .toList();
    }

    @Test
    @DisplayName("an undeploy leaves volumes unless it says that they go; it may say so later, too")
    void undeployed() {
        deploy();
        String home = volume().node();
        cluster.silence(home);
        cluster.run(new Command.Undeploy("db"));
        assertThat(volume().removing()).isNull();
        cluster.run(new Command.Undeploy("db", null, true));
        Instant marked = Objects.requireNonNull(volume().removing());
        assertThat(told(home)).containsExactly("db/0/data");
        assertThat(VolumeViews.of(cluster.state(), volume()).awaits()).startsWith("it goes when its node is back");
        cluster.judge(home, NodeState.READY);
        cluster.settle();
        assertThat(volume().removing()).isEqualTo(marked);
        assertThat(VolumeViews.of(cluster.state(), volume()).awaits())
                .isEqualTo("it goes as soon as " + home + " has removed it");
    }

    @Test
    @DisplayName("one that is placed there again stays; placed elsewhere, it is another, and the marked one goes")
    void placedAgain() {
        deploy();
        String home = Objects.requireNonNull(one().node());
        cluster.run(new Command.Undeploy("db", null, true));
        cluster.settle();
        deploy();
        boolean same = home.equals(one().node());
        SlotVolume first =
                Objects.requireNonNull(cluster.state().volumes().get(SlotVolume.prefix("db", "0", "data") + home));
        assertThat(first.removing() == null).isEqualTo(same);
        assertThat(told(home)).hasSize(same ? 0 : 1);
        assertThat(VolumeViews.user(cluster.state(), first).isPresent()).isEqualTo(same);
    }

    @Test
    @DisplayName("the set's digest is another one for a mark, and the old one when that is taken away")
    void digest() {
        deploy();
        cluster.run(new Command.Undeploy("db"));
        cluster.settle();
        AssignmentBook book = new AssignmentBook(new SetNumbers(Instant.EPOCH));
        String home = volume().node();
        String before = book.digest(cluster.state(), home);
        cluster.run(new Command.RemoveVolume("db", "0", "data"));
        String marked = book.digest(cluster.state(), home);
        assertThat(marked).isNotEqualTo(before);
        assertThat(book.of(cluster.state(), home).digest()).isEqualTo(marked);
        cluster.run(new Command.RemoveVolume("db", "0", "data"));
        assertThat(book.digest(cluster.state(), home)).isEqualTo(marked);
    }

    @Test
    @DisplayName("one that a wanted instance has, or waits for, is not removed, and the refusal names it")
    void refused() {
        deploy();
        String id = one().id();
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("db", "0", "data")))
                .hasMessageContaining("had by " + id + ", which is wanted");
        cluster.silence(volume().node());
        cluster.settle();
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("db", "0", "data")))
                .hasMessageContaining(id);
        assertThat(VolumeViews.of(cluster.state(), volume()).away()).contains("is down since");
        cluster.run(new Command.Undeploy("db"));
        cluster.run(new Command.RemoveVolume("db", "0", "data"));
        assertThat(VolumeViews.of(cluster.state(), volume()).awaits()).startsWith("it goes when its node is back");
        cluster.run(new Command.ForgetNode(volume().node()));
        assertThat(cluster.state().volumes()).isEmpty();
        deploy();
        String home = volume().node();
        String other = home.equals("n1") ? "n2" : "n1";
        cluster.run(new Command.Deploy(
                db(2).volume(VolumeSpec.named("data", "/data")).build(), null));
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("db", "0", "data")))
                .hasMessageContaining("which is wanted");
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("db", "0", "data", other)))
                .hasMessageContaining("no such volume is known on that node");
    }

    @Test
    @DisplayName("an agent of before is not told, and what is shown says what is waited for")
    void olderAgents() {
        cluster.join(joins("n1"));
        cluster.join(joins("n2"));
        deploy();
        AssignmentBook book = new AssignmentBook(new SetNumbers(Instant.EPOCH));
        cluster.run(new Command.Undeploy("db"));
        cluster.settle();
        String before = book.digest(cluster.state(), volume().node());
        cluster.run(new Command.RemoveVolume("db", "0", "data"));
        assertThat(told(volume().node())).isEmpty();
        assertThat(book.digest(cluster.state(), volume().node())).isEqualTo(before);
        assertThat(VolumeViews.of(cluster.state(), volume()).awaits())
                .contains("it goes when the agent of " + volume().node() + " is a newer one");
        cluster.join(joins(volume().node(), Features.VOLUME_REMOVAL, Features.ECHO));
        assertThat(told(volume().node())).containsExactly("db/0/data");
        assertThat(book.digest(cluster.state(), volume().node())).isNotEqualTo(before);
    }

    @Test
    @DisplayName("a slot whose volumes are on several nodes says so; with one of them gone it is placed")
    void apart() {
        cluster.run(new Command.Deploy(
                db(1).volume(VolumeSpec.named("data", "/data"))
                        .nodeSelector("node.id", "n1")
                        .build(),
                null));
        cluster.settle();
        cluster.run(new Command.Deploy(
                db(2).volume(VolumeSpec.named("more", "/more"))
                        .nodeSelector("node.id", "n2")
                        .build(),
                null));
        cluster.settle();
        cluster.run(new Command.Undeploy("db"));
        cluster.settle();
        cluster.run(new Command.Deploy(
                db(3).volume(VolumeSpec.named("data", "/data"))
                        .volume(VolumeSpec.named("more", "/more"))
                        .build(),
                null));
        cluster.settle();
        String why = WaitWords.whole(one(), cluster.state().waitsOf("db")).reason();
        assertThat(why)
                .contains("no node has all volumes of its slot: \"data\" on n1 and \"more\" on n2")
                .doesNotContain("joined");

        cluster.run(new Command.RemoveVolume("db", "0", "more"));
        cluster.settle();
        assertThat(one().node()).isEqualTo("n1");
    }

    @Test
    @DisplayName("a node that is down keeps the order for when it is back")
    void away() {
        deploy();
        String home = volume().node();
        cluster.silence(home);
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null, true));
        cluster.settle();
        cluster.judge(home, NodeState.READY);
        cluster.settle();
        assertThat(told(home)).containsExactly("db/0/data");
    }
}
