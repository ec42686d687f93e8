package io.knit.core.server.foresight;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Scenario;
import io.knit.core.rules.Nearest;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Whether there is what a step names; what is not there can't be meant, and a scenario about nothing would read as good news. */
final class Names {
    private static final String DEPLOYMENT = "deployment/";
    private static final String NODE = "node/";
    /** Of what a later step brings. */
    private final Set<String> announced = new TreeSet<>();

    /** These come yet: what they deploy may be named before. */
    void announce(List<Scenario.Step> steps) {
        for (Scenario.Step step : steps) {
            if (step instanceof Scenario.Run run && run.command() instanceof Command.Deploy deploy) {
                announced.add(deploy.spec().name());
                announced.add(deploy.spec().image());
            }
        }
    }

    void requireNode(ClusterState state, String node) {
        require(node, state.nodes().keySet(), "node", "GET /nodes lists them");
    }

    void requireProgram(ClusterState state, String what) {
        Set<String> known = new TreeSet<>(announced);
        known.addAll(state.deployments().keySet());
        for (String deployment : state.deployments().keySet()) {
            for (Revision revision : state.revisionsOf(deployment)) {
                known.add(revision.spec().image());
            }
        }
        require(what, known, "deployment or image", "name a deployment, or an image as its spec does");
    }

    /** A command finds out itself what is not there; the nearest is said here. */
    void requireSubject(ClusterState state, Command<?> command) {
        String subject = command.subject();
        if (subject.startsWith(NODE)) {
            requireNode(state, subject.substring(NODE.length()));
        } else if (subject.startsWith(DEPLOYMENT) && !(command instanceof Command.Deploy)) {
            require(
                    subject.substring(DEPLOYMENT.length()),
                    state.deployments().keySet(),
                    "deployment",
                    "GET /deployments lists them");
        }
    }

    private static void require(String name, Collection<String> known, String what, String otherwise) {
        if (!known.contains(name)) {
            String hint = Nearest.to(name, known, 1)
                    .map(nearest -> "did you mean \"" + nearest + "\"?")
                    .orElse(otherwise);
            throw new KnitException(ErrorCode.NOT_FOUND, "there is no " + what + " named \"" + name + "\"; " + hint);
        }
    }

    /**
     * Where in a step stands what is wrong with it.
     *
     * @param field of what its word says; empty: it is not known
     */
    static String place(Scenario.Step step, String field) {
        boolean scales = step instanceof Scenario.Run run && run.command() instanceof Command.Scale;
        return (scales && !field.isEmpty() ? "/scale" : word(step)) + field;
    }

    private static String word(Scenario.Step step) {
        if (step instanceof Scenario.Kill) {
            return "/kill";
        }
        if (step instanceof Scenario.Revive) {
            return "/revive";
        }
        if (step instanceof Scenario.Unhealthy) {
            return "/unhealthy";
        }
        return step instanceof Scenario.Run run && run.command() instanceof Command.Deploy ? "/deploy" : "";
    }
}
