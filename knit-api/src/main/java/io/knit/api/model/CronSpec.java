package io.knit.api.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * When a job is run, by the clock.
 *
 * @param schedule five fields as in crontab: minute, hour, day of the month, month, day of the week
 * @param timeZone in which zone's time, by its name in the IANA database
 * @param overlap what becomes of a time at which a run of before is still under way
 * @param history so many runs that completed are kept, and so many that did not; 0–20
 * @param catchUp the latest of the times that were missed is made up if it is not longer ago; zero: none is
 */
public record CronSpec(String schedule, String timeZone, Overlap overlap, int history, Duration catchUp) {
    /** What becomes of a time at which a run of before is still under way. */
    public enum Overlap {
        /** It is left out. */
        FORBID,
        /** Both run side by side. */
        ALLOW,
        /** The run of before is stopped, and then the new one begins. */
        REPLACE;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public CronSpec {
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(timeZone, "timeZone");
        Objects.requireNonNull(overlap, "overlap");
        Objects.requireNonNull(catchUp, "catchUp");
    }

    /** By this schedule in UTC, and all else as it is unless told. */
    public static CronSpec of(String schedule) {
        return new CronSpec(schedule, "UTC", Overlap.FORBID, 3, Duration.ofHours(24));
    }

    public CronSpec in(String zone) {
        return new CronSpec(schedule, zone, overlap, history, catchUp);
    }

    public CronSpec withOverlap(Overlap next) {
        return new CronSpec(schedule, timeZone, next, history, catchUp);
    }

    public CronSpec withHistory(int next) {
        return new CronSpec(schedule, timeZone, overlap, next, catchUp);
    }

    public CronSpec withCatchUp(Duration next) {
        return new CronSpec(schedule, timeZone, overlap, history, next);
    }
}
