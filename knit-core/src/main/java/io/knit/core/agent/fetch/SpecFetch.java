package io.knit.core.agent.fetch;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecsPage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The specs that orders name by their hashes: those of the set in force are there already, the others are asked for. Only on the loop. */
final class SpecFetch {
    private final Map<String, DeploymentSpec> held = new HashMap<>();
    private final Map<String, SpecBlob> fetched = new LinkedHashMap<>();

    SpecFetch(AssignmentSet held) {
        for (Assignment assignment : held.assignments().values()) {
            if (assignment.blob() != null && assignment.spec() != null) {
                this.held.put(assignment.blob(), assignment.spec());
            }
        }
    }

    /** The names of what is neither here nor came yet, as many as may be asked for at once. */
    List<String> missing(Collection<Assignment> orders, int most) {
        Set<String> names = new LinkedHashSet<>();
        for (Assignment order : orders) {
            String blob = order.blob();
            if (order.isUnresolved() && blob != null && !held.containsKey(blob) && !fetched.containsKey(blob)) {
                names.add(blob);
            }
        }
        return names.stream().limit(most).toList();
    }

    /**
     * Takes in what came.
     *
     * @return how many of those asked for; negative: something among them is not what its name says
     */
    int take(List<String> asked, SpecsPage page) {
        int took = 0;
        for (SpecBlob blob : page.specs()) {
            if (blob == null || !asked.contains(blob.blob()) || !blob.isSound()) {
                return -1;
            }
            fetched.put(blob.blob(), blob);
            took++;
        }
        return took;
    }

    /** The orders with their specs. One whose spec this release can't read is that instance's fault alone. */
    List<Assignment> resolved(Collection<Assignment> orders) {
        Map<String, String> unreadable = new HashMap<>();
        fetched.forEach((name, blob) -> {
            try {
                held.computeIfAbsent(name, n -> blob.read());
            } catch (KnitException e) {
                unreadable.put(name, String.valueOf(e.getMessage()));
            }
        });
        List<Assignment> resolved = new ArrayList<>();
        for (Assignment order : orders) {
            DeploymentSpec spec = order.blob() == null ? null : held.get(order.blob());
            if (!order.isUnresolved()) {
                resolved.add(order);
            } else if (spec != null) {
                resolved.add(order.resolved(spec));
            } else {
                resolved.add(order.unreadable(unreadable.getOrDefault(String.valueOf(order.blob()), "its spec")));
            }
        }
        return resolved;
    }

    /** What came, for the disk. */
    Map<String, SpecBlob> fetched() {
        return fetched;
    }
}
