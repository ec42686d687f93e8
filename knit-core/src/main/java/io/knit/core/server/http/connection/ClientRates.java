package io.knit.core.server.http.connection;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often each client asks. A client is an address, of IPv6 its network of 64 bits; who asks from this host itself is not counted, for all whom a
 * proxy passes on are one there. Remembers a bounded number of clients, the least recent of whom is forgotten. Lives on one context.
 */
public final class ClientRates {
    /** Nobody is counted. */
    public static final int NONE = 0;

    /** Requests of one client in a second, unless told: far more than people and programs that mean well send. */
    public static final int USUAL = 1_000;

    private static final int MOST_CLIENTS = 10_000;
    private static final double NANOS = 1e9;

    /** So many seconds' requests may come at once. */
    private static final int BURST = 2;

    private final int perSecond;
    private final boolean alsoThisHost;
    private final Map<String, Bucket> clients;

    /** @param perSecond requests; {@link #NONE} or more */
    public ClientRates(int perSecond) {
        this(perSecond, false, MOST_CLIENTS);
    }

    ClientRates(int perSecond, boolean alsoThisHost, int mostClients) {
        this.perSecond = perSecond;
        this.alsoThisHost = alsoThisHost;
        this.clients = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > mostClients;
            }
        };
    }

    /** @param perSecond as a setting says it; null: {@link #USUAL} */
    public static ClientRates of(@Nullable String perSecond) {
        try {
            int number = perSecond == null ? USUAL : Integer.parseInt(perSecond.strip());
            if (number >= NONE) {
                return new ClientRates(number);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                "http-rate is \"" + perSecond + "\"; give a number of requests a second, or 0 for any number");
    }

    private static final class Bucket {
        private double left;
        private long filledAt;
    }

    /**
     * Takes one request into account.
     *
     * @param now in nanoseconds of a clock that never goes back
     * @return after how many whole seconds to ask again; 0: it is served
     */
    public int take(SocketAddress from, long now) {
        if (perSecond == NONE) {
            return 0;
        }
        String client = client(from.hostAddress());
        if (client.isEmpty()) {
            return 0;
        }
        double most = (double) BURST * perSecond;
        Bucket bucket = clients.computeIfAbsent(client, first -> {
            Bucket full = new Bucket();
            full.left = most;
            full.filledAt = now;
            return full;
        });
        bucket.left = Math.min(most, bucket.left + (now - bucket.filledAt) / NANOS * perSecond);
        bucket.filledAt = now;
        if (bucket.left < 1) {
            return (int) Math.max(1, Math.ceil((1 - bucket.left) / perSecond));
        }
        bucket.left--;
        return 0;
    }

    /** So many requests of one client in a second. */
    public int perSecond() {
        return perSecond;
    }

    int known() {
        return clients.size();
    }

    /** Empty: it is not counted. */
    private String client(String address) {
        if (address == null) {
            return "";
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            if (parsed.isLoopbackAddress() && !alsoThisHost) {
                return "";
            }
            byte[] bytes = parsed.getAddress();
            return bytes.length == 4 ? address : Arrays.toString(Arrays.copyOf(bytes, 8));
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
