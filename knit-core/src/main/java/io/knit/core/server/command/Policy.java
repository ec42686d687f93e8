package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.ReadVersions;
import io.knit.core.spec.Reads;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who may do what: the one place where that is decided (pure). */
public final class Policy {
    private static final String WAY_OUT = "; use another token, or have an admin make one (knit token create)";

    private Policy() {}

    /**
     * What is not about one deployment.
     *
     * @param words what he wants to do: {@code list tokens}
     * @throws KnitException with {@code FORBIDDEN}
     */
    public static void check(Right right, Caller caller, String words) {
        check(right, caller, null, words);
    }

    /**
     * @param deployment the name of the one that it is about, whether or not there is one; null: it is about none, or is not known yet
     * @param words what he wants to do: {@code scale web to 3}
     * @throws KnitException with {@code FORBIDDEN}
     */
    public static void check(Right right, Caller caller, @Nullable String deployment, String words) {
        String why = whyNot(right, caller, deployment);
        if (why != null) {
            throw forbidden(caller, words, why);
        }
    }

    /** What is not about one deployment: whether {@link #check(Right, Caller, String)} lets him pass. */
    public static boolean allows(Right right, Caller caller) {
        return whyNot(right, caller, null) == null;
    }

    /** Whether he may give such a command, whatever else is asked of what is in it. */
    public static boolean allows(Command<?> command, Caller caller) {
        return whyNot(right(command), caller, deployment(command)) == null;
    }

    private static @Nullable String whyNot(Right right, Caller caller, @Nullable String deployment) {
        Role needed = role(right);
        if (needed != null && caller.role().compareTo(needed) < 0) {
            return takes(needed, caller);
        }
        boolean all = right == Right.SEE_ALL || right == Right.DEPLOY_ALL || right == Right.ADMINISTER;
        if (all && !caller.isForAll()) {
            return "that is about the whole cluster, and " + scope(caller);
        }
        boolean one = right == Right.SEE_ONE || right == Right.DEPLOY;
        return one && deployment != null && !caller.isFor(deployment) ? scope(caller) : null;
    }

    private static @Nullable Role role(Right right) {
        return switch (right) {
            case OPEN -> null;
            case SEE, SEE_ONE, SEE_ALL -> Role.VIEWER;
            case DEPLOY, DEPLOY_ALL -> Role.DEPLOYER;
            case ADMINISTER -> Role.ADMIN;
        };
    }

    /** As {@link #check(Command, Caller, List)}, where nobody but an admin may ask anything of hosts. */
    public static void check(Command<?> command, Caller caller) {
        check(command, caller, List.of());
    }

    /**
     * What can be said without looking at the state.
     *
     * @param granted what anyone who deploys may ask of hosts, in the words of {@code --allow-host-access}
     * @throws KnitException with {@code FORBIDDEN}
     */
    public static void check(Command<?> command, Caller caller, List<String> granted) {
        check(right(command), caller, deployment(command), command.words());
        if (command instanceof Command.Deploy deploy) {
            checkAsked(deploy.spec(), caller, command.words(), granted);
            checkRead(Reads.of(deploy.spec()).keySet(), caller, command.words());
        }
    }

    /** As {@link #check(Command, Caller, ClusterState, List)}, where nobody but an admin may ask anything of hosts. */
    public static void check(Command<?> command, Caller caller, ClusterState state) {
        check(command, caller, state, List.of());
    }

    /**
     * The same on the state that it will be decided on: what was asked of hosts once by an admin's hand is not asked again by another's.
     *
     * @throws KnitException with {@code FORBIDDEN}
     */
    public static void check(Command<?> command, Caller caller, ClusterState state, List<String> granted) {
        check(command, caller, granted);
        Revision again = command instanceof Command.Rollback rollback ? WayBack.of(state, rollback) : null;
        if (again != null) {
            checkAsked(again.spec(), caller, command.words(), granted);
        }
        DeploymentSpec reader =
                command instanceof Command.Deploy deploy ? deploy.spec() : again == null ? null : again.spec();
        if (reader != null && !caller.isForAll()) {
            Map<String, Integer> kept = again == null ? Map.of() : ReadVersions.kept(state, again);
            checkRead(ReadVersions.reads(state, reader, kept).keySet(), caller, command.words());
            checkJoined(reader, caller, state, command.words());
            checkShared(reader, caller, command.words());
        }
    }

    /**
     * Who is of a stack or on a network answers there for others, by its aliases and its host name too: he has to be for all that are there, but where his deployment is
     * already, as somebody put it there.
     */
    private static void checkJoined(DeploymentSpec spec, Caller caller, ClusterState state, String words) {
        Deployment present = state.deployment(spec.name());
        // by an alias it is found in all of its stack, whichever network that stands at
        boolean isAsItWas = present != null
                && present.spec().stack().equals(spec.stack())
                && aliases(present.spec()).containsAll(aliases(spec));
        String stack = isAsItWas ? "" : spec.stack();
        Set<String> networks = new TreeSet<>();
        spec.network().networks().stream()
                .filter(each -> present == null
                        || !present.spec().network().networks().contains(each)
                        || isNewHost(spec, each, present.spec()))
                .forEach(each -> networks.add(each.name()));
        if (stack.isEmpty() && networks.isEmpty()) {
            return;
        }
        Set<String> shared = new TreeSet<>();
        for (Deployment other : state.deployments().values()) {
            if (other.deleting() || other.name().equals(spec.name()) || caller.isFor(other.name())) {
                continue;
            }
            if (!stack.isEmpty() && other.spec().stack().equals(stack)) {
                shared.add("the stack " + stack);
            }
            other.spec().network().networks().stream()
                    .filter(each -> networks.contains(each.name()))
                    .forEach(each -> shared.add("the network " + each.name()));
        }
        if (!shared.isEmpty()) {
            throw forbidden(
                    caller,
                    words,
                    "others are in " + String.join(" and ", shared) + ", for whom it would answer there, and "
                            + scope(caller) + "; who may change those has to put it there once");
        }
    }

    /** What is in a volume is that deployment's whose it is. */
    private static void checkShared(DeploymentSpec spec, Caller caller, String words) {
        List<String> others = spec.allVolumes().stream()
                .filter(volume -> volume.isShared() && !caller.isFor(volume.of()))
                .map(volume -> "the volume " + volume.name() + " of " + volume.of())
                .distinct()
                .toList();
        if (!others.isEmpty()) {
            throw forbidden(caller, words, "it shares " + String.join(", ", others) + ", and " + scope(caller));
        }
    }

    /** On a network of its own the engine leads to a container by its host name, too. */
    private static boolean isNewHost(DeploymentSpec spec, NamedNetwork network, DeploymentSpec present) {
        String host = spec.network().hostname();
        return !host.isEmpty()
                && Stream.concat(Stream.of(spec.name(), present.network().hostname()), network.aliases().stream())
                        .noneMatch(host::equalsIgnoreCase);
    }

    private static Set<String> aliases(DeploymentSpec spec) {
        return spec.network().networks().stream()
                .flatMap(each -> each.aliases().stream())
                .collect(Collectors.toSet());
    }

    /** Whoever can make a container that reads something can read it: what it is called has to be among his, as what he deploys has. */
    private static void checkRead(Set<String> reads, Caller caller, String words) {
        if (caller.isForAll()) {
            return;
        }
        List<String> others = reads.stream()
                .filter(at -> !mayRead(caller, at.substring(at.indexOf('/') + 1)))
                .map(at -> at.replace('/', ' '))
                .toList();
        if (!others.isEmpty()) {
            throw forbidden(
                    caller,
                    words,
                    "it reads " + String.join(", ", others) + ", and " + scope(caller)
                            + ", and for variables, secrets and files that are called so");
        }
    }

    /**
     * Whether what a variable, secret or file of this name holds is his to read: it is called as what he deploys, or {@code STACK.NAME}, as a Compose file
     * calls its own, where he is for {@code STACK-NAME}. No stack has a dot in its name.
     */
    public static boolean mayRead(Caller caller, String name) {
        int dot = name.indexOf('.');
        return caller.isForAll()
                || caller.isFor(name)
                || dot > 0
                        && caller.isFor(name.substring(0, dot) + "-"
                                + name.substring(dot + 1)
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'));
    }

    private static void checkAsked(DeploymentSpec spec, Caller caller, String words, List<String> granted) {
        if (caller.role().compareTo(Role.ADMIN) >= 0) {
            return;
        }
        List<String> asked = Privileges.askedBy(spec);
        List<String> reaches = HostAccess.lacking(HostAccess.of(spec), granted);
        if (!asked.isEmpty() || !reaches.isEmpty()) {
            String all = Stream.concat(asked.stream(), reaches.stream()).collect(Collectors.joining(", "));
            String flag = reaches.isEmpty()
                    ? ""
                    : ", or a server started with --allow-host-access " + String.join(",", reaches);
            throw forbidden(caller, words, all + " is asked for: " + takes(Role.ADMIN, caller) + flag);
        }
    }

    /** What a command takes. */
    public static Right right(Command<?> command) {
        if (command instanceof Command.SetValue || command instanceof Command.RemoveValue) {
            return Right.DEPLOY_ALL;
        }
        return command instanceof Command.Deploy
                        || command instanceof Command.Undeploy
                        || command instanceof Command.RemoveVolume
                        || command instanceof Command.MoveSlot
                        || command instanceof Command.CancelMove
                        || command instanceof Command.Present
                ? Right.DEPLOY
                : Right.ADMINISTER;
    }

    private static @Nullable String deployment(Command<?> command) {
        String[] subject = command.subject().split("/", 2);
        return subject[0].equals("deployment") ? subject[1] : null;
    }

    private static String takes(Role needed, Caller caller) {
        return "that takes the role " + word(needed) + ", and " + caller.name() + " has " + word(caller.role());
    }

    private static String scope(Caller caller) {
        return caller.name() + " is for the deployments " + String.join(", ", caller.deployments());
    }

    private static String word(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static KnitException forbidden(Caller caller, String words, String why) {
        return new KnitException(ErrorCode.FORBIDDEN, caller.name() + " may not " + words + ": " + why + WAY_OUT);
    }
}
