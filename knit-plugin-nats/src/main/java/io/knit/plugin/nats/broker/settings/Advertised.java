package io.knit.plugin.nats.broker.settings;

import java.util.List;
import java.util.regex.Pattern;

/** Addresses that clients are told of. */
public final class Advertised {
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:\\[\\]/@\"]+):(\\d{1,5})");
    private static final int MOST = 100;
    private static final int MOST_PORT = 65_535;

    private Advertised() {}

    public static List<String> checked(List<String> addresses) {
        if (addresses.size() > MOST) {
            throw new IllegalArgumentException(addresses.size() + " addresses; give at most " + MOST);
        }
        addresses.forEach(Advertised::check);
        return List.copyOf(addresses);
    }

    private static void check(String address) {
        var matcher = ADDRESS.matcher(address);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
        if (port < 1 || port > MOST_PORT) {
            throw new IllegalArgumentException("an address to advertise is \"" + address
                    + "\"; give HOST:PORT such as 10.54.0.1:4222, with a port from 1 to 65535");
        }
    }
}
