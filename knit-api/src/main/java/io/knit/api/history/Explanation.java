package io.knit.api.history;

import io.knit.api.model.DeploymentView;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * How a deployment, or one of its instances, came to be as it is. Immutable.
 *
 * @param deployment as it is; of an explained instance, with that alone
 * @param courses of its instances, in their order
 * @param waits why those without a node have none, node by node
 * @param words what it waits for now, and for whom something of it went: when it is run next, what was left out; empty: nothing
 * @param decisions that led here, newest first, at most 100: commands, and what the server did by itself; empty where no history is kept
 */
public record Explanation(
        DeploymentView deployment,
        List<Course> courses,
        List<Wait> waits,
        List<String> words,
        List<HistoryEntry> decisions) {
    public Explanation {
        Objects.requireNonNull(deployment, "deployment");
        courses = List.copyOf(courses);
        waits = List.copyOf(waits);
        words = List.copyOf(words);
        decisions = List.copyOf(decisions);
    }

    /**
     * What an instance went through.
     *
     * @param words what it waits for now, of which run it is, or for whom it goes; empty: nothing
     * @param phases in the order of time; those of which the events are no longer kept are left out
     * @param where what speaks for its node by the fleet as it is now, or for which other one: when it was placed the fleet may have been another; empty: it
     *     has none, or there is nothing to say
     */
    public record Course(String instance, List<String> words, List<Phase> phases, String where) {
        /** Of one of whose node nothing is said. */
        public Course(String instance, List<String> words, List<Phase> phases) {
            this(instance, words, phases, "");
        }

        public Course {
            Objects.requireNonNull(instance, "instance");
            Objects.requireNonNull(where, "where");
            words = List.copyOf(words);
            phases = List.copyOf(phases);
        }
    }

    /**
     * A step of it.
     *
     * @param name {@code made}, or a state as {@code assigned}
     * @param at when it first came to that
     * @param words what was said of it then; empty: nothing
     */
    public record Phase(String name, Instant at, String words) {
        public Phase {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(words, "words");
        }
    }

    /**
     * Instances that no node fits, for the same reasons.
     *
     * @param instances their ids
     * @param reason in one sentence
     * @param nodes what each node answers now, at most 1,000 of them
     * @param more how many nodes were left out
     */
    public record Wait(int revision, List<String> instances, String reason, List<NodeAnswer> nodes, int more) {
        public Wait {
            instances = List.copyOf(instances);
            Objects.requireNonNull(reason, "reason");
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * What one node answers.
     *
     * @param reason why it can't be there, in words that go on after its name; empty: nothing is against it
     */
    public record NodeAnswer(String node, String reason) {
        public NodeAnswer {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
