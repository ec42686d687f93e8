package io.knit.api.history;

import io.knit.api.command.Caller;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done: a caller's command, or what the server decided by itself. Without secrets.
 *
 * @param number by which one reads on; later entries have higher ones, with gaps
 * @param commit the revision of the state that came of it
 * @param caller who gave the command, or null: the server did it by itself
 * @param command the command in words, as {@code deploy web}; empty: there was none
 * @param details the command in a small form for programs: {@code kind}, and what it names
 * @param deployment the deployment's name, or null: it is about none
 * @param remarks what followed at once, in words with reasons: an instance for which there is no node, a node that was judged down. Of many, the
 *     first 20 and how many more
 */
public record HistoryEntry(
        long number,
        long commit,
        Instant at,
        @Nullable Caller caller,
        String command,
        Map<String, String> details,
        @Nullable String deployment,
        List<String> remarks) {
    public HistoryEntry {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(command, "command");
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
        remarks = List.copyOf(remarks);
    }
}
