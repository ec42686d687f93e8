package io.knit.core.server.state;

import io.knit.api.command.Value;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** Variables, secrets and files. Immutable. */
public final class KnownValues {
    static final KnownValues NONE = new KnownValues(TreePMap.empty(), TreePMap.empty(), 0);

    private final PSortedMap<String, KnownValue> all;
    private final PSortedMap<String, OlderValue> older;
    private final int passed;

    private KnownValues(PSortedMap<String, KnownValue> all, PSortedMap<String, OlderValue> older, int passed) {
        this.all = all;
        this.older = older;
        this.passed = passed;
    }

    /** By {@link KnownValue#at}. */
    public Map<String, KnownValue> all() {
        return all;
    }

    /** Versions that others have followed and that are kept, by {@link OlderValue#at}. */
    public Map<String, OlderValue> older() {
        return older;
    }

    /**
     * A version; null: it is not kept.
     *
     * @param at {@link KnownValue#at}
     */
    public @Nullable KnownValue version(String at, int version) {
        KnownValue newest = all.get(at);
        if (newest != null && newest.value().version() == version) {
            return newest;
        }
        OlderValue kept = older.get(OlderValue.at(at, version));
        return kept == null ? null : kept.known();
    }

    /** All boxes and contents that are kept, newest and older. */
    public Stream<KnownValue> kept() {
        return Stream.concat(all.values().stream(), older.values().stream().map(OlderValue::known));
    }

    /** Those of a kind, by name. */
    public Collection<KnownValue> of(Value.Kind kind) {
        String from = KnownValue.at(kind, "");
        return all.subMap(from, from + Character.MAX_VALUE).values();
    }

    public @Nullable KnownValue get(Value.Kind kind, String name) {
        return all.get(KnownValue.at(kind, name));
    }

    /** The highest version of any that were removed: none that is made anew gets one of those again. */
    public int passed() {
        return passed;
    }

    KnownValues with(KnownValue added) {
        return new KnownValues(all.plus(added.at(), added), older, passed);
    }

    KnownValues keeping(OlderValue kept) {
        return new KnownValues(all, older.plus(kept.at(), kept), passed);
    }

    KnownValues forgetting(String at) {
        return new KnownValues(all, older.minus(at), passed);
    }

    KnownValues without(Value.Kind kind, String name) {
        KnownValue gone = get(kind, name);
        return gone == null
                ? this
                : new KnownValues(
                        all.minus(gone.at()),
                        older,
                        Math.max(passed, gone.value().version()));
    }

    KnownValues passed(int number) {
        return new KnownValues(all, older, Math.max(passed, number));
    }
}
