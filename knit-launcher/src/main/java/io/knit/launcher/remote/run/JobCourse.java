package io.knit.launcher.remote.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.show.Listings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a job has come, by what the server shows of it.
 *
 * @param newest the attempt that was made last and that its node has not refused, or null: there is none
 * @param begun ids of those that have begun to run, so that there is something to read
 * @param started ids of those that have begun or may begin at any moment
 * @param waits why none has a node, or null: one has, or it is not known yet
 * @param phase {@code running}, {@code completed} or {@code failed}
 * @param reason why it is in this phase; empty: there is nothing to say
 * @param exitCode its last attempt's, or null: it is not over, or its node did not say
 */
record JobCourse(
        @Nullable String newest,
        List<String> begun,
        List<String> started,
        @Nullable String waits,
        String phase,
        String reason,
        @Nullable Integer exitCode) {
    private static final Set<String> BEGUN = Set.of("running", "stopping", "completed", "failed", "lost");
    /** What is said until the first look for a node. */
    private static final String NOT_YET = "waits to be placed";

    private static final String COMPLETED = "completed";

    JobCourse {
        begun = List.copyOf(begun);
        started = List.copyOf(started);
    }

    /** @param deployment as the server shows it */
    static JobCourse of(JsonNode deployment) {
        String attempt = null;
        String made = "";
        List<String> begun = new ArrayList<>();
        List<String> started = new ArrayList<>();
        String waits = null;
        Integer code = null;
        String last = "";
        for (JsonNode instance : deployment.path("instances")) {
            String id = Listings.text(instance, "id");
            String state = Listings.text(instance, "state");
            if (state.equals("pending")) {
                String reason = Listings.text(instance, "reason");
                waits = reason.isEmpty() || reason.equals(NOT_YET) ? waits : reason;
                continue;
            }
            String at = Listings.text(instance, "created_at");
            if (!state.equals("rejected") && at.compareTo(made) >= 0) {
                attempt = id;
                made = at;
            }
            if (BEGUN.contains(state)) {
                begun.add(id);
            }
            if (BEGUN.contains(state) || state.equals("starting")) {
                started.add(id);
            }
            String changed = Listings.text(instance, "changed_at");
            if (instance.path("exit_code").isInt() && changed.compareTo(last) >= 0) {
                code = instance.path("exit_code").asInt();
                last = changed;
            }
        }
        JsonNode job = deployment.path("job");
        String phase = Listings.text(job, "phase");
        boolean done = phase.equals(COMPLETED);
        return new JobCourse(
                attempt,
                begun,
                started,
                waits,
                phase,
                Listings.text(job, "reason"),
                done ? Integer.valueOf(0) : phase.equals("failed") ? code : null);
    }

    boolean isOver() {
        return phase.equals(COMPLETED) || phase.equals("failed");
    }
}
