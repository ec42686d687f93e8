package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ThrowingDiscoveryTest {
    private int asked;

    private final Discovery onceOut = new Discovery() {
        @Override
        public Future<List<Peer>> peers() {
            if (++asked == 2) {
                throw new AssertionError("for the test");
            }
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Optional<Peer>> self() {
            return Future.succeededFuture(Optional.empty());
        }
    };

    @Test
    @DisplayName("one that a server was given and that throws once is asked again")
    void given() {
        SmallFleet fleet = new SmallFleet(builder -> builder.discovery(onceOut));
        fleet.run(300);
        assertThat(asked).isGreaterThan(3);
    }
}
