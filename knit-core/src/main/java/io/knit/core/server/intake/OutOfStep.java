package io.knit.core.server.intake;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes that do not come to hold what the server has for them, though their agents are told with each heartbeat. Loop-bound. */
final class OutOfStep {
    /** Enough to fetch a large set over a slow link; a new agent needs less than a second. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Behind> behind = new HashMap<>();

    private record Behind(String digest, Duration since) {}

    /**
     * Why the node should get no more work, or empty.
     *
     * @param digest of the set it holds
     * @param same whether that is the server's for it
     * @param now by the loop's {@code elapsed}
     * @param ahead whether it names a number for it that this server has not given
     */
    Optional<String> look(String node, String digest, boolean same, boolean ahead, Duration now) {
        if (same && !ahead) {
            behind.remove(node);
            return Optional.empty();
        }
        @Nullable Behind before = behind.get(node);
        // who takes one set after the other is busy, not stuck; but a number that nobody gave proves nothing
        if (before == null || (!ahead && !before.digest().equals(digest))) {
            behind.put(node, new Behind(digest, now));
            return Optional.empty();
        }
        if (now.minus(before.since()).compareTo(PATIENCE) < 0) {
            return Optional.empty();
        }
        return Optional.of(
                ahead
                        ? "its agent holds assignments with a number that this server has not given, and takes no others; update the"
                                + " agent, or stop it, remove assignments.json from its data folder, and start it again"
                        : "its agent has not taken over its newest assignments for " + PATIENCE.toSeconds()
                                + " s; its log says why");
    }

    void forget(String node) {
        behind.remove(node);
    }
}
