package io.knit.api.model;

import io.knit.api.spi.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That a node's agent is silent, at the moment of asking. Its times are of the server's clock, in whole seconds; time for which no server was there is not
 * counted, so they may move when one was away.
 *
 * @param since its last heartbeat, or when this server began to listen
 * @param down when it is, or was, judged down if it stays silent: what wishes nothing else is replaced then
 * @param onMesh whether the mesh heard of its host since
 */
public record Absence(Instant since, Instant down, boolean onMesh) {
    public Absence {
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(down, "down");
    }

    /** When what a deployment has on such a node is replaced, if it stays silent. */
    public Instant replacedAt(DeploymentSpec spec) {
        Instant wished = wished(spec);
        return wished == null || wished.isBefore(down) ? down : wished;
    }

    private @Nullable Instant wished(DeploymentSpec spec) {
        Duration after = spec.disconnect().replaceAfter();
        return after == null ? null : since.plus(after);
    }

    /** What an instance there is waiting for, for people. */
    public String words(DeploymentSpec spec, String node) {
        List<String> why = new ArrayList<>();
        Instant wished = wished(spec);
        if (wished != null && !wished.isBefore(down)) {
            why.add("disconnect.replace_after "
                    + Durations.text(Objects.requireNonNull(spec.disconnect().replaceAfter())));
        }
        if (onMesh) {
            why.add("the mesh still hears of the host");
        }
        String end = spec.mode() == Mode.GLOBAL ? "; it is counted as lost at " : "; it is replaced at ";
        return "its node " + node + " has been silent since " + since + end + replacedAt(spec)
                + (why.isEmpty() ? "" : " (" + String.join(", ", why) + ")");
    }
}
