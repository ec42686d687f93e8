package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Discovery} must do. The test's source (a mesh daemon, say) is working when a test begins and knows exactly
 * {@link #expectedPeers()} and {@link #expectedSelf()}.
 */
public abstract class DiscoveryContract {
    /** The obligation's 10 s and the slack of a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(14);

    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private @Nullable Discovery discovery;

    /** A discovery that reads the test's source. */
    protected abstract Future<? extends Discovery> open();

    protected abstract List<Peer> expectedPeers();

    protected abstract Optional<Peer> expectedSelf();

    /** From now on the source refuses, is absent or speaks nonsense. */
    protected abstract void breakSource();

    /** From now on the source takes calls and does not answer. */
    protected abstract void silenceSource();

    /** The source works again. */
    protected abstract void healSource();

    /** Gives back what the test's components needed; runs after they were closed, where a subclass's own AfterEach runs before. */
    protected void afterClosing() {}

    @BeforeEach
    void openDiscovery() {
        discovery = await(open());
    }

    @AfterEach
    void closeDiscovery() {
        Discovery closing = discovery();
        await(closing.close());
        await(closing.close());
        afterClosing();
    }

    private Discovery discovery() {
        if (discovery == null) {
            throw new IllegalStateException("open() gave no discovery");
        }
        return discovery;
    }

    @Test
    @DisplayName("peers and self are what the source knows")
    void answers() {
        assertThat(await(discovery().peers())).containsExactlyInAnyOrderElementsOf(expectedPeers());
        assertThat(await(discovery().self())).isEqualTo(expectedSelf());
    }

    @Test
    @DisplayName("1. a call returns though the source does not answer")
    void neverBlocks() {
        silenceSource();
        Future<?> peers = assertTimeoutPreemptively(AT_ONCE, () -> discovery().peers());
        Future<?> self = assertTimeoutPreemptively(AT_ONCE, () -> discovery().self());
        await(Future.join(peers, self).otherwiseEmpty(), LIMIT);
    }

    @Test
    @DisplayName("2. every call fails within 10 s with DISCOVERY_UNAVAILABLE if the source does not answer")
    void hasADeadline() {
        silenceSource();
        Future<List<Peer>> peers = discovery().peers();
        Future<Optional<Peer>> self = discovery().self();
        assertThat(failure(peers, LIMIT).code()).isEqualTo(ErrorCode.DISCOVERY_UNAVAILABLE);
        assertThat(failure(self, LIMIT).code()).isEqualTo(ErrorCode.DISCOVERY_UNAVAILABLE);
    }

    @Test
    @DisplayName("2. a broken source fails the call with DISCOVERY_UNAVAILABLE")
    void failsWithItsCode() {
        breakSource();
        assertThat(failure(discovery().peers(), LIMIT).code()).isEqualTo(ErrorCode.DISCOVERY_UNAVAILABLE);
        assertThat(failure(discovery().self(), LIMIT).code()).isEqualTo(ErrorCode.DISCOVERY_UNAVAILABLE);
    }

    @Test
    @DisplayName("3. after a failed call the source is tried anew")
    void recovers() {
        breakSource();
        failure(discovery().peers(), LIMIT);
        healSource();
        answers();
        silenceSource();
        failure(discovery().peers(), LIMIT);
        healSource();
        answers();
    }

    @Test
    @DisplayName("4. concurrent calls are all answered")
    void concurrentCalls() {
        List<Future<List<Peer>>> peers =
                Stream.generate(() -> discovery().peers()).limit(20).toList();
        List<Future<Optional<Peer>>> selves =
                Stream.generate(() -> discovery().self()).limit(20).toList();
        peers.forEach(call -> assertThat(await(call)).containsExactlyInAnyOrderElementsOf(expectedPeers()));
        selves.forEach(call -> assertThat(await(call)).isEqualTo(expectedSelf()));
    }
}
