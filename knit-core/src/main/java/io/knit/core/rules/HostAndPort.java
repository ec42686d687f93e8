package io.knit.core.rules;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on.
 *
 * @param host a name or address, IPv6 without brackets
 * @param port 0–65535; 0: a free one
 */
public record HostAndPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^:\\[\\]\\s]+)):(\\d{1,5})");

    /**
     * Reads {@code host:port} or {@code [ipv6]:port}.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION}, naming {@code key}
     */
    public static HostAndPort parse(String key, String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches() && Integer.parseInt(matcher.group(3)) <= 65_535) {
            String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            return new HostAndPort(host, Integer.parseInt(matcher.group(3)));
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                key + " is \"" + text + "\"; give host:port such as 127.0.0.1:8080 or [::1]:8080");
    }

    public String withPort(int actual) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + actual;
    }
}
