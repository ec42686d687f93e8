package io.knit.core.server.http.access;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who showed a wrong token lately, by address, and too often. It keeps nobody out who shows a right one: no secret of 256 bits is guessed, and who could be locked out by
 * the failures of others behind the same address would be. Lives on one context.
 */
final class FailedLogins {
    /** So many may fail within {@link #WHILE}. */
    static final int FREE = 10;

    static final Duration WHILE = Duration.ofMinutes(1);
    /** More addresses than that are not remembered: the oldest makes room. */
    static final int MOST = 10_000;

    private final Map<String, Count> byAddress = new LinkedHashMap<>();

    private static final class Count {
        private final Duration since;
        private int failures;

        private Count(Duration since) {
            this.since = since;
        }
    }

    /**
     * Notes a failure.
     *
     * @param now on a clock that only goes forward
     * @return how long it takes until this address may fail again; zero: it may
     */
    Duration failed(String address, Duration now) {
        String key = key(address);
        Count count = byAddress.get(key);
        if (count == null || now.minus(count.since).compareTo(WHILE) >= 0) {
            byAddress.remove(key);
            makeRoom();
            count = new Count(now);
            byAddress.put(key, count);
        }
        count.failures++;
        return count.failures > FREE ? WHILE.minus(now.minus(count.since)) : Duration.ZERO;
    }

    private void makeRoom() {
        Iterator<String> oldest = byAddress.keySet().iterator();
        while (byAddress.size() >= MOST) {
            oldest.next();
            oldest.remove();
        }
    }

    /** For tests. */
    int size() {
        return byAddress.size();
    }

    /** Of IPv6 the network, in which one host has as many addresses as it likes. */
    private static String key(String address) {
        if (!address.contains(":")) {
            return address;
        }
        String[] parts = address.split("%", 2)[0].split(":", -1);
        // as the JDK writes them: eight groups, without ::
        return parts.length == 8 ? String.join(":", parts[0], parts[1], parts[2], parts[3]) : address;
    }
}
