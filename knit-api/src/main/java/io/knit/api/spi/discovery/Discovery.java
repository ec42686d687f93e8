package io.knit.api.spi.discovery;

import io.knit.api.model.Peer;
import io.knit.api.spi.Component;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Tells which hosts are on the mesh.
 *
 * <p>Obligations: 1. never blocks; 2. every call answers or fails within 10 s, whatever the source does; 3. a failed call
 * changes nothing for the next one: the source is tried anew; 4. may be called concurrently.
 */
public interface Discovery extends Component {
    /** The other hosts on the mesh, in any order. That one is missing proves nothing. */
    Future<List<Peer>> peers();

    /** The host that this runs on, or empty if it is on no mesh. */
    Future<Optional<Peer>> self();
}
