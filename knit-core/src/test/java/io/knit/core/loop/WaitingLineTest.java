package io.knit.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
    private final WaitingLine line = new WaitingLine(1);

    private static Future<String> thrown() {
        throw new IllegalStateException("no threads");
    }

    @Test
    @DisplayName("work that throws has failed, and its place is the next one's: at once, and when its turn came later")
    void whatThrows() {
        assertThat(line.take(WaitingLineTest::thrown).cause()).hasMessage("no threads");
        Promise<String> first = Promise.promise();
        assertThat(line.take(first::future).isComplete()).isFalse();
        Future<String> second = line.take(WaitingLineTest::thrown);
        Future<String> third = line.take(() -> Future.succeededFuture("third"));
        assertThat(third.isComplete()).isFalse();
        first.complete("first");
        assertThat(second.cause()).hasMessage("no threads");
        assertThat(third.result()).isEqualTo("third");
        assertThat(line.take(() -> Future.succeededFuture("fourth")).result()).isEqualTo("fourth");
    }
}
