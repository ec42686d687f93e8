package io.knit.core.server.documents;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.kept.Meta;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.ClusterState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the state of a store's documents, which come one after the other and are never held all at once. Documents of an older form are
 * upgraded on the way and written back in one commit with the new number; a store of a newer one is refused, and nothing is written to it.
 */
public final class StateLoader {
    private static final Logger LOG = LoggerFactory.getLogger(StateLoader.class);

    private final Loop loop;
    private final Store store;
    private final Upgrades upgrades;

    public StateLoader(Loop loop, Store store) {
        this(loop, store, Upgrades.KNOWN);
    }

    StateLoader(Loop loop, Store store, Upgrades upgrades) {
        this.loop = loop;
        this.store = store;
        this.upgrades = upgrades;
    }

    /** What was found in a store. */
    public record Loaded(ClusterState state, EventLog events) {}

    /**
     * The stored state, or empty: the store is.
     *
     * @return fails with {@code STORE_UNAVAILABLE} if it is of a newer Knit, not one of Knit's, or can't be read in a part that matters
     */
    public Future<Optional<Loaded>> load() {
        // the number stands somewhere among the documents: nearly always they are of the newest form
        return read(upgrades.newest()).compose(first -> {
            int form = first.form();
            if (form > upgrades.newest()) {
                return Future.failedFuture(newer(form));
            }
            return form == upgrades.newest() ? finished(first) : read(form).compose(this::finished);
        });
    }

    private Future<StateReading> read(int form) {
        StateReading reading = new StateReading(upgrades, form);
        return loop.bring(store.each(reading::take)).map(reading);
    }

    private Future<Optional<Loaded>> finished(StateReading reading) {
        Optional<Loaded> loaded;
        try {
            loaded = reading.finish();
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        List<StoreWrite> writes = new ArrayList<>(reading.mended());
        if (loaded.isEmpty() || (writes.isEmpty() && reading.form() == upgrades.newest())) {
            return Future.succeededFuture(loaded);
        }
        ClusterState state = loaded.get().state();
        writes.add(Meta.of(state, upgrades.newest()).write());
        return loop.bring(store.commit(writes)).map(done -> {
            LOG.info(
                    "The store was brought to format {}: {} documents were written anew",
                    upgrades.newest(),
                    writes.size());
            return loaded;
        });
    }

    private KnitException newer(int form) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the store was written by a newer Knit (format " + form + ", this one knows up to " + upgrades.newest()
                        + "); start that version, or restore the backup from before the upgrade. Nothing was changed in it");
    }
}
