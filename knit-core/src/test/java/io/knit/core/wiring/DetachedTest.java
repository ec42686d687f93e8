package io.knit.core.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DetachedTest {
    private final Detached detached = new Detached();

    @Test
    @DisplayName("what a user's handler throws stays with it, and does not come out where the answer is given")
    void handlerFails() {
        List<String> heard = new ArrayList<>();
        for (boolean succeeds : List.of(true, false)) {
            Promise<String> asked = Promise.promise();
            Future<String> given = detached.of(asked.future());
            given.onComplete(answer -> {
                heard.add(
                        answer.succeeded()
                                ? answer.result()
                                : String.valueOf(answer.cause().getMessage()));
                throw new AssertionError("for the test");
            });
            if (succeeds) {
                asked.complete("done");
            } else {
                asked.fail("refused");
            }
        }
        assertThat(heard).containsExactly("done", "refused");
    }
}
