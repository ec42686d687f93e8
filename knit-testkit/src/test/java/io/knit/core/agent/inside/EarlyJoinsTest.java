package io.knit.core.agent.inside;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EarlyJoinsTest {
    private final EventQueue queue = new EventQueue(1);
    private final EarlyJoins joins = new EarlyJoins(new SimulatedLoop(queue));
    private final List<String> joined = new ArrayList<>();

    private EarlyJoins.Joiner joiner(String name, Future<Void> done) {
        return new EarlyJoins.Joiner() {
            @Override
            public Future<Void> join(String container) {
                joined.add(name);
                return done;
            }

            @Override
            public void began() {
                joined.add(name + " begins");
            }
        };
    }

    @Test
    @DisplayName("who came last joins first, and is waited for: the one before may be gone, which is seen a while later"
            + " only")
    void theLastFirst() {
        Promise<Void> last = Promise.promise();
        joins.add("job-0-a", joiner("gone", Future.succeededFuture()));
        joins.add("job-0-a", joiner("there", last.future()));
        queue.runFor(Duration.ofSeconds(1));
        DeploymentSpec spec = DeploymentSpec.builder("job", "web:1").build();
        Future<Void> before = joins.before("job-0-a", spec, "c1", () -> true);
        queue.runFor(Duration.ofSeconds(1));
        assertThat(joined).containsExactly("there");
        assertThat(before.isComplete()).isFalse();
        last.fail("refused");
        queue.runFor(Duration.ofSeconds(1));
        assertThat(joined).containsExactly("there", "gone");
        assertThat(before.succeeded()).isTrue();
    }
}
