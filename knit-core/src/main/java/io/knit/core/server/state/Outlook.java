package io.knit.core.server.state;

import io.knit.core.server.schedule.fit.Waiting;
import java.util.Collection;
import java.util.List;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What the controller found out and keeps until something changes. Stored nowhere: after a restart it is found out anew.
 *
 * @param waits by deployment; why its instances without a node have none. Those without such an instance are left out
 * @param quarantined deployments that can't be planned, with the reason
 * @param unasked deployments whose waits were not asked for since the state was loaded: what is found out then, people were told before
 */
record Outlook(PSortedMap<String, List<Waiting>> waits, PSortedMap<String, String> quarantined, PSet<String> unasked) {
    static final Outlook NONE = new Outlook(TreePMap.empty(), TreePMap.empty(), HashTreePSet.empty());

    /** Nothing is known yet of these. */
    static Outlook unasked(Collection<String> deployments) {
        return new Outlook(TreePMap.empty(), TreePMap.empty(), HashTreePSet.from(deployments));
    }

    Outlook askedBut(Collection<String> others) {
        return new Outlook(waits, quarantined, HashTreePSet.from(others));
    }

    Outlook waiting(String deployment, List<Waiting> now) {
        return new Outlook(
                now.isEmpty() ? waits.minus(deployment) : waits.plus(deployment, List.copyOf(now)),
                quarantined,
                unasked.minus(deployment));
    }

    /** @param reason empty: it is in quarantine no more */
    Outlook quarantining(String deployment, String reason) {
        return new Outlook(
                waits,
                reason.isEmpty() ? quarantined.minus(deployment) : quarantined.plus(deployment, reason),
                unasked);
    }

    Outlook without(String deployment) {
        return new Outlook(waits.minus(deployment), quarantined.minus(deployment), unasked.minus(deployment));
    }
}
