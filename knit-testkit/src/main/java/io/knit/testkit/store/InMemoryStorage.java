package io.knit.testkit.store;

import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What would be on the disk: it outlives the {@link InMemoryStore}s that open it, one at a time. Thread-safe. */
public final class InMemoryStorage {
    private final SortedMap<Key, String> documents =
            new TreeMap<>(Comparator.comparing(Key::table).thenComparing(Key::key));
    private final NavigableMap<Long, HistoryRow> history = new TreeMap<>();
    private @Nullable InMemoryStore holder;
    private Supplier<CommitFault> faults = () -> CommitFault.NONE;
    private Supplier<Duration> delays = () -> Duration.ZERO;
    private Runnable onCrash = () -> {};
    private int failures;
    private long commits;

    /** How long each commit takes from now on; only a store that was opened on a loop can be slow. */
    public synchronized InMemoryStorage delays(Supplier<Duration> delays) {
        this.delays = Objects.requireNonNull(delays, "delays");
        return this;
    }

    /** Asked before each commit that is to be written, from now on. */
    public synchronized InMemoryStorage faults(Supplier<CommitFault> faults) {
        this.faults = Objects.requireNonNull(faults, "faults");
        return this;
    }

    /** The next commits fail, before {@link #faults} is asked again. */
    public synchronized InMemoryStorage failNext(int commits) {
        failures = commits;
        return this;
    }

    /** Called when a commit meets a crash, after its store was killed; the rest of the process is the caller's to kill. */
    public synchronized InMemoryStorage onCrash(Runnable crash) {
        onCrash = Objects.requireNonNull(crash, "crash");
        return this;
    }

    /** All documents, ordered by table and key. */
    public synchronized List<StoredDocument> documents() {
        return documents.entrySet().stream()
                .map(e -> new StoredDocument(e.getKey().table(), e.getKey().key(), e.getValue()))
                .toList();
    }

    /** Puts back what {@link #documents} gave, as one does with a backup while no store has it open. */
    public synchronized void restore(List<StoredDocument> backup) {
        if (holder != null) {
            throw new IllegalStateException("the storage is open; close or kill its store first");
        }
        documents.clear();
        backup.forEach(it -> documents.put(new Key(it.table(), it.key()), it.body()));
    }

    /** How many commits were written. */
    public synchronized long commits() {
        return commits;
    }

    synchronized boolean hold(InMemoryStore store) {
        if (holder == null) {
            holder = store;
        }
        return holder == store;
    }

    synchronized void release(InMemoryStore store) {
        if (holder == store) {
            holder = null;
        }
    }

    synchronized Duration nextDelay() {
        return delays.get();
    }

    synchronized CommitFault nextFault() {
        if (failures > 0) {
            failures--;
            return CommitFault.FAIL;
        }
        return faults.get();
    }

    synchronized void write(List<StoreWrite> writes, List<HistoryRow> rows) {
        commits++;
        rows.forEach(row -> history.put(row.number(), row));
        for (StoreWrite write : writes) {
            Key key = new Key(write.table(), write.key());
            if (write.body() == null) {
                documents.remove(key);
            } else {
                documents.put(key, write.body());
            }
        }
    }

    synchronized List<HistoryRow> history(String deployment, long before, int limit) {
        return history.headMap(before, false).descendingMap().values().stream()
                .filter(row -> deployment.isEmpty() || row.deployment().equals(deployment))
                .limit(limit)
                .toList();
    }

    synchronized void forgetHistory(Instant before, int most) {
        history.values().removeIf(row -> row.at().isBefore(before));
        while (history.size() > most) {
            history.pollFirstEntry();
        }
    }

    void crash() {
        Runnable crash;
        synchronized (this) {
            crash = onCrash;
        }
        crash.run();
    }

    private record Key(String table, String key) {}
}
