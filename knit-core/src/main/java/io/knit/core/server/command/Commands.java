package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rebalancing;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Passwords;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.value.ValueCommands;
import io.knit.core.server.view.Views;
import io.knit.core.server.volume.VolumeCommands;
import io.knit.core.server.volume.VolumeViews;
import io.knit.core.server.webhook.WebhookCommands;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What each command changes (pure). */
public final class Commands {
    private Commands() {}

    /**
     * What the caller is told once the decision is stored.
     *
     * @param <A> the answer's type
     */
    @FunctionalInterface
    public interface Answer<A> {
        /** @param committed the state with the decision and all that followed from it */
        A from(ClusterState committed);
    }

    /** The spec that the command makes of what is deployed, and which is new as a whole; empty: it makes none, or brings one. */
    public static Optional<DeploymentSpec> made(Command<?> command, ClusterState state) {
        return command instanceof Command.Present present ? PresentCommands.made(state, present) : Optional.empty();
    }

    /** What it does, in words that say also what it finds out by itself. */
    public static String words(Command<?> command, ClusterState state) {
        Revision to = command instanceof Command.Rollback rollback ? WayBack.of(state, rollback) : null;
        return to == null ? command.words() : new Command.Rollback(to.deployment(), to.number(), null).words();
    }

    /**
     * Decides on the newest state.
     *
     * @param caller who is remembered for it
     * @throws KnitException why it can't be
     */
    public static <A> Decision<Answer<A>> decide(Command<A> command, Caller caller, ClusterState state, Instant now) {
        return decide(command, caller, state, now, Sealing.NONE);
    }

    /**
     * The same.
     *
     * @param sealing for secrets
     */
    // each branch answers with what its command says
    @SuppressWarnings("unchecked")
    public static <A> Decision<Answer<A>> decide(
            Command<A> command, Caller caller, ClusterState state, Instant now, Sealing sealing) {
        Decision<? extends Answer<?>> decision;
        if (command instanceof Command.Deploy deploy) {
            decision = viewed(DeploymentCommands.deploy(state, deploy, caller, now));
        } else if (command instanceof Command.Undeploy undeploy) {
            decision = viewed(DeploymentCommands.undeploy(state, undeploy, now));
        } else if (command instanceof Command.RemoveVolume remove) {
            Decision<SlotVolume> removing = VolumeCommands.remove(state, remove, now);
            decision = new Decision<Answer<?>>(
                    removing.changes(), committed -> VolumeViews.of(committed, removing.answer()));
        } else if (command instanceof Command.MoveSlot move) {
            decision = viewed(MoveCommands.move(state, move, now));
        } else if (command instanceof Command.CancelMove cancel) {
            decision = viewed(MoveCommands.cancel(state, cancel, caller, now));
        } else if (command instanceof Command.Present present) {
            decision = viewed(PresentCommands.decide(state, present, caller, now));
        } else if (command instanceof Command.ForgetNode forget) {
            decision = told(NodeCommands.forget(state, forget.id()));
        } else if (command instanceof Command.SetAvailability set) {
            decision = told(NodeCommands.setAvailability(state, set, caller, now));
        } else if (command instanceof Command.LabelNode label) {
            decision = told(NodeCommands.label(state, label));
        } else if (command instanceof Command.Rebalance rebalance) {
            decision = told(moving(state, betterPlaces(state, rebalance, now)));
        } else if (command instanceof Command.CreateToken create) {
            decision = told(TokenCommands.create(state, create, caller, now));
        } else if (command instanceof Command.RevokeToken revoke) {
            decision = told(TokenCommands.revoke(state, revoke.name()));
        } else if (command instanceof Command.CreateWebhook create) {
            decision = told(WebhookCommands.create(state, create, caller, now));
        } else if (command instanceof Command.RemoveWebhook remove) {
            decision = told(WebhookCommands.remove(state, remove.name()));
        } else if (command instanceof Command.SetValue set) {
            decision = told(ValueReaders.set(state, set, sealing, caller, now));
        } else if (command instanceof Command.RemoveValue remove) {
            decision = told(ValueReaders.remove(state, remove));
        } else if (command instanceof Command.RotateSecrets) {
            decision = told(ValueCommands.rotate(state, sealing));
        } else {
            throw new IllegalStateException("no decision is known for " + command.words());
        }
        Passwords.check(state, decision.changes());
        return (Decision<Answer<A>>) decision;
    }

    /**
     * Which instances would be better off elsewhere. With 10,000 of them on 1,000 nodes that takes some tenths of a second.
     *
     * @throws KnitException if no such number of moves can be asked for
     */
    public static Rebalancing betterPlaces(ClusterState state, Command.Rebalance command, Instant now) {
        return Balance.find(state, command, now);
    }

    /** Has them go, but for those of which something has changed since they were found. */
    public static Decision<Rebalancing> moving(ClusterState tip, Rebalancing found) {
        return Balance.decide(tip, found);
    }

    private static <T> Decision<Answer<?>> told(Decision<T> decision) {
        return new Decision<>(decision.changes(), committed -> decision.answer());
    }

    private static Decision<Answer<?>> viewed(Decision<Deployment> decision) {
        return new Decision<>(decision.changes(), committed -> view(committed, decision.answer()));
    }

    /** As committed; what is gone by the same commit is shown as deleting. */
    private static DeploymentView view(ClusterState committed, Deployment known) {
        Deployment present = committed.deployment(known.name());
        return present == null ? Views.deployment(known.asDeleting(), List.of()) : Views.deployment(committed, present);
    }
}
