package io.knit.testkit.discovery;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.testkit.contract.DiscoveryContract;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

class FixedDiscoveryTest extends DiscoveryContract {
    private static final Peer SELF = new Peer("key-self", "self", "10.54.0.1", null);
    private static final List<Peer> OTHERS =
            List.of(new Peer("key-a", "a", "10.54.0.2", null), new Peer("key-b", "", "10.54.0.3", null));

    private final FixedDiscovery discovery = FixedDiscovery.of(SELF, OTHERS);

    @Override
    protected Future<? extends Discovery> open() {
        return Future.succeededFuture(discovery);
    }

    @Override
    protected List<Peer> expectedPeers() {
        return OTHERS;
    }

    @Override
    protected Optional<Peer> expectedSelf() {
        return Optional.of(SELF);
    }

    @Override
    protected void breakSource() {
        discovery.setFailing(true);
    }

    @Override
    protected void silenceSource() {
        discovery.setFailing(true);
    }

    @Override
    protected void healSource() {
        discovery.setFailing(false);
    }
}
