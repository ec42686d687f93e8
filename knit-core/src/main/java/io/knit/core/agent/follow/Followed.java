package io.knit.core.agent.follow;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.part.Validation;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.template.NotedServices;
import io.knit.core.template.ServiceLookup;
import io.knit.core.wire.Assignment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A container with files that follow. Only on the loop. */
final class Followed {
    final Assignment assignment;
    final DeploymentSpec spec;
    final String container;
    /** The templates whose files are another, of which it does not know yet. */
    final SortedSet<Integer> untold = new TreeSet<>();
    /** What it was told is to come, by the place of its template. */
    final Map<Integer, Loop.Timer> due = new HashMap<>();

    private @Nullable MadeOf madeOf;
    /** Since when it runs, by the loop's {@code elapsed}; null: it does not. */
    @Nullable
    Duration runningSince;

    boolean well;
    /** Whether it goes on some time, by what it has read. */
    boolean paused;
    /** Whether it is known what an agent of before left {@link #untold}. */
    boolean recalled;
    /** When contents that were refused are tried again; null: none were. */
    Loop.@Nullable Timer again;
    /** What is wrong with it that was told; empty: nothing. */
    String fault = "";

    /** What files were made of. */
    private record MadeOf(NodeModel on, Map<String, List<Map<String, Object>>> answers) {}

    Followed(Assignment assignment, DeploymentSpec spec, String container) {
        this.assignment = assignment;
        this.spec = spec;
        this.container = container;
    }

    /** With what is to be said yet to the same container, of which only the order is another. What is being said in this moment is not among that. */
    Followed after(@Nullable Followed before) {
        if (before != null && hasFilesOf(before)) {
            untold.addAll(before.untold);
            recalled = before.recalled;
            runningSince = before.runningSince;
            well = before.well;
            paused = before.paused;
            fault = before.fault;
        }
        return this;
    }

    /** Whether what was written for the other one was written for this. */
    boolean hasFilesOf(Followed other) {
        return container.equals(other.container) && spec.templates().equals(other.spec.templates());
    }

    /** What was not given at first may be given later, of the same revision. */
    boolean isSame(Assignment other, String otherContainer) {
        return container.equals(otherContainer)
                && assignment.revision() == other.revision()
                && assignment.reads().equals(other.reads());
    }

    /** Whether files are used only if a command takes them, which costs a container. */
    boolean isChecked() {
        return spec.templates().stream().anyMatch(it -> it.follows() && Validation.isWanted(it));
    }

    /** Its files are as they are made of this. */
    void made(NodeModel on, NotedServices asked) {
        madeOf = new MadeOf(on, asked.answers());
    }

    /** It is not known what its files were made of. */
    void toBeMade() {
        madeOf = null;
    }

    /** Whether its files would be the same again. */
    boolean isFresh(NodeModel on, ServiceLookup services) {
        MadeOf known = madeOf;
        return known != null && known.on().equals(on) && NotedServices.areStill(known.answers(), services);
    }

    /** Contents that were refused are tried again only by this; null: there are none. */
    void tryAgain(Loop.@Nullable Timer next) {
        if (again != null) {
            again.cancel();
        }
        again = next;
    }

    void dropTimers() {
        due.values().forEach(Loop.Timer::cancel);
        due.clear();
    }
}
