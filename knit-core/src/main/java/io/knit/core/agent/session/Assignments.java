package io.knit.core.agent.session;

import io.knit.api.model.Order;
import io.knit.core.wire.Assignment;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks of assignments that came from outside: an instance's id becomes a file's and a container's name. */
final class Assignments {
    private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private Assignments() {}

    static boolean areWhole(@Nullable List<Assignment> assignments) {
        return assignments != null && assignments.stream().allMatch(Assignments::isWhole);
    }

    private static boolean isWhole(@Nullable Assignment it) {
        return it != null
                && it.instance() != null
                && INSTANCE.matcher(it.instance()).matches()
                && it.deployment() != null
                && it.order() != null
                && it.specHash() != null
                && it.ports() != null
                && (it.order() == Order.STOP || it.spec() != null);
    }
}
