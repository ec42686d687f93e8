package io.knit.core.agent.reconcile.memory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one sidecar, beside its container. Its times are of {@link io.knit.api.spi.loop.Loop#elapsed}.
 *
 * @param failures how often in a row it ended or could not be made
 * @param restarts how often it was made anew
 * @param notBefore earliest time of the next try, or null: no failure is being waited out
 * @param runningSince when this agent first knew it to run, or null: it does not
 * @param once whether it has been started for the main container that is there
 * @param how what there is to say of it; empty: nothing
 * @param last what it wrote last before it ended; empty: nothing, or it is not known
 * @param next when it is tried again, in words
 * @param end how it ended, until it runs again; else empty
 */
public record Sidecar(
        int failures,
        int restarts,
        @Nullable Duration notBefore,
        @Nullable Duration runningSince,
        boolean once,
        String how,
        String last,
        String next,
        String end) {
    static final Sidecar NEW = new Sidecar(0, 0, null, null, false, "", "", "", "");

    private static final int LONGEST = 200;

    public boolean waits(Duration now) {
        return notBefore != null && now.compareTo(notBefore) < 0;
    }

    /** Whether an end of it is waited out, or would be. */
    public boolean isDown() {
        return runningSince == null && notBefore != null;
    }

    /** It was seen running. */
    public Sidecar running(Duration now) {
        return runningSince == null ? started(now) : this;
    }

    public Sidecar started(Duration now) {
        return end.isEmpty()
                ? new Sidecar(failures, restarts, null, now, true, "", "", "", "")
                : new Sidecar(failures, restarts + 1, null, now, true, "was started again after " + end, "", "", "");
    }

    /** @param exit null: nobody knows */
    public Sidecar ended(@Nullable String exit, Duration now, BackOff backOff) {
        return again(InstanceMemory.words(exit), exit == null ? "its end" : exit, true, now, backOff);
    }

    /** Its container is not there any more. */
    public Sidecar missing(Duration now, BackOff backOff) {
        return again("was removed by somebody else", "its removal", true, now, backOff);
    }

    private Sidecar again(String words, String after, boolean ran, Duration now, BackOff backOff) {
        int inARow = backOff.wasStable(runningSince, now) ? 1 : failures + 1;
        String wait = "; starts again in " + BackOff.words(backOff.after(inARow)) + " (restart " + (restarts + 1) + ")";
        return new Sidecar(
                inARow, restarts, now.plus(backOff.spread(inARow)), null, once || ran, words, "", wait, after);
    }

    /** It could not be made or started. */
    public Sidecar refused(String why, Duration now, BackOff backOff) {
        int inARow = failures + 1;
        String wait = "; tries again in " + BackOff.words(backOff.after(inARow)) + " (attempt " + (inARow + 1) + ")";
        return new Sidecar(
                inARow, restarts, now.plus(backOff.spread(inARow)), null, once, "can't be started", why, wait, end);
    }

    public Sidecar wrote(String line) {
        String bounded = line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
        return new Sidecar(failures, restarts, notBefore, runningSince, once, how, bounded, next, end);
    }

    String words(String name) {
        return how.isEmpty() ? "" : "sidecar " + name + " " + how + (last.isEmpty() ? "" : ": " + last) + next;
    }
}
