package io.knit.api.command;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants changed. Immutable; what comes of it is decided on the newest state when it is its turn.
 *
 * @param <A> what it is answered with
 */
public sealed interface Command<A> {
    /**
     * What it is about, as {@code deployment/web}. Commands of one caller about the same thing take effect in the order in which they
     * were given, also if nobody waits for the answers.
     */
    String subject();

    /** For people, as {@code deploy web}; no secret is in it. */
    String words();

    /**
     * Makes a deployment, or a new revision of it if the spec differs from the present one.
     *
     * @param ifRevision the revision that the deployment must have when it is decided, 0: there must be none of this name; else it fails with
     *     {@code REVISION_CHANGED} and nothing is changed. Null: whatever it has
     */
    record Deploy(DeploymentSpec spec, @Nullable Integer ifRevision) implements Command<DeploymentView> {
        public Deploy {
            Objects.requireNonNull(spec, "spec");
        }

        /** Whatever revision it has. */
        public Deploy(DeploymentSpec spec) {
            this(spec, null);
        }

        @Override
        public String subject() {
            return "deployment/" + spec.name();
        }

        @Override
        public String words() {
            return "deploy " + spec.name();
        }
    }

    /**
     * Stops all instances of a deployment and then forgets it.
     *
     * @param ifRevision as in {@link Deploy}
     * @param volumes whether its volumes go, too, each once no container has it; of a slot that is placed anew on the same node before that it stays
     */
    record Undeploy(String name, @Nullable Integer ifRevision, boolean volumes) implements Command<DeploymentView> {
        public Undeploy {
            Objects.requireNonNull(name, "name");
        }

        /** Whatever revision it has. */
        public Undeploy(String name) {
            this(name, null);
        }

        /** Its volumes stay. */
        public Undeploy(String name, @Nullable Integer ifRevision) {
            this(name, ifRevision, false);
        }

        @Override
        public String subject() {
            return "deployment/" + name;
        }

        @Override
        public String words() {
            return "undeploy " + name + (volumes ? " and remove its volumes" : "");
        }
    }

    /**
     * Has a volume of a slot removed, with what is in it, by the node where it is. Fails with {@code IN_USE} while an instance that is wanted has it, or waits to have it.
     *
     * @param deployment which may be gone
     * @param slot as {@link SlotVolume#slotOf} calls it
     * @param name in the spec
     * @param node where it is; null: it is on one node only, else it fails with {@code INVALID_VALUE}
     */
    record RemoveVolume(
            String deployment,
            String slot,
            String name,
            @Nullable String node) implements Command<VolumeView> {
        public RemoveVolume {
            Objects.requireNonNull(deployment, "deployment");
            Objects.requireNonNull(slot, "slot");
            Objects.requireNonNull(name, "name");
        }

        /** On the only node where it is. */
        public RemoveVolume(String deployment, String slot, String name) {
            this(deployment, slot, name, null);
        }

        @Override
        public String subject() {
            return "deployment/" + deployment;
        }

        @Override
        public String words() {
            return "remove volume " + deployment + "/" + slot + "/" + name + (node == null ? "" : " on " + node);
        }
    }

    /**
     * Has a slot moved to another node together with its volumes: what runs of it stops, its volumes are copied, and it starts there. What fails ends where it was.
     *
     * @param slot as {@link SlotVolume#slotOf} calls it
     * @param to id of the node
     */
    record MoveSlot(String name, String slot, String to) implements Command<DeploymentView> {
        public MoveSlot {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(slot, "slot");
            Objects.requireNonNull(to, "to");
        }

        @Override
        public String subject() {
            return "deployment/" + name;
        }

        @Override
        public String words() {
            return "move slot " + slot + " of " + name + " to " + to;
        }
    }

    /**
     * Ends a move of a slot where the slot was. Fails with {@code NOT_FOUND} if it does not move.
     *
     * @param slot as {@link SlotVolume#slotOf} calls it
     */
    record CancelMove(String name, String slot) implements Command<DeploymentView> {
        public CancelMove {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(slot, "slot");
        }

        @Override
        public String subject() {
            return "deployment/" + name;
        }

        @Override
        public String words() {
            return "cancel the move of slot " + slot + " of " + name;
        }
    }

    /** Forgets a node that is down, and the key it was known by. */
    record ForgetNode(String id) implements Command<Node> {
        public ForgetNode {
            Objects.requireNonNull(id, "id");
        }

        @Override
        public String subject() {
            return "node/" + id;
        }

        @Override
        public String words() {
            return "forget node " + id;
        }
    }

    /** About a deployment that there is. Of one that is being undeployed nothing else can be wanted: it fails with {@code IN_USE}. */
    sealed interface Present extends Command<DeploymentView> {
        /** The deployment's. */
        String name();

        /** As in {@link Deploy}. */
        @Nullable
        Integer ifRevision();

        @Override
        default String subject() {
            return "deployment/" + name();
        }
    }

    /**
     * Makes a new revision of an earlier one's spec, with as many instances as there shall be now. What still runs by that one runs on, and all
     * other slots are replaced: at once, without canaries, if it is known to have been healthy in every slot; else as by any new spec.
     *
     * @param revision to which; null: to the newest other one that was healthy, never to one from which Knit itself went back
     * @param ifRevision as in {@link Deploy}
     */
    record Rollback(
            String name,
            @Nullable Integer revision,
            @Nullable Integer ifRevision) implements Present {
        public Rollback {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String words() {
            return "roll back " + name + (revision == null ? "" : " to revision " + revision);
        }
    }

    /**
     * Makes a new revision that differs in the number of instances alone.
     *
     * @param replicas 0–1000
     * @param ifRevision as in {@link Deploy}
     */
    record Scale(String name, int replicas, @Nullable Integer ifRevision) implements Present {
        public Scale {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String words() {
            return "scale " + name + " to " + replicas;
        }
    }

    /**
     * Makes a new revision of the present spec, for which every instance is made anew, as an update would.
     *
     * @param pull whether the registry is asked for the image: the same tag may mean another one since. The new revision's spec says so
     * @param ifRevision as in {@link Deploy}
     */
    record Restart(String name, boolean pull, @Nullable Integer ifRevision) implements Present {
        public Restart {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String words() {
            return "restart " + name + (pull ? " and pull its image" : "");
        }
    }

    /**
     * Leaves what runs by an older revision as it is, until {@link Resume}. What fails or is missing is made good all the same.
     *
     * @param ifRevision as in {@link Deploy}
     */
    record Pause(String name, @Nullable Integer ifRevision) implements Present {
        public Pause {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String words() {
            return "pause " + name;
        }
    }

    /**
     * Goes on with what {@link Pause} held up, or a failure.
     *
     * @param ifRevision as in {@link Deploy}
     */
    record Resume(String name, @Nullable Integer ifRevision) implements Present {
        public Resume {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String words() {
            return "resume " + name;
        }
    }

    /**
     * Lets the slots beyond the canaries follow. Of a rollout that has none waiting nothing changes.
     *
     * @param ifRevision as in {@link Deploy}
     */
    record Promote(String name, @Nullable Integer ifRevision) implements Present {
        public Promote {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String words() {
            return "promote " + name;
        }
    }

    /**
     * Wishes whether a node is to take work. What the node says of itself does not change it.
     *
     * @param deadline of one that is drained: what still runs there after this time is stopped, whatever it waits for; counted from when it
     *     is decided. Null: there is none, also if there was one before
     * @param startFirst of one that is drained: whether what it has is stopped only once its successor is healthy, or before that starts, whatever
     *     {@code update.order} says; what two of can't run at once is stopped first all the same. Null: as each deployment's update says
     */
    record SetAvailability(
            String id,
            Availability availability,
            @Nullable Duration deadline,
            @Nullable Boolean startFirst) implements Command<Node> {
        public SetAvailability {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(availability, "availability");
            if (deadline != null && availability != Availability.DRAINED) {
                throw new IllegalArgumentException("only a node that is drained has a deadline; leave it out");
            }
            if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
                throw new IllegalArgumentException("the deadline must be above zero, not " + deadline);
            }
            if (startFirst != null && availability != Availability.DRAINED) {
                throw new IllegalArgumentException("only a node that is drained has an order; leave out startFirst");
            }
        }

        /** Without a deadline. */
        public SetAvailability(String id, Availability availability) {
            this(id, availability, null, null);
        }

        /** As each deployment's update says. */
        public SetAvailability(String id, Availability availability, @Nullable Duration deadline) {
            this(id, availability, deadline, null);
        }

        @Override
        public String subject() {
            return "node/" + id;
        }

        @Override
        public String words() {
            return switch (availability) {
                        case ACTIVE -> "activate node ";
                        case PAUSED -> "pause node ";
                        case DRAINED -> "drain node ";
                    }
                    + id
                    + (deadline == null ? "" : " within " + Durations.text(deadline))
                    + (startFirst == null ? "" : startFirst ? ", starting first" : ", stopping first");
        }
    }

    /**
     * Has instances go to nodes that are better for them than those where they are, as these would be chosen now. Nothing is ever moved without it.
     *
     * @param maxMoves at most so many, 1–1000
     */
    record Rebalance(int maxMoves) implements Command<Rebalancing> {
        public static final int MOST_MOVES = 1_000;

        @Override
        public String subject() {
            return "cluster/balance";
        }

        @Override
        public String words() {
            return "rebalance with at most " + maxMoves + (maxMoves == 1 ? " move" : " moves");
        }
    }

    /**
     * Wishes labels of a node, beside those that its agent was started with and stronger than they are.
     *
     * @param labels those that change; null removes one that was wished. At most 256 are wished of a node
     */
    record LabelNode(String id, Map<String, @Nullable String> labels) implements Command<Node> {
        public LabelNode {
            Objects.requireNonNull(id, "id");
            labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        }

        @Override
        public String subject() {
            return "node/" + id;
        }

        @Override
        public String words() {
            return "label node " + id;
        }
    }

    /**
     * Makes a token, by which its holder is known over HTTP. One of this name that has expired makes room.
     *
     * @param name DNS label (RFC 1123)
     * @param hash of {@link TokenText}, which nobody but its holder has; it is no secret itself
     * @param deployments 1–32 patterns, as {@link Caller#deployments}
     * @param life from when it is decided, a minute to ten years; null: for ever
     */
    record CreateToken(
            String name,
            String hash,
            Caller.Role role,
            List<String> deployments,
            @Nullable Duration life) implements Command<Token> {
        public CreateToken {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(hash, "hash");
            Objects.requireNonNull(role, "role");
            deployments = List.copyOf(deployments);
        }

        @Override
        public String subject() {
            return "token/" + name;
        }

        @Override
        public String words() {
            return "create token " + name;
        }
    }

    /** Makes a token worthless, at once and for ever. */
    record RevokeToken(String name) implements Command<Token> {
        public RevokeToken {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String subject() {
            return "token/" + name;
        }

        @Override
        public String words() {
            return "revoke token " + name;
        }
    }

    /**
     * Makes a webhook: events are sent to its URL from now on.
     *
     * @param name DNS label (RFC 1123)
     * @param url at most 2,048 characters
     * @param events 1–32 patterns, as {@link Webhook#events}
     * @param deployments 1–32 patterns, as {@link Caller#deployments}
     * @param plain whether {@code http} is meant where others may read what is sent
     */
    record CreateWebhook(
            String name,
            String url,
            List<String> events,
            List<String> deployments,
            boolean plain,
            Webhook.Secret secret)
            implements Command<Webhook> {
        public CreateWebhook {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(url, "url");
            events = List.copyOf(events);
            deployments = List.copyOf(deployments);
            Objects.requireNonNull(secret, "secret");
        }

        @Override
        public String subject() {
            return "webhook/" + name;
        }

        @Override
        public String words() {
            return "create webhook " + name;
        }
    }

    /** Removes a webhook: nothing is sent there any more. */
    record RemoveWebhook(String name) implements Command<Webhook> {
        public RemoveWebhook {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String subject() {
            return "webhook/" + name;
        }

        @Override
        public String words() {
            return "remove webhook " + name;
        }
    }

    /**
     * Gives a variable, secret or file a content. The same again changes nothing, and its version stays.
     *
     * @param name 1–128 of {@code A-Z a-z 0-9 . _ -}, with a letter or digit at both ends
     * @param content at most {@link Value.Kind#most} bytes; of a variable it is text
     */
    record SetValue(Value.Kind kind, String name, Value.Content content) implements Command<Value> {
        public SetValue {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(content, "content");
        }

        @Override
        public String subject() {
            return kind.wireName() + "/" + name;
        }

        @Override
        public String words() {
            return "set " + kind.words() + " " + name;
        }
    }

    /** Removes a variable, secret, file or registry's login. */
    record RemoveValue(Value.Kind kind, String name) implements Command<Value> {
        public RemoveValue {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String subject() {
            return kind.wireName() + "/" + name;
        }

        @Override
        public String words() {
            return "remove " + kind.words() + " " + name;
        }
    }

    /** Seals all secrets anew, with the newest key that there is, or with one that is made for it. */
    record RotateSecrets() implements Command<Value.Rotation> {
        @Override
        public String subject() {
            return "cluster/secrets";
        }

        @Override
        public String words() {
            return "seal all secrets with a new key";
        }
    }
}
