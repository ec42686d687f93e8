package io.knit.plugin.nats.broker.login;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are not let in yet, or sent away: so many at most, whoever floods the broker. The one that has been silent
 * for longest leaves for the next, so that those who only wait keep nobody out; where credentials are being checked, the newcomer
 * has to come again. Thread-safe.
 */
public final class Strangers<C> {
    private final int most;
    private final Set<C> silent = new LinkedHashSet<>();
    private final Set<C> checked = new LinkedHashSet<>();

    public Strangers(int most) {
        this.most = most;
    }

    /** Takes one more; gives who must leave for it, if somebody must: that may be the newcomer. */
    public synchronized @Nullable C add(C newcomer) {
        if (silent.size() + checked.size() < most) {
            silent.add(newcomer);
            return null;
        }
        Iterator<C> oldest = silent.iterator();
        if (!oldest.hasNext()) {
            return newcomer;
        }
        C leaver = oldest.next();
        oldest.remove();
        silent.add(newcomer);
        return leaver;
    }

    /** It has given credentials, which are now checked. */
    public synchronized void checks(C connection) {
        if (silent.remove(connection)) {
            checked.add(connection);
        }
    }

    /** Its credentials did not let it in. */
    public synchronized void refused(C connection) {
        if (checked.remove(connection)) {
            silent.add(connection);
        }
    }

    /** It is let in, or gone. */
    public synchronized void remove(C connection) {
        if (!silent.remove(connection)) {
            checked.remove(connection);
        }
    }
}
