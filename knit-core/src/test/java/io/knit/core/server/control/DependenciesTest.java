package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.TemplateSpec.OnMissing;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.state.Change;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What starts once others are healthy, by the pure controller. */
class DependenciesTest {
    private static final Update STOP_FIRST = Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST);

    /** Deployments whose instances run, and are not healthy yet; also nodes on which none is. */
    private final Set<String> sick = new HashSet<>();

    /** Deployments whose instances are being started. */
    private final Set<String> late = new HashSet<>();

    /** The revision of web whose program ends for good as soon as it is started. */
    private int broken;

    private final PureCluster cluster = new PureCluster(this::says, () -> {});

    DependenciesTest() {
        cluster.join(node("n1", Map.of("disk", "ssd")));
        cluster.join(node("n2", Map.of()));
    }

    private @Nullable Observed says(Instance instance, Instant now) {
        if (instance.deployment().equals("web") && instance.revision() == broken) {
            return instance.observed().state() == null
                    ? new Observed(InstanceState.FAILED, "exit code 1", 1, true, 1, now).healthySince(Instant.EPOCH)
                    : null;
        }
        if (late.contains(instance.deployment())) {
            return instance.observed().state() == null
                    ? new Observed(InstanceState.STARTING, "", 0, false, 1, now).healthySince(Instant.EPOCH)
                    : null;
        }
        boolean ill = sick.contains(instance.deployment()) || sick.contains(instance.node());
        if (instance.observed().state() != null && (ill || instance.isHealthy())) {
            return null;
        }
        Observed runs =
                new Observed(InstanceState.RUNNING, ill ? "not yet" : "", 0, ill, instance.statusSeq() + 1, now);
        return ill ? runs.healthySince(Instant.EPOCH) : runs;
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
    }

    private static DeploymentSpecBuilder web(String... needs) {
        return DeploymentSpec.builder("web", "web:1").replicas(2).dependsOn(needs);
    }

    private static DeploymentSpecBuilder db() {
        return DeploymentSpec.builder("db", "db:1");
    }

    private void requireWaits(String name, String words) {
        assertThat(cluster.instances(name)).isNotEmpty().allSatisfy(it -> {
            assertThat(it.state()).isEqualTo(InstanceState.PENDING);
            assertThat(it.reason()).isEqualTo(words);
        });
    }

    private void requireRuns(String name) {
        assertThat(cluster.instances(name))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it.isHealthy()).as(it.reason()).isTrue());
    }

    /** The agents say what is so now. */
    private void hear(String name) {
        sick.remove(name);
        late.remove(name);
        cluster.put(List.of());
    }

    @Test
    @DisplayName("it is looked at again when what it depends on was looked at after it")
    void lookedAtBefore() {
        sick.add("n2");
        deploy(DeploymentSpec.builder("log", "log:1").mode(Mode.GLOBAL));
        deploy(DeploymentSpec.builder("app", "app:1").dependsOn("log"));
        requireWaits("app", "waits until log, on which it depends, is healthy");
        // what is not healthy is gone with its node
        cluster.judge("n2", NodeState.DOWN);
        requireRuns("app");
    }

    @Test
    @DisplayName("it waits for one that is not there yet, then for its health, and starts with it")
    void waits() {
        deploy(web("db"));
        requireWaits("web", "waits until there is a deployment db, on which it depends");

        sick.add("db");
        deploy(db());
        requireWaits("web", "waits until db, on which it depends, is healthy");

        hear("db");
        requireRuns("web");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "a first revision that waits has not failed, however long it is; what it has is judged from when it may start")
    void hasNotFailedWhileItWaits(boolean value) {
        if (value) {
            Node able = node("n3", Map.of("files", "yes"));
            cluster.join(able.with(able(able.facts(), Features.ALL)));
            deploy(DeploymentSpec.builder("web", "web:1")
                    .nodeSelector("files", "yes")
                    .template(new TemplateSpec("/a", "{{ var('HOST') }}").missing(OnMissing.WAIT)));
        } else {
            deploy(web("db"));
        }
        cluster.settle();
        cluster.pass(Duration.ofMinutes(30));
        assertThat(cluster.deployment("web").rollout().hasFailed()).isFalse();

        sick.add("web");
        if (value) {
            cluster.run(new Command.SetValue(Value.Kind.VAR, "HOST", Value.Content.of("x")));
        } else {
            deploy(db());
        }
        assertThat(cluster.instances("web")).isNotEmpty().allMatch(it -> it.node() != null);
        assertThat(cluster.deployment("web").rollout().reason())
                .as("what it does itself is told")
                .startsWith((value ? "revision 2" : "revision 1") + " failed: web-0-");
    }

    @Test
    @DisplayName(
            "nor has a later one that waits, for another value or with another spec; its time begins when it may start")
    void norALaterOne() {
        Node able = node("n3", Map.of("files", "yes"));
        cluster.join(able.with(able(able.facts(), Features.ALL)));
        deploy(DeploymentSpec.builder("web", "web:1")
                .nodeSelector("files", "yes")
                .template(new TemplateSpec("/a", "{{ var('A') }} {{ var('B') }}").missing(OnMissing.WAIT)));
        deploy(DeploymentSpec.builder("app", "app:1").dependsOn("db"));
        cluster.run(new Command.SetValue(Value.Kind.VAR, "A", Value.Content.of("x")));
        deploy(DeploymentSpec.builder("app", "app:2").dependsOn("db").nodeSelector("disk", "tape"));
        cluster.settle();
        cluster.pass(Duration.ofMinutes(30));
        cluster.put(List.of());
        for (String name : List.of("web", "app")) {
            assertThat(cluster.deployment(name).revision()).isEqualTo(2);
            assertThat(cluster.deployment(name).rollout().phase()).isEqualTo(Phase.MOVING);
            assertThat(cluster.deployment(name).rollout().hasFailed()).isFalse();
        }
        sick.add("web");
        cluster.run(new Command.SetValue(Value.Kind.VAR, "B", Value.Content.of("x")));
        assertThat(cluster.deployment("web").rollout().reason()).startsWith("revision 3 failed: web-0-");

        deploy(db());
        Instant may = cluster.now();
        assertThat(cluster.deployment("app").rollout().hasFailed()).isFalse();
        cluster.settle();
        assertThat(cluster.deployment("app").rollout().reason()).isEqualTo("revision 2 made no progress within 10m");
        assertThat(Duration.between(may, cluster.now())).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
    }

    @Test
    @DisplayName("what waits for what was lost with it is not gone back from meanwhile, nor at once when that is there")
    void isNotGoneBackFromWhileItWaits() {
        deploy(db().nodeSelector("disk", "ssd"));
        deploy(web("db").replicas(1).nodeSelector("disk", "ssd"));
        cluster.settle();
        requireRuns("web");
        cluster.judge("n1", NodeState.DOWN);
        deploy(web("db").replicas(1).env("A", "2").nodeSelector("disk", "tape"));
        cluster.settle();
        cluster.pass(Duration.ofMinutes(30));
        cluster.put(List.of());
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
        assertThat(cluster.deployment("web").rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(cluster.instances("web"))
                .anySatisfy(it -> assertThat(it.reason()).isEqualTo("waits until db, on which it depends, is healthy"));

        cluster.join(node("n3", Map.of("disk", "ssd")));
        Instant may = cluster.now();
        assertThat(cluster.instances("db")).anyMatch(it -> it.isHealthy() && "n3".equals(it.node()));
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
        for (int i = 0; i < 9; i++) {
            cluster.goTo(cluster.now().plus(Duration.ofMinutes(1)));
            assertThat(cluster.deployment("web").revision()).isEqualTo(2);
        }
        cluster.goTo(may.plus(Duration.ofMinutes(11)));
        assertThat(cluster.deployment("web").revision()).isEqualTo(3);
        assertThat(cluster.deployment("web").rollout().reason()).contains("made no progress within 10m");
    }

    @Test
    @DisplayName("where no node has room for it once it may start, it is given the time that is given to any")
    void hasItsTimeOnceItMayStart() {
        deploy(web("db").nodeSelector("disk", "tape"));
        cluster.settle();
        cluster.pass(Duration.ofMinutes(30));
        deploy(db());
        Instant may = cluster.now();
        assertThat(cluster.deployment("web").rollout().hasFailed()).isFalse();
        cluster.settle();
        assertThat(cluster.deployment("web").rollout().reason()).isEqualTo("revision 1 made no progress within 10m");
        assertThat(Duration.between(may, cluster.now())).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
    }

    @Test
    @DisplayName(
            "an older instance that comes up and ends in turns is no progress of the newer one, and while that waits between no time passes")
    void olderOneInTurns() {
        deploy(web().replicas(1).nodeSelector("disk", "ssd"));
        cluster.settle();
        deploy(web("db").replicas(1).env("A", "2").nodeSelector("disk", "tape"));
        Instant begun = cluster.now();
        for (int turn = 1; turn <= 4; turn++) {
            pass(2);
            say("web", 1, false);
            requireWaiting("web");
            pass(20);
            say("web", 1, true);
            assertThat(cluster.deployment("web").revision())
                    .as("after turn %s", turn)
                    .isEqualTo(2);
        }
        pass(1);
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
        pass(1);
        assertThat(cluster.deployment("web").rollout().reason()).startsWith("revision 2 made no progress within 10m");
        assertThat(Duration.between(begun, cluster.now())).isEqualTo(Duration.ofMinutes(90));
    }

    @ParameterizedTest(name = "of a first revision: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("nor is it progress that what it depends on comes and goes")
    void dependencyInTurns(boolean first) {
        deploy(db());
        if (!first) {
            late.add("web");
            deploy(web().replicas(1).nodeSelector("disk", "ssd"));
        }
        deploy(web("db").replicas(1).env("A", "2").nodeSelector("disk", "tape"));
        for (int turn = 1; turn <= 3; turn++) {
            pass(3);
            assertThat(cluster.deployment("web").rollout().hasFailed()).isFalse();
            say("db", 1, false);
            requireWaiting("web");
            pass(20);
            assertThat(cluster.deployment("web").rollout().hasFailed()).isFalse();
            say("db", 1, true);
        }
        pass(2);
        assertThat(cluster.deployment("web").rollout().reason())
                .isEqualTo("revision " + (first ? 1 : 2) + " made no progress within 10m");
    }

    @Test
    @DisplayName("what takes the place of one that was lost, and waits, has the rest of the time")
    void hasTheRestOfTheTime() {
        cluster.join(node("n3", Map.of("disk", "tape")));
        deploy(db().nodeSelector("disk", "tape"));
        late.add("web");
        Update patient = Update.DEFAULT.withDeadlines(Duration.ofHours(1), Duration.ofMinutes(10));
        deploy(web("db").replicas(1).nodeSelector("disk", "ssd").update(patient));
        pass(4);
        say("db", 1, false);
        cluster.judge("n1", NodeState.DOWN);
        requireWaiting("web");
        pass(30);
        cluster.join(node("n4", Map.of("disk", "ssd")));
        say("db", 1, true);
        pass(5);
        assertThat(cluster.deployment("web").rollout().hasFailed()).isFalse();
        pass(1);
        assertThat(cluster.deployment("web").rollout().reason()).isEqualTo("revision 1 made no progress within 10m");
    }

    @ParameterizedTest(name = "and what it waits for is there at the first look: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("what waited under a server that did not note since when has its whole time once it may start")
    void waitedUnderAnOlderServer(boolean there) {
        sick.add("db");
        deploy(db());
        deploy(web("db").replicas(1).nodeSelector("disk", "tape"));
        pass(30);
        Deployment web = cluster.deployment("web");
        Change noted = new Change.PutDeployment(
                web.with(web.rollout().timed(web.rollout().progressAt(), null)));
        if (there) {
            cluster.put(List.of(noted, said("db", 1, true)));
        } else {
            cluster.put(List.of(noted));
            pass(30);
            say("db", 1, true);
        }
        pass(9);
        assertThat(cluster.deployment("web").rollout().hasFailed()).isFalse();
        pass(1);
        assertThat(cluster.deployment("web").rollout().reason()).isEqualTo("revision 1 made no progress within 10m");
    }

    private void pass(int minutes) {
        cluster.goTo(cluster.now().plus(Duration.ofMinutes(minutes)));
    }

    /** Its instance of the revision works from now on, or its program ended and waits to be started again. */
    private void say(String name, int revision, boolean works) {
        cluster.put(List.of(said(name, revision, works)));
    }

    private Change said(String name, int revision, boolean works) {
        Instance instance = cluster.instances(name).stream()
                .filter(it -> it.revision() == revision && it.node() != null)
                .findFirst()
                .orElseThrow();
        sick.removeIf(it -> works && it.equals(name));
        if (!works) {
            sick.add(name);
        }
        Observed said = new Observed(
                InstanceState.RUNNING, works ? "" : "it ended", 0, !works, instance.statusSeq() + 1, cluster.now());
        Instant healthy = works ? cluster.state().served() : Instant.EPOCH;
        return new Change.PutObserved(instance.id(), said.healthySince(healthy));
    }

    private void requireWaiting(String name) {
        assertThat(cluster.instances(name))
                .anySatisfy(it -> assertThat(it.reason()).startsWith("waits until "));
    }

    @Test
    @DisplayName("of several it waits for each, whatever comes first")
    void waitsForEach() {
        deploy(db());
        deploy(web("db", "cache"));
        requireWaits("web", "waits until there is a deployment cache, on which it depends");

        deploy(DeploymentSpec.builder("cache", "cache:1").mode(Mode.GLOBAL));
        requireRuns("web");
    }

    @Test
    @DisplayName("once one of it runs nothing is waited for: it is updated and scaled beside a sick dependency")
    void isNotHeldLater() {
        deploy(db());
        deploy(web("db"));
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.settle();
        requireRuns("web");

        deploy(web("db").replicas(3).env("A", "2"));
        cluster.settle();
        requireRuns("web");
        assertThat(cluster.instances("web")).hasSize(3).allMatch(it -> it.revision() == 2);
    }

    @Test
    @DisplayName("the only one of it is stopped for an update, and that waits for nobody, sick or gone")
    void isNotStoppedForIt() {
        deploy(db());
        DeploymentSpecBuilder one = web("db").replicas(1).update(STOP_FIRST);
        deploy(one);
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.settle();

        deploy(one.env("A", "2"));
        cluster.settle();
        requireRuns("web");
        assertThat(cluster.instances("web")).hasSize(1).allMatch(it -> it.revision() == 2);
    }

    @Test
    @DisplayName("nor where its agent makes nothing ready, and where its node is drained")
    void isNotStoppedForADrain() {
        Node old = node("n1", Map.of("disk", "ssd"));
        List<String> features = SpecTable.features().stream()
                .filter(it -> !it.equals(Features.PREPARE))
                .toList();
        cluster.join(old.with(able(old.facts(), features)));
        cluster.join(node("n2", Map.of("disk", "ssd")));
        deploy(db());
        deploy(web("db").replicas(1).update(STOP_FIRST).nodeSelector("disk", "ssd"));
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.settle();
        for (String drained : List.of("n1", "n2", "n1")) {
            cluster.run(new Command.SetAvailability(drained, NodeWish.Availability.DRAINED));
            cluster.settle();
            requireRuns("web");
            assertThat(cluster.instances("web")).hasSize(1).noneMatch(it -> drained.equals(it.node()));
            cluster.run(new Command.SetAvailability(drained, NodeWish.Availability.ACTIVE));
        }
    }

    @ParameterizedTest(name = "and another revision came meanwhile: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("nor where it had to leave a node by the end of its drain, and fitted on no other until later")
    void isNotHeldAfterADeadline(boolean another) {
        DeploymentSpecBuilder one = web("db").replicas(1).update(STOP_FIRST).nodeSelector("disk", "ssd");
        deploy(db());
        deploy(one);
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.settle();
        cluster.run(new Command.SetAvailability("n1", NodeWish.Availability.DRAINED, Duration.ofMinutes(5)));
        cluster.settle();
        assertThat(cluster.instances("web")).singleElement().satisfies(it -> {
            assertThat(it.state()).isEqualTo(InstanceState.PENDING);
            assertThat(it.follows()).isTrue();
        });
        if (another) {
            // it is to help, and takes its place
            deploy(one.env("A", "2"));
            assertThat(cluster.instances("web"))
                    .singleElement()
                    .matches(it -> it.node() == null && it.revision() == 2 && it.follows());
        }

        cluster.join(node("n3", Map.of("disk", "ssd")));
        cluster.settle();
        requireRuns("web");

        // lost with its node it waits, as ever
        cluster.judge("n3", NodeState.DOWN);
        cluster.join(node("n4", Map.of("disk", "ssd")));
        cluster.settle();
        assertThat(cluster.instances("web")).noneMatch(Instance::isHealthy);
    }

    @Test
    @DisplayName("yet it is placed nowhere before what its template waits for is set")
    void waitsForAValueAfterADeadline() {
        DeploymentSpecBuilder one = web("db").replicas(1).update(STOP_FIRST).nodeSelector("disk", "ssd");
        deploy(db());
        deploy(one);
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.run(new Command.SetAvailability("n1", NodeWish.Availability.DRAINED, Duration.ofMinutes(5)));
        cluster.settle();
        deploy(one.template(new TemplateSpec("/app/conf", "{{ secret('app') }}").missing(OnMissing.WAIT)));
        cluster.join(node("n3", Map.of("disk", "ssd")));
        requireWaits("web", "waits until the secret app, which a template reads, is set (knit secret set app)");

        cluster.run(new Command.SetValue(Value.Kind.SECRET, "app", Value.Content.of("word")));
        cluster.settle();
        requireRuns("web");
    }

    @Test
    @DisplayName("what follows what the server stopped waits for no other, so its time passes where no node takes it")
    void hasNoTimeForEverAfterADeadline() {
        DeploymentSpecBuilder one = web("db").replicas(1).update(STOP_FIRST).nodeSelector("disk", "ssd");
        deploy(db());
        deploy(one);
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.run(new Command.SetAvailability("n1", NodeWish.Availability.DRAINED, Duration.ofMinutes(5)));
        cluster.settle();
        deploy(one.env("A", "2").nodeSelector("disk", "tape"));
        cluster.join(node("n3", Map.of("disk", "ssd")));
        pass(9);
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
        pass(1);
        assertThat(cluster.deployment("web").rollout().reason()).startsWith("revision 2 made no progress within 10m");
        requireRuns("web");
    }

    @Test
    @DisplayName("an update that fails beside a sick dependency goes back at once")
    void goesBack() {
        deploy(db());
        DeploymentSpecBuilder one = web("db").replicas(1).update(STOP_FIRST);
        deploy(one);
        cluster.settle();
        cluster.run(new Command.Undeploy("db", null));
        cluster.settle();

        broken = 2;
        deploy(one.env("A", "2"));
        requireRuns("web");
        assertThat(cluster.instances("web")).hasSize(1).allMatch(it -> it.revision() == 3);
    }

    @Test
    @DisplayName("where nothing of it is healthy, what is there runs on until what the next one waits for is")
    void runsOnMeanwhile() {
        sick.add("db");
        sick.add("web");
        deploy(db());
        DeploymentSpecBuilder one = DeploymentSpec.builder("web", "web:1").update(STOP_FIRST);
        deploy(one);
        deploy(one.dependsOn("db").env("A", "2"));
        assertThat(cluster.instances("web"))
                .anyMatch(it -> it.revision() == 1 && it.isLive() && it.node() != null)
                .anySatisfy(it -> assertThat(it.reason())
                        .startsWith("waits until db, on which it depends, is healthy; web-0-")
                        .endsWith(" runs on"));

        sick.remove("web");
        hear("db");
        cluster.settle();
        requireRuns("web");
        assertThat(cluster.instances("web")).hasSize(1).allMatch(it -> it.revision() == 2);
    }

    @Test
    @DisplayName("where both were lost, it waits until the other runs again, also long after that one's rollout")
    void bothLost() {
        deploy(db().nodeSelector("disk", "ssd"));
        deploy(web("db").replicas(1).nodeSelector("disk", "ssd"));
        cluster.settle();
        requireRuns("web");

        late.add("db");
        cluster.judge("n1", NodeState.DOWN);
        cluster.join(node("n3", Map.of("disk", "ssd")));
        cluster.settle();
        assertThat(cluster.instances("web"))
                .anySatisfy(it -> assertThat(it.reason()).isEqualTo("waits until db, on which it depends, is healthy"));

        // nothing of before is left: of the other nothing is to be decided when it runs
        cluster.put(List.of(new Change.RemoveNode("n1")));
        cluster.settle();
        hear("db");
        assertThat(cluster.instances("web")).anyMatch(it -> it.isHealthy() && "n3".equals(it.node()));
    }

    @Test
    @DisplayName("it goes on when one that was scaled up is whole, of which nothing else is to be decided")
    void scaledUp() {
        deploy(db());
        cluster.settle();
        late.add("db");
        deploy(db().replicas(2));
        deploy(web("db"));
        requireWaits("web", "waits until db, on which it depends, is healthy");

        hear("db");
        requireRuns("web");
    }

    @Test
    @DisplayName("a job is waited for until it has completed, and one waits as others do")
    void jobs() {
        deploy(DeploymentSpec.builder("migrate", "db:1")
                .job(new JobSpec(1, 1, 0, Duration.ofMinutes(1)))
                .dependsOn("db"));
        deploy(web("migrate"));
        requireWaits("migrate", "waits until there is a deployment db, on which it depends");
        requireWaits("web", "waits until the job migrate, on which it depends, has completed");
    }

    @Test
    @DisplayName("a circle is refused with its members, of whatever length; what is deployed stays as it is")
    void circles() {
        deploy(web("db"));
        deploy(db().dependsOn("cache"));
        assertThatThrownBy(
                        () -> deploy(DeploymentSpec.builder("cache", "cache:1").dependsOn("other", "web")))
                .isInstanceOf(KnitException.class)
                .hasMessage(
                        "depends_on closes a circle, in which none would ever start: cache → web → db → cache; leave one of them out");
        assertThat(cluster.state().deployment("cache")).isNull();
    }

    @Test
    @DisplayName("what goes back by itself closes no circle with who depends on it since")
    void goesBackWithoutACircle() {
        deploy(db());
        deploy(web("db").replicas(1).update(STOP_FIRST));
        cluster.settle();
        late.add("web");
        deploy(web().replicas(1).update(STOP_FIRST).env("A", "2"));
        deploy(db().dependsOn("web"));
        broken = 2;
        late.clear();
        cluster.put(List.of());
        cluster.settle();

        Deployment back = Objects.requireNonNull(cluster.state().deployment("web"));
        assertThat(back.revision()).isEqualTo(3);
        assertThat(back.spec().env()).isEmpty();
        assertThat(back.spec().dependsOn()).isEmpty();
        assertThat(back.rollout().reason())
                .endsWith(
                        "; went back to revision 1 with the depends_on of revision 2, for its own would close a circle: web → db → web");
        cluster.run(new Command.Scale("web", 2, null));
    }
}
