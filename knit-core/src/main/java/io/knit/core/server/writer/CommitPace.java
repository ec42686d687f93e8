package io.knit.core.server.writer;

import java.time.Duration;

/**
 * How much one commit may be, by how long those before it took from the first decision until they were stored: whoever asks for something waits for the
 * commit under way and then for his own. Where the disk alone takes longer than that, a commit may take twice what the disk does, so that half of the time goes
 * into what is to be done. Not thread-safe.
 */
final class CommitPace {
    /** Of less the costs of a commit itself would be too much. As much is in a commit for which somebody waits. */
    static final int SMALLEST = 32;

    static final int FIRST = 128;
    /** Of more the costs of a commit itself are next to nothing, and one change in a hundred takes much longer than the others did. */
    static final int USUAL = 512;
    /** Where the disk is what takes the time. */
    static final int LARGEST = 4_000;
    /** So long others wait for a commit, about. */
    static final Duration AIM = Duration.ofMillis(10);

    private int most = FIRST;
    /** What a commit of little costs; most of it is the disk's. */
    private Duration least = Duration.ZERO;

    /**
     * How many changes a commit may be.
     *
     * @param isForPeople whether somebody waits for an answer, who is not to wait for what agents say as well
     */
    int most(boolean isForPeople) {
        return isForPeople ? Math.min(most, SMALLEST) : most;
    }

    /**
     * To be told of each commit.
     *
     * @param changes in it
     * @param isCutShort whether there was more to be done
     */
    void took(Duration time, int changes, boolean isCutShort) {
        if (changes <= SMALLEST) {
            // one that was lucky on a busy machine says as little as one that was not
            least = least.isZero() ? time : least.plus(time.minus(least).dividedBy(4));
        }
        Duration aim = AIM.compareTo(least.multipliedBy(2)) < 0 ? least.multipliedBy(2) : AIM;
        if (time.compareTo(aim) > 0) {
            most = Math.max(SMALLEST, most / 2);
        } else if (isCutShort && time.multipliedBy(4).compareTo(aim.multipliedBy(3)) < 0) {
            most = Math.min(aim.equals(AIM) ? USUAL : LARGEST, most * 2);
        }
    }
}
