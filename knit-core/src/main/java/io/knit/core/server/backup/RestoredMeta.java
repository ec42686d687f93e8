package io.knit.core.server.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.wire.WireCodec;
import java.time.Instant;

/**
 * What is other in a store that was made of a backup (pure). What was set after the backup is not known any more, but an agent that was away may have it: a version that is given
 * once more would be taken for that. So versions go on above the seconds that have passed since a day before the first release, for no name has another content each second.
 */
public final class RestoredMeta {
    /** The table of the one document, and its key. */
    public static final String DOCUMENT = "meta";

    private static final String PASSED = "passed";
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private RestoredMeta() {}

    /** The document as it is to be, with all else that it has. */
    public static String of(String meta, Instant restored) {
        ObjectNode document = WireCodec.parse(meta);
        long seconds = restored.getEpochSecond() - BEGINNING.getEpochSecond();
        long passed = Math.max(document.path(PASSED).asLong(0), Math.min(seconds, Integer.MAX_VALUE / 2));
        return document.put(PASSED, (int) passed).toString();
    }
}
