package io.knit.core.server.state;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Has the last word in each commit: what follows from the commands' changes is stored together with them. Pure. */
@FunctionalInterface
public interface Controller {
    Outcome decide(Question question);

    /**
     * What it is asked.
     *
     * @param before the state at the last commit
     * @param tip the state with the commands' changes
     * @param changes those changes; empty if there were none
     * @param due deployments to look at though nothing of them changed: their time has come, or the last slice had none for them
     * @param most how much work one slice may be, in about the work of placing one instance; at least one deployment is looked at
     */
    record Question(
            ClusterState before, ClusterState tip, List<Change> changes, Set<String> due, int most, Instant now) {}

    /**
     * What it answers.
     *
     * @param changes what follows
     * @param remarks what went wrong
     * @param alarms for each deployment that was looked at: when to look again though nothing changed; empty: never
     * @param left what there was no time for, to be looked at next
     */
    record Outcome(
            List<Change> changes, List<Remark> remarks, Map<String, Optional<Instant>> alarms, Set<String> left) {
        /** Nothing follows. */
        public static final Outcome NOTHING = new Outcome(List.of(), List.of(), Map.of(), Set.of());
    }

    /**
     * Something that whoever runs the server must know.
     *
     * @param cause where it comes from, for the log, or null
     */
    record Remark(String deployment, String words, @Nullable Throwable cause) {}
}
