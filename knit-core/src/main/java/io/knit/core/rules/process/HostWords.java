package io.knit.core.rules.process;

import io.knit.core.rules.IpAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A line of a container's {@code /etc/hosts}, as {@code docker run --add-host} and Compose take it: {@code db:10.0.0.7}. */
public final class HostWords {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?");
    private static final String HOST = "host-gateway";

    private HostWords() {}

    /** What is wrong with it, to be put after it; null: nothing. */
    public static @Nullable String fault(String words) {
        String[] parts = words.split("[:=]", 2);
        if (parts.length < 2 || !NAME.matcher(parts[0]).matches()) {
            return " is no name with an address; give it as \"db:10.0.0.7\" or \"host.docker.internal:host-gateway\"";
        }
        return parts[1].equals(HOST) || IpAddress.canonical(bare(parts[1])) != null
                ? null
                : " has no IP address behind its name; give one, or host-gateway for the container's host";
    }

    private static String bare(String address) {
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }
}
