package io.knit.api.command;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the templates of a spec would become on nodes, and where that differs from what its deployment has there now. Nothing was done. Secrets are {@code ***} wherever they stand, and what
 * is known only once an instance is placed is a name in angle brackets, as {@code <instance.id>}. Immutable.
 *
 * @param deployment its name
 * @param revision number of the revision that it would be
 * @param current number of the revision that is deployed, which is what it is compared with; null: none is
 * @param reads versions of what is read of variables, secrets and files
 * @param nodes by id
 * @param leftOff how many more nodes would get an instance
 * @param words why no instance would be placed; empty: some would
 */
public record Rendering(
        String deployment,
        int revision,
        @Nullable Integer current,
        List<Read> reads,
        List<OnNode> nodes,
        int leftOff,
        String words) {
    public Rendering {
        Objects.requireNonNull(deployment, "deployment");
        reads = List.copyOf(reads);
        nodes = List.copyOf(nodes);
        Objects.requireNonNull(words, "words");
    }

    /**
     * Which version of something is read.
     *
     * @param version by the revision that it would be; null: it does not read it
     * @param current by the one that is deployed; null: it does not read it
     */
    public record Read(
            Value.Kind kind,
            String name,
            @Nullable Integer version,
            @Nullable Integer current) {
        public Read {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * The files of one node.
     *
     * @param slots that would be there; the files are those of the first. Empty: none would, and {@code instance.slot} is not known
     */
    public record OnNode(String node, List<Integer> slots, List<File> files) {
        public OnNode {
            Objects.requireNonNull(node, "node");
            slots = List.copyOf(slots);
            files = List.copyOf(files);
        }
    }

    /**
     * A file.
     *
     * @param text what it becomes; null: it is no text, or there is none, and {@code problem} says why
     * @param base64 what it becomes, where that is no text
     * @param unknown what stands in it that is shown as something else, as {@code secret db} and {@code instance.id}
     * @param workedOut numbers of its lines, from 1, that are {@code ***} as a whole, since they are worked out from what is not shown
     * @param problem why it can't be rendered or shown; empty: it is
     * @param removed whether only the deployed revision has it
     * @param diff unified diff from the deployed revision's; empty: both are the same; null: there is nothing to compare
     */
    public record File(
            String destination,
            @Nullable String text,
            @Nullable String base64,
            List<String> unknown,
            List<Integer> workedOut,
            String problem,
            boolean removed,
            @Nullable String diff) {
        public File {
            Objects.requireNonNull(destination, "destination");
            unknown = List.copyOf(unknown);
            workedOut = List.copyOf(workedOut);
            Objects.requireNonNull(problem, "problem");
        }
    }
}
