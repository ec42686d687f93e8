package io.knit.core.server.state;

import io.knit.api.command.Value;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** Variables, secrets and files. Immutable. */
public final class KnownValues {
    static final KnownValues NONE = new KnownValues(TreePMap.empty(), 0);

    private final PSortedMap<String, KnownValue> all;
    private final int passed;

    private KnownValues(PSortedMap<String, KnownValue> all, int passed) {
        this.all = all;
        this.passed = passed;
    }

    /** By {@link KnownValue#at}. */
    public Map<String, KnownValue> all() {
        return all;
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
        return new KnownValues(all.plus(added.at(), added), passed);
    }

    KnownValues without(Value.Kind kind, String name) {
        KnownValue gone = get(kind, name);
        return gone == null
                ? this
                : new KnownValues(
                        all.minus(gone.at()), Math.max(passed, gone.value().version()));
    }

    KnownValues passed(int number) {
        return new KnownValues(all, Math.max(passed, number));
    }
}
