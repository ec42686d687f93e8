package io.knit.plugin.nats;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the embedded broker listens.
 *
 * @param port 0–65535; 0 is any free one
 */
record ListenAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:\\[\\]]+):(\\d{1,5})");
    private static final int MOST_PORT = 65_535;

    /**
     * Reads {@code 127.0.0.1:4222} or {@code [::1]:4222}.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION} if it is none
     */
    static ListenAddress parse(String key, String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (matcher.matches() && Integer.parseInt(matcher.group(2)) <= MOST_PORT) {
            return new ListenAddress(matcher.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(matcher.group(2)));
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                key + " is \"" + NatsAddresses.redact(text) + "\"; give HOST:PORT such as 127.0.0.1:4222, with a port"
                        + " from 1 to 65535 or 0 for any free one");
    }
}
