package io.knit.core.server.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration SLOW = CommitPace.AIM.multipliedBy(3);

    private final CommitPace pace = new CommitPace();

    private void took(int times, Duration time, int changes, boolean isCutShort) {
        for (int i = 0; i < times; i++) {
            pace.took(time, changes, isCutShort);
        }
    }

    @Test
    void aCommitForWhichOthersWaitTooLongIsFollowedBySmallerOnes() {
        pace.took(QUICK, 1, false);
        took(10, SLOW, 1_000, true);
        assertThat(pace.most(false)).isEqualTo(CommitPace.SMALLEST);
    }

    @Test
    void whereThereIsMoreToDoAndTimeForItTheyGrow() {
        took(1, QUICK, CommitPace.FIRST, true);
        assertThat(pace.most(false)).isEqualTo(2 * CommitPace.FIRST);
        took(10, QUICK, 1_000, true);
        assertThat(pace.most(false)).isEqualTo(CommitPace.USUAL);
        assertThat(pace.most(true)).isEqualTo(CommitPace.SMALLEST);
    }

    @Test
    void whatIsDoneAtOnceLeavesThemAsTheyAre() {
        took(10, QUICK, 1, false);
        assertThat(pace.most(false)).isEqualTo(CommitPace.FIRST);
    }

    /** Else a disk that takes long would carry no more than a handful of changes each time. */
    @Test
    void whereTheDiskIsSlowACommitMayTakeTwiceAsLongAsItDoes() {
        took(30, SLOW, 1, false);
        took(1, SLOW.multipliedBy(2).minus(QUICK), 1_000, true);
        assertThat(pace.most(false)).isEqualTo(CommitPace.FIRST);
        took(2, SLOW.plus(QUICK), 1_000, true);
        assertThat(pace.most(false)).isEqualTo(4 * CommitPace.FIRST);
        took(1, SLOW.multipliedBy(2).plus(QUICK), 1_000, true);
        assertThat(pace.most(false)).isEqualTo(2 * CommitPace.FIRST);
        took(10, SLOW.plus(QUICK), 1_000, true);
        assertThat(pace.most(false)).isEqualTo(CommitPace.LARGEST);
    }

    /** As on a machine that is so busy that each handover between threads takes its time. */
    @Test
    void whereEachCommitTakesLongTheyGrowThoughAllThatIsSeenAreFull() {
        took(1, QUICK, 1, false);
        took(40, SLOW.multipliedBy(10), CommitPace.SMALLEST, true);
        assertThat(pace.most(false)).isGreaterThan(CommitPace.SMALLEST);
    }

    /** What is large and slow must not be taken for what the disk takes. */
    @Test
    void underLastingLoadTheyDoNotGrowByThemselves() {
        pace.took(QUICK, 1, false);
        took(1_000, SLOW, 1_000, true);
        assertThat(pace.most(false)).isEqualTo(CommitPace.SMALLEST);
        took(1, CommitPace.AIM, 1_000, true);
        assertThat(pace.most(false)).isEqualTo(CommitPace.SMALLEST);
    }
}
