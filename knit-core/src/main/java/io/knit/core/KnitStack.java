package io.knit.core;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Plan;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.server.stack.StackCommands;
import io.knit.core.server.stack.StackCommands.Place;
import io.knit.core.server.stack.StackRemoval;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What is deployed together, for who embeds a server: a {@link ComposeFile}, or specs that name one stack. It does what {@code POST /compose} and
 * {@code knit undeploy --stack} do. Immutable and thread-safe.
 *
 * <pre>{@code
 * KnitStack shop = KnitStack.of(server, ComposeFile.of(text).project("shop"));
 * shop.deploy().compose(deployed -> shop.prune());
 * }</pre>
 */
public final class KnitStack {
    private final Orchestrator server;
    private final String name;
    private final List<DeploymentSpec> specs;
    private final Place place;
    private final Caller caller;

    private KnitStack(Orchestrator server, String name, List<DeploymentSpec> specs, Place place, Caller caller) {
        this.server = Objects.requireNonNull(server, "server");
        this.name = name;
        this.specs = List.copyOf(specs);
        this.place = place;
        this.caller = Objects.requireNonNull(caller, "caller");
    }

    /**
     * The services of a Compose file; what the server has against one is said with the file's line.
     *
     * @throws KnitException all that can't be taken over, with its lines and what to write instead
     */
    public static KnitStack of(Orchestrator server, ComposeFile file) {
        ComposeReader.Read read = file.read();
        return new KnitStack(server, read.stack().project(), read.specs(), Place.ofFile(read), Caller.PROGRAM);
    }

    /**
     * Specs of one stack, deployed in this order; what the server has against one is said with its place in the list, {@code /0/image}.
     *
     * @param specs at least one; each names the same stack, and no name stands twice
     * @throws IllegalArgumentException if they don't
     */
    public static KnitStack of(Orchestrator server, List<DeploymentSpec> specs) {
        Set<String> stacks = new LinkedHashSet<>();
        Set<String> names = new HashSet<>();
        for (DeploymentSpec spec : specs) {
            stacks.add(spec.stack());
            if (!names.add(spec.name())) {
                throw new IllegalArgumentException(spec.name() + " is there twice; give each deployment once");
            }
        }
        if (stacks.size() != 1 || stacks.contains("")) {
            throw new IllegalArgumentException(
                    specs.isEmpty()
                            ? "there are no specs; undeploy takes a whole stack away"
                            : "the specs are of the stacks " + stacks + "; give each the same, by stack(…)");
        }
        return new KnitStack(server, specs.get(0).stack(), specs, Place.inList(specs), Caller.PROGRAM);
    }

    /** The same, with another's rights and name; unless given {@link Caller#PROGRAM}. */
    public KnitStack by(Caller other) {
        return new KnitStack(server, name, specs, place, other);
    }

    /** The stack's. */
    public String name() {
        return name;
    }

    /** In the order in which they are deployed. */
    public List<DeploymentSpec> specs() {
        return specs;
    }

    /**
     * What would come of it; nothing is changed.
     *
     * @param prune whether what is of the stack and not among these is taken away
     * @return of each, and then of each that goes; fails with a {@link KnitException} that has all that is refused of any
     */
    public Future<List<Plan>> plan(boolean prune) {
        return commands(prune).plan();
    }

    /**
     * Rehearses all, and then deploys one after the other. Where one fails all the same, as something changed meanwhile, the failure says which were
     * deployed before it; to do it again goes on.
     *
     * @return as they are then; give each to {@link Orchestrator#awaitSettled} to wait for it
     */
    public Future<List<DeploymentView>> deploy() {
        StackCommands commands = commands(false);
        return commands.rehearsed().compose(plans -> commands.deploy());
    }

    /** Undeploys what is of the stack, may be seen by who asks, and is not among these; volumes stay. Gives those. */
    public Future<List<DeploymentView>> prune() {
        return commands(true).prune();
    }

    /**
     * Undeploys all that is of a stack and may be seen by who asks, so that what depends on another, or shares its volume, goes before it.
     *
     * @param volumes whether what they keep in volumes goes, too
     * @return those that go; empty: there is nothing of the stack
     */
    public static Future<List<DeploymentView>> undeploy(
            Orchestrator server, String stack, boolean volumes, Caller caller) {
        Objects.requireNonNull(stack, "stack");
        return StackRemoval.all(server, stack, volumes, caller);
    }

    private StackCommands commands(boolean prune) {
        return new StackCommands(server, caller, name, specs, place, prune, null);
    }
}
