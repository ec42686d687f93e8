package io.knit.plugin.nats.broker;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are not let in yet, or sent away: so many at most, whoever floods the broker. The one that has been silent
 * for longest leaves for the next, so that those who only wait keep nobody out; where credentials are being checked, the newcomer
 * has to come again. Thread-safe.
 */
final class Strangers {
    private final int most;
    private final Set<Connection> silent = new LinkedHashSet<>();
    private final Set<Connection> checked = new LinkedHashSet<>();

    Strangers(int most) {
        this.most = most;
    }

    /** Takes one more; gives who must leave for it, if somebody must: that may be the newcomer. */
    synchronized @Nullable Connection add(Connection newcomer) {
        if (silent.size() + checked.size() < most) {
            silent.add(newcomer);
            return null;
        }
        Iterator<Connection> oldest = silent.iterator();
        if (!oldest.hasNext()) {
            return newcomer;
        }
        Connection leaver = oldest.next();
        oldest.remove();
        silent.add(newcomer);
        return leaver;
    }

    /** It has given credentials, which are now checked. */
    synchronized void checks(Connection connection) {
        if (silent.remove(connection)) {
            checked.add(connection);
        }
    }

    /** Its credentials did not let it in. */
    synchronized void refused(Connection connection) {
        if (checked.remove(connection)) {
            silent.add(connection);
        }
    }

    /** It is let in, or gone. */
    synchronized void remove(Connection connection) {
        if (!silent.remove(connection)) {
            checked.remove(connection);
        }
    }
}
