package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.embed.SpecRefusal;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.core.Incident;
import io.knit.core.KnitServerBuilder;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

        Future<?> bad =
                fleet.server.deploy(DeploymentSpec.builder("bad", "web:1").build());
        fleet.run(1);

        assertThat(bad.cause()).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(e.pointer()).isEqualTo("/name");
        });
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
