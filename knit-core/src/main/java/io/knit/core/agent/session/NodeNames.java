package io.knit.core.agent.session;

import java.util.Locale;

/** Makes node ids from host names. */
public final class NodeNames {
    private static final int MOST_OF_HOST = 56;

    private NodeNames() {}

    /** A DNS label: the first part of the host's name, and {@code end}, which tells hosts of one name apart. */
    public static String of(String hostname, String end) {
        String first = hostname.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
        String plain = first.replaceAll("[^a-z0-9-]", "-");
        String cut = plain.length() <= MOST_OF_HOST ? plain : plain.substring(0, MOST_OF_HOST);
        String host = cut.replaceAll("^-+|-+$", "");
        return (host.isEmpty() ? "node" : host) + "-" + end;
    }
}
