package io.knit.core.server.state;

import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Clearing;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What the controller found out and keeps until something changes. Stored nowhere: after a restart it is found out anew.
 *
 * @param waits by deployment; why its instances without a node have none. Those without such an instance are left out
 * @param clearings by deployment; which nodes are cleared for those that wait
 * @param quarantined deployments that can't be planned, with the reason
 * @param unasked by their names deployments whose waits were not asked for since the state was loaded: what is found out then, people were told before
 */
record Outlook(
        PSortedMap<String, List<Waiting>> waits,
        PMap<String, Clearing> clearings,
        PSortedMap<String, String> quarantined,
        PSortedMap<String, ?> unasked) {
    static final Outlook NONE = new Outlook(TreePMap.empty(), HashTreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    /** @param deployments by whose names nothing is known yet of them */
    static Outlook unasked(PSortedMap<String, ?> deployments) {
        return new Outlook(TreePMap.empty(), HashTreePMap.empty(), TreePMap.empty(), deployments);
    }

    Outlook askedBut(Collection<String> others) {
        TreeMap<String, String> names = new TreeMap<>();
        others.forEach(name -> names.put(name, name));
        return new Outlook(waits, clearings, quarantined, TreePMap.fromSortedMap(names));
    }

    Outlook waiting(String deployment, List<Waiting> now) {
        return new Outlook(
                now.isEmpty() ? waits.minus(deployment) : waits.plus(deployment, List.copyOf(now)),
                clearing(deployment, now),
                quarantined,
                unasked.minus(deployment));
    }

    /** The same object if nothing is cleared for it, as nothing was. */
    private PMap<String, Clearing> clearing(String deployment, List<Waiting> now) {
        Set<String> nodes = new HashSet<>();
        int priority = 0;
        for (Waiting waiting : now) {
            if (!waiting.clears().isEmpty()) {
                nodes.addAll(waiting.clears());
                priority = Math.max(priority, waiting.wish().priority());
            }
        }
        if (nodes.isEmpty()) {
            return clearings.containsKey(deployment) ? clearings.minus(deployment) : clearings;
        }
        Clearing next = new Clearing(deployment, priority, nodes);
        return next.equals(clearings.get(deployment)) ? clearings : clearings.plus(deployment, next);
    }

    /** @param reason empty: it is in quarantine no more */
    Outlook quarantining(String deployment, String reason) {
        return new Outlook(
                waits,
                clearings,
                reason.isEmpty() ? quarantined.minus(deployment) : quarantined.plus(deployment, reason),
                unasked);
    }

    Outlook without(String deployment) {
        return new Outlook(
                waits.minus(deployment),
                clearing(deployment, List.of()),
                quarantined.minus(deployment),
                unasked.minus(deployment));
    }
}
