package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A caller who asks for more than is decided. */
class CrowdTest {
    private final SmallFleet fleet = new SmallFleet();

    private Future<?> scale() {
        return fleet.server.scale("nobody", 2);
    }

    private static ErrorCode refusal(Future<?> answer) {
        return ((KnitException) answer.cause()).code();
    }

    @Test
    @DisplayName("5,000 commands wait to be stored; who comes after them is told so at once, and may come again")
    void bounded() {
        List<? extends Future<?>> waiting =
                Stream.generate(this::scale).limit(5_000).toList();

        Future<?> beyond = scale();

        assertThat(waiting).noneMatch(Future::isComplete);
        assertThat(refusal(beyond)).isEqualTo(ErrorCode.BUSY);
        assertThat(beyond.cause())
                .hasMessageContaining("5000 commands wait")
                .hasMessageContaining("send this one again");

        fleet.run(10);
        Future<?> again = scale();
        fleet.run(1);

        assertThat(waiting).allMatch(answer -> refusal(answer) == ErrorCode.NOT_FOUND);
        assertThat(refusal(again)).isEqualTo(ErrorCode.NOT_FOUND);
    }
}
