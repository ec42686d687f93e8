package io.knit.launcher.remote.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Kind;
import io.knit.launcher.remote.live.Follower;
import io.knit.launcher.remote.live.ServerAbsence;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a job until its end, reading what each of its attempts writes. */
final class Attached {
    /** Events say when to look; this is for those that were not heard. */
    private static final Duration BEAT = Duration.ofSeconds(1);

    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final KnitClient knit;
    private final String name;
    private final Consumer<JsonNode> lines;
    private final Duration silence;
    private final @Nullable JobJoin joining;
    private final Map<String, OutputReading> readings = new LinkedHashMap<>();
    /** The attempt that was made last, whether or not it can be read yet. */
    private @Nullable String newest;

    private final ServerAbsence absence = new ServerAbsence();

    Attached(KnitClient knit, String name, Consumer<JsonNode> lines) {
        this(knit, name, lines, SILENCE, null);
    }

    /** One that is joined instead of being read. */
    Attached(KnitClient knit, String name, JobJoin joining) {
        this(knit, name, line -> {}, SILENCE, joining);
    }

    /** @param silence after so long without a line a reading is given up when the job is over */
    Attached(KnitClient knit, String name, Consumer<JsonNode> lines, Duration silence) {
        this(knit, name, lines, silence, null);
    }

    private Attached(
            KnitClient knit, String name, Consumer<JsonNode> lines, Duration silence, @Nullable JobJoin joining) {
        this.knit = knit;
        this.name = name;
        this.lines = lines;
        this.silence = silence;
        this.joining = joining;
    }

    /**
     * Until the job is over, waits without having run, or is not there any more.
     *
     * @param first what the server answered when it took the job
     * @return how it is then; null: it was taken away
     */
    @Nullable
    JobCourse follow(Follower follower, JsonNode first) throws InterruptedException {
        JobCourse known = JobCourse.of(first);
        JobCourse course = known;
        while (course != null) {
            known = course;
            newest = course.newest() == null ? newest : course.newest();
            if (joining == null) {
                course.begun().forEach(this::read);
            } else {
                joining.sees(course);
            }
            if (course.isOver() || isGone() || course.waits() != null && !isRead()) {
                break;
            }
            follower.await(readings.values().stream().anyMatch(OutputReading::isVain) ? OutputReading.AGAIN : BEAT);
            course = look(known);
        }
        finish(known);
        return course;
    }

    private boolean isGone() {
        return joining != null && joining.isGone();
    }

    private boolean isRead() {
        return joining == null ? !readings.isEmpty() : joining.hasRun();
    }

    private OutputReading read(String instance) {
        OutputReading reading = readings.get(instance);
        if (reading == null || reading.isVain()) {
            reading = new OutputReading(knit, instance, lines).start();
            readings.put(instance, reading);
        }
        return reading;
    }

    private @Nullable OutputReading ofNewest() {
        return newest == null ? null : readings.get(newest);
    }

    private @Nullable JobCourse look(JobCourse before) {
        try {
            return absence.look(() -> JobCourse.of(knit.deployment(name)), before);
        } catch (KnitClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** All that was written is read, also of an attempt that ended before it could be asked for. */
    private void finish(JobCourse known) throws InterruptedException {
        if (joining != null) {
            joining.finish(silence);
            return;
        }
        if (known.isOver() && newest != null) {
            read(newest);
        }
        long until = System.nanoTime() + OutputReading.PUT_BY.toNanos();
        for (OutputReading reading : readings.values()) {
            reading.await(silence);
        }
        for (OutputReading last = ofNewest(); last != null && last.isVain(); last = ofNewest()) {
            if (System.nanoTime() > until) {
                return;
            }
            Thread.sleep(OutputReading.AGAIN.toMillis());
            read(String.valueOf(newest)).await(silence);
        }
    }

    /** Why what was joined was not given all that it was to read; null: it was, or ended by itself before. */
    @Nullable
    String ungiven() {
        return joining == null ? null : joining.ungiven();
    }

    /** Why not all that was written is here; null: it is. */
    @Nullable
    String missed() {
        return joining != null
                ? joining.missed()
                : readings.values().stream()
                        .map(OutputReading::missed)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }
}
