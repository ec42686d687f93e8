package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.state.WaitWords;
import io.knit.core.server.volume.MoveSteps;
import io.knit.core.server.volume.VolumeViews;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A volume of one deployment's slot that others share. */
class SharedVolumesTest {
    private static final VolumeSpec OWN = VolumeSpec.named("html", "/var/www/html");
    private static final VolumeSpec SHARED = VolumeSpec.shared("app", "html", "/usr/share/nginx/html");

    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node joins(String id) {
        Node plain = node(id, Map.of());
        List<String> features = Stream.concat(
                        SpecTable.features().stream(),
                        Stream.of(Features.VOLUME_REMOVAL, Features.VOLUME_MOVE, Features.ECHO))
                .toList();
        return plain.with(able(plain.facts(), features));
    }

    @BeforeEach
    void join() {
        List.of("n1", "n2", "n3").forEach(id -> cluster.join(joins(id)));
    }

    private static DeploymentSpecBuilder app(int image) {
        return DeploymentSpec.builder("app", "app:" + image).volume(OWN);
    }

    private static DeploymentSpecBuilder web(int image) {
        return DeploymentSpec.builder("web", "nginx:" + image).volume(SHARED);
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
        cluster.settle();
    }

    private void scale(String name, int replicas) {
        cluster.run(new Command.Scale(name, replicas, null));
        cluster.settle();
    }

    private List<Instance> live(String name) {
        return cluster.instances(name).stream().filter(Instance::isLive).toList();
    }

    private String home(String name) {
        return Objects.requireNonNull(live(name).get(0).node());
    }

    private SlotVolume volume() {
        return cluster.state().volumes().values().iterator().next();
    }

    private static String other(String home) {
        return home.equals("n1") ? "n2" : "n1";
    }

    @Test
    @DisplayName("all who share it are where it is, and its slot is told of alone")
    void together() {
        deploy(app(1));
        deploy(web(1).replicas(4));
        assertThat(live("web")).hasSize(4).extracting(Instance::node).containsOnly(home("app"));
        assertThat(cluster.state().volumes().values())
                .singleElement()
                .matches(it -> it.deployment().equals("app") && it.slot().equals("0"));
    }

    @Test
    @DisplayName("whoever is placed first decides where it is: of several replicas, of a job, and of what has it")
    void firstDecides() {
        deploy(web(1).replicas(3));
        assertThat(live("web")).hasSize(3).extracting(Instance::node).containsOnly(volume().node());
        deploy(DeploymentSpec.builder("backup", "backup:1").mode(Mode.JOB).volume(SHARED));
        deploy(app(1));
        assertThat(cluster.instances("backup")).extracting(Instance::node).containsOnly(volume().node());
        assertThat(home("app")).isEqualTo(volume().node());
        assertThat(cluster.state().volumes()).hasSize(1);
    }

    @Test
    @DisplayName("who shares it waits for its node, and says whose volume it waits for")
    void waits() {
        deploy(app(1));
        String home = home("app");
        cluster.silence(home);
        cluster.settle();
        deploy(web(1));
        assertThat(cluster.instances("web")).singleElement().satisfies(it -> {
            assertThat(it.node()).isNull();
            assertThat(WaitWords.whole(it, cluster.state().waitsOf("web")).reason())
                    .contains(home + " has the volume \"html\" of app, and ");
        });
    }

    @Test
    @DisplayName("it is not removed while somebody who shares it is wanted, also not with the deployment whose it is")
    void kept() {
        deploy(app(1));
        deploy(web(1));
        cluster.run(new Command.Undeploy("app", null, true));
        cluster.settle();
        assertThat(volume().removing()).isNull();
        assertThat(VolumeViews.user(cluster.state(), volume()))
                .contains(live("web").get(0));
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("app", "0", "html")))
                .hasMessageContaining("had by " + live("web").get(0).id() + ", which is wanted; undeploy web,");
        cluster.run(new Command.Undeploy("web"));
        cluster.settle();
        cluster.run(new Command.RemoveVolume("app", "0", "html"));
        assertThat(volume().removing()).isNotNull();
    }

    @Test
    @DisplayName(
            "its slot moves once nobody else is wanted on it, and who comes meanwhile waits, and goes where it goes")
    void moves() {
        deploy(app(1));
        deploy(web(1));
        String from = home("app");
        String to = other(from);
        Command.MoveSlot move = new Command.MoveSlot("app", "0", to);
        assertThatThrownBy(() -> cluster.run(move))
                .hasMessageContaining(live("web").get(0).id() + " of web shares its volume; scale that to 0 first");
        assertThatThrownBy(() -> cluster.run(new Command.MoveSlot("web", "0", to)))
                .hasMessageContaining("it has no volume of its own: \"html\" is app's");
        scale("web", 0);
        cluster.run(move);
        cluster.settle();
        scale("web", 1);
        assertThat(cluster.instances("web")).singleElement().satisfies(it -> {
            assertThat(it.node()).isNull();
            assertThat(it.reason()).contains("its volumes are moved from " + from + " to " + to);
        });
        cluster.put(MoveSteps.next(cluster.state(), underWay(), cluster.now()));
        cluster.settle();
        cluster.put(MoveSteps.copied(cluster.state(), underWay(), cluster.now()));
        cluster.settle();
        assertThat(home("app")).isEqualTo(to);
        assertThat(home("web")).isEqualTo(to);
    }

    private SlotMove underWay() {
        return Objects.requireNonNull(cluster.state().move("app", "0"));
    }

    @Test
    @DisplayName("who has a volume of his own and another's moves neither from the other")
    void ownAndShared() {
        deploy(app(1));
        deploy(web(1).volume(VolumeSpec.named("cache", "/cache")));
        assertThatThrownBy(() -> cluster.run(new Command.MoveSlot("web", "0", other(home("app")))))
                .hasMessageContaining("the volume \"html\" that it shares is app's, and does not go along");
    }

    @Test
    @DisplayName("no spec takes another volume for the one that it had under a name")
    void sameName() {
        deploy(app(1));
        deploy(web(1));
        VolumeSpec webs = VolumeSpec.shared("web", "html", "/var/www/html");
        assertThatThrownBy(() -> deploy(DeploymentSpec.builder("app", "app:2").volume(webs)))
                .isInstanceOfSatisfying(KnitException.class, it -> {
                    assertThat(it.code()).isEqualTo(ErrorCode.IN_USE);
                    assertThat(it.pointer()).isEqualTo("/volumes");
                })
                .hasMessageContaining("app has a volume \"html\" of its own on " + volume().node());
        assertThatThrownBy(() ->
                        deploy(DeploymentSpec.builder("web", "nginx:2").volume(VolumeSpec.named("html", "/html"))))
                .hasMessageContaining("web has the volume \"html\" of app, which it would leave for an empty one");
        deploy(DeploymentSpec.builder("web", "nginx:2").volume(VolumeSpec.named("own", "/html")));
        assertThat(cluster.state().volumes()).hasSize(2);
    }

    @Test
    @DisplayName("a spec that names another's volume under a name that it had is refused, too")
    void anothersUnderTheSameName() {
        deploy(app(1));
        deploy(DeploymentSpec.builder("blog", "blog:1").volume(OWN));
        deploy(web(1));
        assertThatThrownBy(() -> deploy(DeploymentSpec.builder("web", "nginx:2")
                        .volume(VolumeSpec.shared("blog", "html", "/usr/share/nginx/html"))))
                .hasMessageContaining("web has the volume \"html\" of app, which it would leave for that of blog");
    }

    @Test
    @DisplayName("who runs with it by an older revision is in the way of its move and removal as who shares it now is")
    void olderRevision() {
        deploy(app(1));
        deploy(web(1));
        Instance older = live("web").get(0);
        cluster.run(new Command.Pause("web", null));
        deploy(DeploymentSpec.builder("web", "nginx:2"));
        assertThat(live("web")).extracting(Instance::id).contains(older.id());
        assertThat(VolumeViews.user(cluster.state(), volume())).isPresent();
        assertThatThrownBy(() -> cluster.run(new Command.MoveSlot("app", "0", other(home("app")))))
                .hasMessageContaining(older.id() + " of web shares its volume");
        scale("app", 0);
        assertThatThrownBy(() -> cluster.run(new Command.RemoveVolume("app", "0", "html")))
                .hasMessageContaining("had by " + older.id());
    }

    @Test
    @DisplayName("who shared it by an older revision alone is not said to have it")
    void sharedBefore() {
        deploy(app(1));
        deploy(web(1));
        deploy(DeploymentSpec.builder("web", "nginx:2").nodeSelector("node.id", home("app")));
        scale("app", 0);
        cluster.run(new Command.RemoveVolume("app", "0", "html"));
        assertThat(VolumeViews.of(cluster.state(), volume()).awaits()).doesNotContain("web-");
    }
}
