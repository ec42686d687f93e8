package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rebalancing;
import io.knit.api.embed.SpecRefusal;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.core.Incident;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.sim.Simulation;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What who embeds the server gave it, on virtual time. */
class HooksTest {
    private static final DeploymentSpec WEB =
            DeploymentSpec.builder("web", "web:1").build();
    private final List<String> heard = new ArrayList<>();

    private void hooks(KnitServerBuilder builder) {
        builder.admission(spec -> spec.name().equals("bad") ? List.of(new SpecRefusal("/name", "is bad")) : List.of())
                .scorer("first", 10, (spec, node) -> node.id().equals("n1") ? 100 : 0)
                .on("instance.running", event -> heard.add(event.instance() + " on " + event.node()));
    }

    private static String incident(SmallFleet fleet) {
        Future<String> text = fleet.server.incident(Caller.PROGRAM);
        fleet.run(1);
        return text.result();
    }

    private String placed(SmallFleet fleet) {
        fleet.agent("n1", "eu");
        fleet.agent("n2", "eu");
        fleet.deploy(WEB);
        fleet.run(5);
        Instance running = fleet.server
                .snapshot()
                .deployment("web")
                .orElseThrow()
                .instances()
                .get(0);
        return Objects.requireNonNull(running.node());
    }

    @Test
    void rulesScorersAndListenersHaveTheirSay() {
        assertThat(placed(new SmallFleet())).isEqualTo("n2");
        SmallFleet fleet = new SmallFleet(this::hooks);
        assertThat(placed(fleet)).isEqualTo("n1");
        assertThat(heard).hasSize(1).first().asString().startsWith("web-0-").endsWith(" on n1");
        DeploymentSpec other = DeploymentSpec.builder("other", "web:1").build();
        assertThat(Simulation.of(fleet.server).deploy(other).settle().places("other"))
                .containsExactly(Map.entry("0", "n1"));

        Future<?> bad =
                fleet.server.deploy(DeploymentSpec.builder("bad", "web:1").build());
        fleet.run(1);

        assertThat(bad.cause()).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(e.pointer()).isEqualTo("/name");
        });
    }

    /** What it makes of a spec is a new one. */
    @Test
    void rulesAreAskedOfWhatACommandMakesOfASpec() {
        SmallFleet fleet = new SmallFleet(builder -> builder.admission(spec -> Stream.of(
                        spec.replicas() > 5 ? new SpecRefusal("/replicas", "are too many") : null,
                        spec.pull() == PullPolicy.ALWAYS ? new SpecRefusal("/pull", "takes what comes") : null)
                .filter(Objects::nonNull)
                .toList()));
        fleet.agent("n1", "eu");
        fleet.deploy(WEB);
        fleet.run(5);

        Future<?> dry = fleet.server.plan(new Command.Scale("web", 6, null), Caller.PROGRAM);
        Future<?> pulled = fleet.server.restart("web", true);
        Future<?> tooMany = fleet.server.scale("web", 6);
        Future<?> three = fleet.server.scale("web", 3);
        Future<?> four = fleet.server.scale("web", 4);
        Future<?> back = fleet.server.rollback("web", 1);
        Future<?> two = fleet.server.scale("web", 2);
        Future<?> plain = fleet.server.restart("web", false);
        fleet.run(5);

        for (Future<?> refused : List.of(dry, tooMany)) {
            assertThat(refused.cause())
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.pointer()).isEqualTo("/replicas"));
        }
        assertThat(pulled.cause())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.pointer()).isEqualTo("/pull"));
        assertThat(List.of(three, four, back, two, plain)).allMatch(Future::succeeded);
        assertThat(fleet.server.revisions("web"))
                .as(
                        "the newest first: in the order in which they came; a rollback leaves the number, so that it changes nothing here")
                .extracting(it -> it.spec().replicas())
                .containsExactly(2, 2, 4, 3, 1);
    }

    /** As an assertion does in a test of who embeds it. */
    @Test
    void whatFailsWithAnErrorStopsNothing() {
        SmallFleet fleet = new SmallFleet(builder -> builder.scorer("wrong", 10, (spec, node) -> {
                    throw new AssertionError("for the test");
                })
                .on("*", event -> {
                    heard.add(event.type());
                    throw new AssertionError("for the test");
                }));
        fleet.server.listen(event -> {
            throw new AssertionError("for the test");
        });

        assertThat(placed(fleet)).isEqualTo("n2");
        assertThat(fleet.messages("instance.running")).hasSize(1);
        assertThat(heard).contains("deployment.created", "instance.running");
    }

    /** All nodes are asked about for thousands of instances: everything else would wait for that. */
    @Test
    void betterPlacesAreNotLookedForWhileTheServerDecides() {
        List<Boolean> whileDeciding = new ArrayList<>();
        SmallFleet fleet = new SmallFleet(builder -> builder.scorer("first", 10, (spec, node) -> {
            whileDeciding.add(StackWalker.getInstance()
                    .walk(frames -> frames.anyMatch(it -> it.getClassName().endsWith(".StateWriter"))));
            return 0;
        }));
        placed(fleet);
        assertThat(whileDeciding).isNotEmpty().containsOnly(true);
        whileDeciding.clear();
        Future<Rebalancing> asked = fleet.server.rebalance(10);
        fleet.run(1);
        assertThat(asked.result().moves()).isEmpty();
        assertThat(whileDeciding).isNotEmpty().containsOnly(false);
    }

    @Test
    void aReplayThatIsOtherwiseNamesTheScorersThereWere() {
        SmallFleet plain = new SmallFleet();
        placed(plain);
        assertThat(Incident.replay(incident(plain)).difference()).isNull();
        SmallFleet fleet = new SmallFleet(this::hooks);
        placed(fleet);

        assertThat(Incident.replay(incident(fleet)).difference())
                .endsWith("; the server was built with the scorers [\"first\"], which are not replayed:"
                        + " what they liked may be the difference");
    }
}
