package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeCommandsTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "10.0.0.1");

    private ClusterState state = Fixtures.state(
            List.of(
                    Fixtures.node("n1", Map.of("region", "eu", "disk", "ssd")),
                    Fixtures.node("n2", NodeState.DOWN, Map.of(), null)),
            List.of(),
            List.of());

    private Node run(Command<Node> command) {
        for (Change change : Commands.decide(command, ANN, state, Fixtures.NOW).changes()) {
            state = change.applyTo(state);
        }
        return Objects.requireNonNull(state.node("n1"));
    }

    private Node label(@Nullable String... keysAndValues) {
        Map<String, @Nullable String> labels = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            labels.put(Objects.requireNonNull(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return run(new Command.LabelNode("n1", labels));
    }

    @Test
    void labelsAreSetAndRemovedAndTheAgentsOwnComeBack() {
        assertThat(label("region", "us", "rack", "7").labels())
                .isEqualTo(Map.of("region", "us", "rack", "7", "disk", "ssd"));
        assertThat(label("region", null).labels()).isEqualTo(Map.of("region", "eu", "rack", "7", "disk", "ssd"));
        assertThat(label("disk", null).labels())
                .as("what the agent was started with is the agent's")
                .containsEntry("disk", "ssd");
        assertThat(Commands.decide(new Command.LabelNode("n1", Map.of("rack", "7")), ANN, state, Fixtures.NOW)
                        .changes())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a b", "a=b", "a\n", "ä"})
    void aKeyThatNoSelectorCanHaveIsRefused(String key) {
        KnitException refused = refusal(new Command.LabelNode("n1", Map.of(key, "x")));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused.pointer()).startsWith("/labels/");
    }

    @Test
    void aValueThatIsNoTextAndTooManyAreRefused() {
        for (String value : List.of("a\nb", "\ud800", "x".repeat(4097))) {
            assertThat(refusal(new Command.LabelNode("n1", Map.of("a/b", value)))
                            .pointer())
                    .isEqualTo("/labels/a~1b");
        }
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 257; i++) {
            many.put("k" + i, "v");
        }
        assertThat(refusal(new Command.LabelNode("n1", new HashMap<>(many))).code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Availability.class,
            names = {"PAUSED", "DRAINED"})
    void aNodeThatShallTakeNoWorkTakesNoneUntilItIsActivated(Availability availability) {
        label("rack", "7");
        Node resting = run(new Command.SetAvailability("n1", availability));
        assertThat(resting.takesWork()).isFalse();
        assertThat(resting.wish().by()).isEqualTo("ann from 10.0.0.1");
        assertThat(resting.wish().labels()).containsEntry("rack", "7");
        assertThat(Commands.decide(new Command.SetAvailability("n1", availability), Caller.PROGRAM, state, Fixtures.NOW)
                        .changes())
                .isEmpty();
        assertThat(run(new Command.SetAvailability("n1", Availability.ACTIVE)).takesWork())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.9S", "PT1.0000001S", "P30DT1S", "P3650000D"})
    void aDeadlineIsBoundedWhoeverGivesIt(Duration deadline) {
        assertThatThrownBy(() -> run(new Command.SetAvailability("n1", Availability.DRAINED, deadline)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE))
                .hasMessageStartingWith("deadline ");
        assertThat(run(new Command.SetAvailability("n1", Availability.DRAINED, Duration.ofDays(30)))
                        .wish()
                        .deadline())
                .isEqualTo(Fixtures.NOW.plus(Duration.ofDays(30)));
    }

    @Test
    void theLastWordOnADeadlineHolds() {
        Node drained = run(new Command.SetAvailability("n1", Availability.DRAINED, Duration.ofMinutes(10)));
        assertThat(drained.wish().deadline()).isEqualTo(Fixtures.NOW.plusSeconds(600));
        assertThat(run(new Command.SetAvailability("n1", Availability.DRAINED, Duration.ofMinutes(5)))
                        .wish()
                        .deadline())
                .isEqualTo(Fixtures.NOW.plusSeconds(300));
        assertThat(label("rack", "7").wish().deadline()).isEqualTo(Fixtures.NOW.plusSeconds(300));
        assertThat(run(new Command.SetAvailability("n1", Availability.DRAINED))
                        .wish()
                        .deadline())
                .isNull();
        assertThatThrownBy(() -> new Command.SetAvailability("n1", Availability.PAUSED, Duration.ofMinutes(1)))
                .hasMessageContaining("only a node that is drained");
        assertThatThrownBy(() -> new Command.SetAvailability("n1", Availability.DRAINED, Duration.ZERO))
                .hasMessageContaining("above zero");
    }

    @Test
    void aNodeThatIsDownCanBeDrainedToo() {
        run(new Command.SetAvailability("n2", Availability.DRAINED));
        assertThat(Objects.requireNonNull(state.node("n2")).wish().availability())
                .isEqualTo(Availability.DRAINED);
    }

    @Test
    void aNodeThatThereIsNotIsNotFound() {
        assertThat(refusal(new Command.SetAvailability("n9", Availability.DRAINED))
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal(new Command.LabelNode("n9", Map.of())).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    private KnitException refusal(Command<?> command) {
        KnitException[] refused = new KnitException[1];
        assertThatThrownBy(() -> Commands.decide(command, ANN, state, Fixtures.NOW))
                .isInstanceOfSatisfying(KnitException.class, it -> refused[0] = it);
        return refused[0];
    }
}
