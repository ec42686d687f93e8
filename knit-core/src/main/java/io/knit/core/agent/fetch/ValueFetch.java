package io.knit.core.agent.fetch;

import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.ValuesPage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values that orders read: those of the set in force are there already, the others are asked for. Only on the loop. */
final class ValueFetch {
    private final Map<String, ReadValue> held = new HashMap<>();
    private final Map<String, String> refused = new HashMap<>();

    ValueFetch(AssignmentSet held) {
        for (Assignment order : held.assignments().values()) {
            order.reads().stream()
                    .filter(value -> value.body() != null)
                    .forEach(value -> this.held.put(value.key(), value));
        }
    }

    /** The names of what neither came yet nor was refused, as many as may be asked for at once. */
    List<String> missing(Collection<Assignment> orders, int most) {
        Set<String> names = new LinkedHashSet<>();
        for (Assignment order : orders) {
            for (ReadValue value : order.reads()) {
                if (!held.containsKey(value.key()) && !refused.containsKey(value.key())) {
                    names.add(value.key());
                }
            }
        }
        return names.stream().limit(most).toList();
    }

    /**
     * Takes in what came.
     *
     * @return how many of those asked for are known of now; negative: something among them was not asked for
     */
    int take(List<String> asked, ValuesPage page) {
        for (ReadValue value : page.values()) {
            if (value == null || value.body() == null || !asked.contains(value.key())) {
                return -1;
            }
            held.put(value.key(), value);
        }
        if (!asked.containsAll(page.refused().keySet())) {
            return -1;
        }
        refused.putAll(page.refused());
        return page.values().size() + page.refused().size();
    }

    /** The orders with what they read. What is refused is their instances' fault alone. */
    List<Assignment> resolved(Collection<Assignment> orders) {
        List<Assignment> resolved = new ArrayList<>();
        for (Assignment order : orders) {
            resolved.add(
                    order.reads().isEmpty()
                            ? order
                            : order.reading(
                                    order.reads().stream().map(this::found).toList()));
        }
        return resolved;
    }

    private ReadValue found(ReadValue named) {
        ReadValue value = held.get(named.key());
        return value != null ? value : named.refused(refused.getOrDefault(named.key(), "it did not come"));
    }
}
