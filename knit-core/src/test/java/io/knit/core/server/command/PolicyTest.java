package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.TokenText;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.Fixtures;
import io.knit.core.server.history.Cause;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may what, of every command there is. */
class PolicyTest {
    static List<Command<?>> all() {
        return List.of(
                new Command.Deploy(
                        Fixtures.spec("web").registryAuth("me", "s3cret").build()),
                new Command.Undeploy("web"),
                new Command.Rollback("web", 3, null),
                new Command.Scale("web", 3, null),
                new Command.Restart("web", true, null),
                new Command.Pause("web", null),
                new Command.Resume("web", null),
                new Command.Promote("web", null),
                new Command.ForgetNode("n1"),
                new Command.SetAvailability("n1", Availability.DRAINED),
                new Command.SetAvailability("n1", Availability.DRAINED, Duration.ofMinutes(10)),
                new Command.Rebalance(10),
                new Command.LabelNode("n1", Map.of("rack", "7")),
                new Command.CreateToken("ci", TokenText.hash("s3cret"), Caller.Role.VIEWER, List.of("*"), null),
                new Command.RevokeToken("ci"));
    }

    @Test
    void noCommandIsLeftOut() {
        assertThat(all().stream().map(Object::getClass).collect(Collectors.<Class<?>>toSet()))
                .containsAll(commands(Command.class).toList());
    }

    private static Stream<Class<?>> commands(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(Objects.requireNonNull(type.getPermittedSubclasses()))
                        .flatMap(PolicyTest::commands);
    }

    @ParameterizedTest
    @MethodSource("all")
    void itTakesAnOperatorAndIsRememberedWithoutSecrets(Command<?> command) {
        Caller eve = new Caller("eve", Caller.Role.VIEWER, "10.0.0.9");
        assertThatThrownBy(() -> Policy.check(command, eve))
                .hasMessageContaining("eve may not " + command.words())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        assertThatCode(() -> Policy.check(command, Caller.PROGRAM)).doesNotThrowAnyException();

        Cause cause = Cause.of(command, eve);
        assertThat(cause.toString()).doesNotContain("s3cret").doesNotContain(TokenText.hash("s3cret"));
        assertThat(cause.details()).containsKey("kind");
        String about = cause.deployment() == null ? cause.node() : cause.deployment();
        if (!command.subject().matches("(deployment|node)/.*")) {
            assertThat(about).as("it is about none of them").isNull();
        } else {
            assertThat(about).isEqualTo(command.subject().replaceFirst(".*/", ""));
        }
    }
}
