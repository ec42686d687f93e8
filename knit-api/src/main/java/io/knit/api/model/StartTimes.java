package io.knit.api.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long each phase of an instance's newest start took on its node, one after the other, as its agent measured it. Null: not known, not over yet, or
 * not gone through; never zero for that. Immutable.
 *
 * @param waited from when the agent knew of it, or its container ended, until it was taken up for this try
 * @param pulled until its image was there
 * @param created until its files were rendered and its container was made
 * @param started until its container ran
 * @param healthy until its check first succeeded; null also where nothing checks it
 */
public record StartTimes(
        @Nullable Duration waited,
        @Nullable Duration pulled,
        @Nullable Duration created,
        @Nullable Duration started,
        @Nullable Duration healthy) {

    /** Nothing is known: its agent is older, or began only when it ran already. */
    public static final StartTimes UNKNOWN = new StartTimes(null, null, null, null, null);
}
