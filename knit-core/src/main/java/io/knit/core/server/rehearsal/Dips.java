package io.knit.core.server.rehearsal;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which slots that worked at first do not work for a moment of a rehearsal. Not thread-safe. */
final class Dips {
    private final ClusterState first;
    private final Map<String, Course> courses = new TreeMap<>();

    Dips(ClusterState first) {
        this.first = first;
    }

    /** Of one deployment. */
    static final class Course {
        private final Set<SlotKey> worked;
        private final Set<SlotKey> missed = new TreeSet<>();
        private final List<Set<SlotKey>> outages = new ArrayList<>();
        private int worst;
        private boolean out;

        private Course(Set<SlotKey> worked) {
            this.worked = worked;
            this.worst = worked.size();
        }

        private void look(Set<SlotKey> working) {
            Set<SlotKey> missing = new TreeSet<>(worked);
            missing.removeAll(working);
            missed.addAll(missing);
            worst = Math.min(worst, worked.size() - missing.size());
            boolean none = !worked.isEmpty() && working.isEmpty();
            if (none && !out) {
                outages.add(missing);
            }
            out = none;
        }

        /** How many worked at first. */
        int healthy() {
            return worked.size();
        }

        /** How many of those worked at the worst moment. */
        int worst() {
            return worst;
        }

        boolean missed(SlotKey slot) {
            return missed.contains(slot);
        }

        boolean missedAny() {
            return !missed.isEmpty();
        }

        /** Each time in which nothing worked: which slots were waited for. */
        List<Set<SlotKey>> outages() {
            return outages;
        }
    }

    /** After these changes. What is to go for good is not missed. */
    void look(ClusterState before, List<Change> changes, ClusterState after) {
        Set<String> names = new TreeSet<>();
        for (Change change : changes) {
            Instance instance = change instanceof Change.RemoveInstance remove
                    ? before.instance(remove.id())
                    : change.instanceIn(after);
            if (instance != null) {
                names.add(instance.deployment());
            }
        }
        for (String name : names) {
            Deployment deployment = after.deployment(name);
            if (deployment != null && !deployment.deleting()) {
                courses.computeIfAbsent(name, one -> new Course(working(first, one)))
                        .look(working(after, name));
            }
        }
    }

    Map<String, Course> courses() {
        return courses;
    }

    private static Set<SlotKey> working(ClusterState state, String name) {
        Set<SlotKey> slots = new TreeSet<>();
        for (Instance instance : state.instancesOf(name)) {
            if (instance.isHealthy()) {
                slots.add(instance.slotKey());
            }
        }
        return slots;
    }
}
