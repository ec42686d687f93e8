package io.knit.plugin.nats.broker.access;

/**
 * What one user may take of a broker. 0 anywhere: no more bounded than the broker's settings say for every client; where both give a
 * bound, the smaller holds.
 *
 * @param connections how many clients may be in as this user at once; for one more the oldest of them leaves
 * @param subscriptions how many each of these clients may have at once
 * @param pending how many bytes may wait for each, at least 1024 if given
 * @param operations how many operations a second each may ask for, see {@code EmbeddedNatsBuilder.maxOperations}
 */
public record Limits(int connections, int subscriptions, long pending, int operations) {
    /** No bound but the broker's. */
    public static final Limits NONE = new Limits(0, 0, 0, 0);

    private static final long LEAST_PENDING = 1024;

    public Limits {
        if (connections < 0 || subscriptions < 0 || operations < 0) {
            throw new IllegalArgumentException("a limit is negative; give 0 for none");
        }
        if (pending != 0 && pending < LEAST_PENDING) {
            throw new IllegalArgumentException(
                    "pending is " + pending + "; give 0 or at least " + LEAST_PENDING + " bytes");
        }
    }

    /** The smaller of two bounds, of which 0 is none. */
    public static long smaller(long one, long other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }
}
