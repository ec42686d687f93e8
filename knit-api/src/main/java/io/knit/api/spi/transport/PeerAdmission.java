package io.knit.api.spi.transport;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/**
 * Optional for a server's {@link Transport} that can tell who its peers are and hold them to what they may do, such as one with an
 * embedded broker.
 *
 * <p>Obligations: 1. once {@link #admitBy} gave true, no peer but the server itself is let in, in any part, before the judge has
 * answered with its rights; also none that came before there was a judge; 2. a claim is put to the judge only after the peer proved
 * {@link PeerClaim#key}: it holds the private key now, and did not replay what somebody else once sent; 3. a peer that was let in
 * can publish and subscribe to nothing beyond its rights but the subjects on which it alone awaits answers; 4. a judge that fails or does not
 * answer in time counts as a no; 5. a key, proof or token that was refused is in no log and no message but the public key.
 */
public interface PeerAdmission {
    /**
     * Has each peer judged, from now on, when it connects.
     *
     * @param judge gives the peer's rights, or empty: it is refused. Called on any thread; never blocks
     * @return whether it will be: false for a transport that does not see its peers, such as one over an outside broker, which
     *     never calls the judge
     */
    boolean admitBy(Function<PeerClaim, Future<Optional<PeerRights>>> judge);
}
