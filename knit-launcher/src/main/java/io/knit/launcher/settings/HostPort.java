package io.knit.launcher.settings;

/** An address that {@link Settings#address} found right, in its parts; IPv6 without brackets. */
public record HostPort(String host, int port) {
    public static HostPort of(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        boolean brackets = host.startsWith("[");
        return new HostPort(
                brackets ? host.substring(1, host.length() - 1) : host, Integer.parseInt(address.substring(colon + 1)));
    }
}
