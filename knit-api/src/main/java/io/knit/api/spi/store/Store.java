package io.knit.api.spi.store;

import io.knit.api.spi.Component;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps the server's state as documents: JSON text under a table's name and a key. The server loads everything once and
 * is the only writer.
 *
 * <p>Obligations: 1. what a succeeded {@link #commit} wrote is there after the process is killed and after power loss;
 * 2. a commit is whole or not at all, also when the process is killed in the middle; 3. commits take effect in the order of
 * the calls, though several may be under way at once and may share one disk sync; 4. a failed commit wrote nothing, unless it fails with {@code COMMIT_IN_DOUBT}: then it is whole or not at all,
 * and the server repeats it until it succeeds;
 * 5. {@link #load} gives the documents of succeeded commits, ordered by table and key; 6. a second process that opens the
 * same store fails with {@code IN_USE} or at least never corrupts it; 7. {@link #each} gives the same documents as {@link #load}, one after
 * the other and each once, and fails where the reader throws.
 */
public interface Store extends Component {
    /** Every document; memory for all of them is assumed. */
    Future<List<StoredDocument>> load();

    /**
     * Hands every document to the reader, in any order. A store that need not hold all of them at once for it should override
     * this: a server that starts reads by it.
     *
     * @param reader called by one thread at a time, never after the future is complete
     */
    default Future<Void> each(Consumer<StoredDocument> reader) {
        return load().map(documents -> {
            documents.forEach(reader);
            return null;
        });
    }

    /** Applies the writes in order as one transaction. An empty list succeeds at once. */
    Future<Void> commit(List<StoreWrite> writes);
}
