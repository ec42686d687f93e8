package io.knit.core.wire;

import java.util.OptionalInt;

/**
 * The versions of the protocol that one side can read and write.
 *
 * @param min the lowest
 * @param max the highest
 */
public record Speaks(int min, int max) {
    /** This release's. */
    public static final Speaks OURS = new Speaks(WireCodec.VERSION, WireCodec.VERSION);

    public boolean includes(int version) {
        return min <= version && version <= max;
    }

    /** The highest version that both speak; empty: there is none. */
    public OptionalInt common(Speaks other) {
        int highest = Math.min(max, other.max);
        return highest >= Math.max(min, other.min) ? OptionalInt.of(highest) : OptionalInt.empty();
    }

    /** As people are told it. */
    public String words() {
        return min == max ? "version " + min : "versions " + min + " to " + max;
    }
}
