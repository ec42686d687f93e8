package io.knit.core.server.documents;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.WipingStore;
import io.knit.core.server.documents.kept.Meta;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.value.Sealing;
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
    private final PasswordSeal seal;

    public StateLoader(Loop loop, Store store, PasswordSeal seal) {
        this(loop, store, Upgrades.KNOWN, seal);
    }

    StateLoader(Loop loop, Store store, Upgrades upgrades, PasswordSeal seal) {
        this.loop = loop;
        this.store = store;
        this.upgrades = upgrades;
        this.seal = seal;
    }

    /** What was found in a store. */
    public record Loaded(ClusterState state, EventLog events) {}

    /**
     * The stored state, or empty: the store is.
     *
     * @return fails with {@code STORE_UNAVAILABLE} if it is of a newer Knit, not one of Knit's, or can't be read in a part that matters
     */
    public Future<Optional<Loaded>> load() {
        return loop.bring(seal.present()).compose(this::load);
    }

    private Future<Optional<Loaded>> load(Sealing keys) {
        // the number stands somewhere among the documents: nearly always they are of the newest form
        return read(upgrades.newest(), keys).compose(first -> {
            int form = first.form();
            if (form > upgrades.newest()) {
                return Future.failedFuture(newer(form));
            }
            return form == upgrades.newest()
                    ? finished(first, keys)
                    : read(form, keys).compose(reading -> finished(reading, keys));
        });
    }

    private Future<StateReading> read(int form, Sealing keys) {
        StateReading reading = new StateReading(upgrades, form, keys);
        return loop.bring(store.each(reading::take)).map(reading);
    }

    private Future<Optional<Loaded>> finished(StateReading reading, Sealing keys) {
        Optional<Loaded> loaded;
        try {
            loaded = reading.finish();
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        if (loaded.isEmpty()) {
            return Future.succeededFuture(loaded);
        }
        ClusterState state = loaded.get().state();
        boolean needsKey = reading.isClear() && keys.keys().isEmpty();
        return (needsKey ? loop.bring(seal.made(state)) : Future.succeededFuture(keys))
                .compose(sealing -> mended(reading, sealing, state))
                .map(loaded);
    }

    private Future<Void> mended(StateReading reading, Sealing sealing, ClusterState state) {
        List<StoreWrite> sealed = reading.sealed(sealing);
        boolean uncovers =
                reading.isResidue() || reading.isClear() && !sealing.keys().isEmpty();
        boolean isOlder = reading.form() != upgrades.newest();
        // without a key those in clear are there already
        boolean writes = isOlder || uncovers || !reading.mended().isEmpty() || !reading.isClear() && !sealed.isEmpty();
        if (!writes) {
            return Future.succeededFuture();
        }
        List<StoreWrite> all = new ArrayList<>(reading.mended());
        all.addAll(sealed);
        Meta meta = Meta.of(state, upgrades.newest());
        all.add((uncovers ? meta.withResidue() : meta).write());
        return loop.bring(store.commit(all)).compose(done -> {
            LOG.info(
                    isOlder
                            ? "The store was brought to format {}: {} documents were written anew"
                            : "The store's format is {}: {} documents were written anew",
                    upgrades.newest(),
                    all.size());
            return uncovers ? wiped(meta, reading.isClear()) : Future.succeededFuture();
        });
    }

    /** A server that is killed before this is done does it at its next start. */
    private Future<Void> wiped(Meta meta, boolean wereClear) {
        Future<Void> wiping = store instanceof WipingStore able ? loop.bring(able.wipe()) : Future.succeededFuture();
        return wiping.compose(done -> loop.bring(store.commit(List.of(meta.write()))))
                .onSuccess(
                        done -> LOG.info(
                                wereClear
                                        ? "Passwords of registries were in clear in the store; they are sealed now. Backups of before have them in clear"
                                        : "The store was wiped of what it had of passwords of registries before they were sealed anew. Backups of before have that"))
                .recover(e -> {
                    LOG.error(
                            "Passwords of registries are sealed now, but what the store keeps of before could not be wiped: {}; remove"
                                    + " what is in the way, stop the server, and run VACUUM on knit.db with sqlite3",
                            e.getMessage());
                    return Future.succeededFuture();
                });
    }

    private KnitException newer(int form) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the store was written by a newer Knit (format " + form + ", this one knows up to " + upgrades.newest()
                        + "); start that version, or restore the backup from before the upgrade. Nothing was changed in it");
    }
}
