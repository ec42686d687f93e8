package io.knit.launcher;

/** An address that {@link Settings#address} found right, in its parts; IPv6 without brackets. */
record HostPort(String host, int port) {
    static HostPort of(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        boolean brackets = host.startsWith("[");
        return new HostPort(
                brackets ? host.substring(1, host.length() - 1) : host, Integer.parseInt(address.substring(colon + 1)));
    }
}
