package io.knit.core.server.dashboard.frame;

import io.knit.api.error.KnitException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What a cookie is called. Cookies know no ports: a browser sends those of all servers that it reaches by one host name to each of
 * them, so that each cluster's have the first letters of its id in their names. Lives on one context.
 */
public final class CookieName {
    private static final int LETTERS = 8;
    private static final Pattern OTHERS = Pattern.compile("[^A-Za-z0-9]");

    private final String what;
    private final Supplier<String> cluster;
    private String name = "";

    /** @param cluster its id; as long as it is not known, empty or a failure */
    public CookieName(String what, Supplier<String> cluster) {
        this.what = what;
        this.cluster = cluster;
    }

    private String cluster() {
        try {
            return cluster.get();
        } catch (KnitException e) {
            // who does not lead does not know it
            return "";
        }
    }

    @Override
    public String toString() {
        if (name.isEmpty()) {
            String id = OTHERS.matcher(cluster()).replaceAll("");
            if (id.isEmpty()) {
                return what;
            }
            name = what + "_" + id.substring(0, Math.min(LETTERS, id.length()));
        }
        return name;
    }
}
