package io.knit.testkit.discovery;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A mesh that is what the test last said it is. Answers at once. Thread-safe. */
public final class FixedDiscovery implements Discovery {
    private volatile List<Peer> peers;
    private volatile @Nullable Peer self;
    private volatile boolean failing;

    private FixedDiscovery(@Nullable Peer self, List<Peer> peers) {
        this.self = self;
        this.peers = List.copyOf(peers);
    }

    /** A host that is on no mesh. */
    public static FixedDiscovery none() {
        return new FixedDiscovery(null, List.of());
    }

    /** The view from {@code self} of a mesh with these other hosts. */
    public static FixedDiscovery of(Peer self, List<Peer> others) {
        return new FixedDiscovery(Objects.requireNonNull(self, "self"), others);
    }

    /** The other hosts from now on. */
    public void setPeers(List<Peer> others) {
        peers = List.copyOf(others);
    }

    /** This host from now on; null: it left the mesh. */
    public void setSelf(@Nullable Peer self) {
        this.self = self;
    }

    /** Whether calls fail from now on. */
    public void setFailing(boolean failing) {
        this.failing = failing;
    }

    @Override
    public Future<List<Peer>> peers() {
        return failing ? unavailable() : Future.succeededFuture(peers);
    }

    @Override
    public Future<Optional<Peer>> self() {
        return failing ? unavailable() : Future.succeededFuture(Optional.ofNullable(self));
    }

    private static <T> Future<T> unavailable() {
        return Future.failedFuture(
                new KnitException(ErrorCode.DISCOVERY_UNAVAILABLE, "the test's mesh fails this call on purpose"));
    }
}
