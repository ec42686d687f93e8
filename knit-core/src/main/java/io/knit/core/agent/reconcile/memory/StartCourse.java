package io.knit.core.agent.reconcile.memory;

import io.knit.api.model.StartTimes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a start has come, and how long that took. All its times are of {@link io.knit.api.spi.loop.Loop#elapsed}.
 *
 * @param waitsSince since when it waits to be started, whatever was tried meanwhile; null: this agent does not know
 * @param since when the phase that is under way began; null: none is
 * @param times of the phases that are over
 */
public record StartCourse(
        @Nullable Duration waitsSince, @Nullable Duration since, StartTimes times) {
    /** Of one that this agent did not start. */
    public static final StartCourse NONE = new StartCourse(null, null, StartTimes.UNKNOWN);

    /** It is to be started, as of now. */
    public static StartCourse waiting(Duration now) {
        return new StartCourse(now, null, StartTimes.UNKNOWN);
    }

    /** A try to start it begins; what an earlier one took is waiting. */
    public StartCourse begun(Duration now) {
        Duration waited = waitsSince == null ? null : since(waitsSince, now);
        return new StartCourse(waitsSince, now, new StartTimes(waited, null, null, null, null));
    }

    /** Its image is there. */
    public StartCourse pulled(Duration now) {
        return at(now, new StartTimes(times.waited(), lasted(now), null, null, null));
    }

    /** Its container is made. */
    public StartCourse created(Duration now) {
        return at(now, new StartTimes(times.waited(), times.pulled(), lasted(now), null, null));
    }

    /** Its container runs. */
    public StartCourse started(Duration now) {
        return at(now, new StartTimes(times.waited(), times.pulled(), times.created(), lasted(now), null));
    }

    /** Its check succeeded; only the first time counts. */
    public StartCourse healthy(Duration now) {
        return since == null || times.started() == null
                ? this
                : new StartCourse(
                        null,
                        null,
                        new StartTimes(times.waited(), times.pulled(), times.created(), times.started(), lasted(now)));
    }

    private StartCourse at(Duration now, StartTimes next) {
        return new StartCourse(waitsSince, now, next);
    }

    private @Nullable Duration lasted(Duration now) {
        return since == null ? null : since(since, now);
    }

    /** In whole milliseconds, as it is said. */
    private static Duration since(Duration begin, Duration now) {
        return Duration.ofMillis(now.minus(begin).toMillis());
    }
}
