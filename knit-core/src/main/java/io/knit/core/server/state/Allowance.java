package io.knit.core.server.state;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * So many at once, then one in each span of time, for each name on its own: what one node may have written, stored or told, so that it
 * leaves room for others. Not thread-safe.
 */
public final class Allowance {
    private static final int MOST_NAMES = 20_000;

    private final int burst;
    private final Duration span;
    private final Map<String, Account> accounts = new HashMap<>();

    /** @param paidUntil when all that was taken is paid for; {@code refused} since the last time that something was granted */
    private record Account(Duration paidUntil, long refused) {}

    public Allowance(int burst, Duration span) {
        this.burst = burst;
        this.span = span;
    }

    /**
     * How many were refused since the last that was granted, or -1: this one is refused, too.
     *
     * @param now time that elapsed since whenever; never goes back
     */
    public long take(String name, Duration now) {
        if (accounts.size() >= MOST_NAMES) {
            accounts.values().removeIf(account -> account.paidUntil().compareTo(now) <= 0);
        }
        @Nullable Account account = accounts.get(name);
        Duration from = account == null || account.paidUntil().compareTo(now) < 0 ? now : account.paidUntil();
        long refused = account == null ? 0 : account.refused();
        Duration after = from.plus(span);
        if (after.minus(now).compareTo(span.multipliedBy(burst)) > 0) {
            accounts.put(name, new Account(from, refused + 1));
            return -1;
        }
        accounts.put(name, new Account(after, 0));
        return refused;
    }

    public void forget(String name) {
        accounts.remove(name);
    }
}
