package io.knit.core.wire;

import io.knit.api.command.Webhook;
import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Decided;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.Health;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.PullProgress;
import io.knit.api.model.Reservation;
import io.knit.api.model.Resources;
import io.knit.api.model.Rollout;
import io.knit.api.model.SecretMount;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.StartTimes;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.Update;
import io.knit.api.model.VolumeSpec;
import io.knit.core.spec.SpecTable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a record has where a message or document says nothing: a {@code Nullable} field null, any other the empty value of its type, or
 * what the builder of a spec gives. What makes a thing this thing and no other, or would be acted upon wrongly if it were guessed, has no
 * default: without it the record can't be read.
 */
final class Defaults {
    private static final NodeJudgement UNKNOWN = new NodeJudgement(NodeState.DISCOVERED, "", Instant.EPOCH, List.of());

    private static final Map<Class<?>, Object> OF_TYPE = Map.ofEntries(
            Map.entry(String.class, ""),
            Map.entry(boolean.class, false),
            Map.entry(int.class, 0),
            Map.entry(long.class, 0L),
            Map.entry(List.class, List.of()),
            Map.entry(Map.class, Map.of()),
            Map.entry(Instant.class, Instant.EPOCH),
            Map.entry(Duration.class, Duration.ZERO),
            Map.entry(Capacity.class, Capacity.UNKNOWN),
            Map.entry(Resources.class, Resources.DEFAULT),
            Map.entry(Health.class, Health.NONE),
            Map.entry(StartTimes.class, StartTimes.UNKNOWN),
            Map.entry(Reservation.class, Reservation.NONE),
            Map.entry(Update.class, Update.DEFAULT),
            Map.entry(Rollout.class, Rollout.NONE),
            Map.entry(Rollout.Phase.class, Rollout.Phase.DONE),
            Map.entry(Decided.class, Decided.nothing(Instant.EPOCH)),
            Map.entry(Observed.class, Observed.NOTHING),
            Map.entry(NodeWish.class, NodeWish.NONE),
            Map.entry(NodeWish.Availability.class, NodeWish.Availability.ACTIVE),
            Map.entry(NodeFacts.class, NodeFacts.NONE),
            Map.entry(NodeJudgement.class, UNKNOWN),
            Map.entry(Protocol.class, Protocol.TCP));

    /** Fields, in Java's spelling, that have no default though their type has one. */
    private static final Map<Class<?>, Set<String>> NEEDED = Map.ofEntries(
            Map.entry(Deployment.class, Set.of("name", "revision")),
            Map.entry(DeploymentSpec.class, Set.of("name", "image")),
            Map.entry(PortSpec.class, Set.of("containerPort")),
            Map.entry(ExposeSpec.class, Set.of("containerPort")),
            Map.entry(TemplateSpec.class, Set.of("destination")),
            Map.entry(VolumeSpec.class, Set.of("destination")),
            Map.entry(SecretMount.class, Set.of("name")),
            Map.entry(PartSpec.class, Set.of("name", "image")),
            Map.entry(SidecarSpec.class, Set.of("name", "image")),
            // one that is not known whose it is would hold another, or be removed for it
            Map.entry(SlotVolume.class, Set.of("deployment", "slot", "name", "node")),
            // one that is not known whither would end nowhere
            Map.entry(SlotMove.class, Set.of("deployment", "slot", "from", "to", "volumes")),
            Map.entry(NamedNetwork.class, Set.of("name")),
            Map.entry(HttpCheck.class, Set.of("port")),
            Map.entry(TcpCheck.class, Set.of("port")),
            // a demand that is not known would be met by every node
            Map.entry(Constraint.class, Set.of("key", "op")),
            Map.entry(Preference.class, Set.of("key", "op")),
            Map.entry(Instance.class, Set.of("id", "deployment", "revision", "slot")),
            // an address that is left out would be every address
            Map.entry(PortBinding.class, Set.of("hostIp", "hostPort", "containerPort")),
            Map.entry(Preparation.class, Set.of("node")),
            Map.entry(JobRun.class, Set.of("revision", "phase")),
            Map.entry(CronSpec.class, Set.of("schedule")),
            // a time that is not known would be run again
            Map.entry(CronRuns.class, Set.of("after")),
            Map.entry(CronRuns.Skipped.class, Set.of("due")),
            Map.entry(CronRun.class, Set.of("due", "run")),
            Map.entry(Node.class, Set.of("id", "identity")),
            Map.entry(KnitEvent.class, Set.of("seq", "type")),
            // a place that is not known would be the beginning
            Map.entry(Webhook.Course.class, Set.of("after")),
            Map.entry(Heartbeat.class, Set.of("v", "node", "identity", "session")),
            Map.entry(HeartbeatReply.class, Set.of("v", "cluster")),
            Map.entry(AssignmentsRequest.class, Set.of("v", "cluster", "node", "identity")),
            // a set that is cut short would end what runs
            Map.entry(AssignmentsPage.class, Set.of("v", "cluster", "revision", "digest", "assignments", "more")),
            Map.entry(Assignment.class, Set.of("instance", "deployment", "revision", "slot", "specHash")),
            Map.entry(NamesRequest.class, Set.of("v", "cluster", "node", "identity")),
            Map.entry(NamesPage.class, Set.of("v", "cluster", "digest")),
            Map.entry(NamedDeployment.class, Set.of("name")),
            Map.entry(NamedInstance.class, Set.of("id", "deployment", "node")),
            Map.entry(SpecsPage.class, Set.of("v", "cluster")),
            Map.entry(ValuesPage.class, Set.of("v", "cluster")),
            // an order that is known for another one's would remove what is wanted
            Map.entry(VolumeRemoval.class, Set.of("deployment", "slot", "name", "marked")),
            Map.entry(Prepare.class, Set.of("instance", "attempt", "image")),
            Map.entry(Prepared.class, Set.of("instance", "attempt")),
            Map.entry(Task.class, Set.of("v", "cluster", "revision")),
            Map.entry(Task.Placement.class, Set.of("instance", "node")),
            Map.entry(StatusReport.class, Set.of("v", "cluster", "node", "identity")),
            Map.entry(InstanceStatus.class, Set.of("instance", "seq")),
            Map.entry(StatusAck.class, Set.of("v", "cluster")),
            Map.entry(StatusAck.Acked.class, Set.of("instance", "seq")));

    /** Fields that have a document, and a writer, of their own. */
    private static final Map<Class<?>, Set<String>> KEPT_APART =
            Map.of(Instance.class, Set.of("observed"), Node.class, Set.of("facts", "judgement"));

    private Defaults() {}

    /** Whether a field is never written with its record. */
    static boolean isKeptApart(RecordComponent field) {
        return KEPT_APART.getOrDefault(field.getDeclaringRecord(), Set.of()).contains(field.getName());
    }

    static boolean isNullable(RecordComponent field) {
        return field.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** Whether a record can't be read without it. */
    static boolean isNeeded(RecordComponent field) {
        return NEEDED.getOrDefault(field.getDeclaringRecord(), Set.of()).contains(field.getName());
    }

    /**
     * Whether a field is left out when it has its default: the health of what nothing checks, the times of a start that are not known, the exit code of what is not over, the output of what has not failed, the pull that is not under way, the reservation of what reserves nothing, and of a
     * spec what is new. What Knit 0.1.0 had of one is always written; what came later is not, so that the hashes of older specs stay what they
     * are, and no container is made anew for a new field.
     */
    static boolean isLeftOut(RecordComponent field) {
        return field.getType() == Health.class
                || field.getType() == StartTimes.class
                || field.getDeclaringRecord() == StartTimes.class
                || isOfAnEnd(field)
                || isOfARelay(field)
                || isOfNetworks(field)
                || field.getType() == PullProgress.class
                || field.getType() == Reservation.class
                || SpecTable.isLater(field);
    }

    /** An agent that does not know it says nothing of it. */
    private static boolean isOfAnEnd(RecordComponent field) {
        return (field.getName().equals("exitCode") || field.getName().equals("lastOutput"))
                && (field.getDeclaringRecord() == InstanceStatus.class || field.getDeclaringRecord() == Observed.class);
    }

    /** Who is on none has the same entry, and a fleet of such the same digest, as at a server that tells of none. */
    private static boolean isOfNetworks(RecordComponent field) {
        return field.getDeclaringRecord() == NamedDeployment.class
                && field.getName().equals("networks");
    }

    /** What the engine publishes is written as ever. */
    private static boolean isOfARelay(RecordComponent field) {
        return field.getDeclaringRecord() == PortBinding.class && field.getType() == boolean.class;
    }

    /** Of a field that nothing is known around. */
    static @Nullable Object of(RecordComponent field) {
        return field.getDeclaringRecord() == DeploymentSpec.class ? ofSpec(field, "-") : ofType(field);
    }

    /** Whether what stands for it is the same whatever else was read of its record. */
    static boolean isAlwaysTheSame(RecordComponent field) {
        return field.getDeclaringRecord() != DeploymentSpec.class || field.getType() != PullPolicy.class;
    }

    /**
     * Null: there is none.
     *
     * @param read what else was read of the record, in the order of its fields
     */
    static @Nullable Object of(RecordComponent field, @Nullable Object[] read) {
        // the second is the image, by which the builder chooses when to pull
        return field.getDeclaringRecord() == DeploymentSpec.class
                ? ofSpec(field, String.valueOf(read[1]))
                : ofType(field);
    }

    private static @Nullable Object ofType(RecordComponent field) {
        if (isNullable(field) || isNeeded(field)) {
            return null;
        }
        return SpecTable.unlessGiven(field).orElseGet(() -> OF_TYPE.get(field.getType()));
    }

    private static @Nullable Object ofSpec(RecordComponent field, String image) {
        if (isNullable(field) || isNeeded(field)) {
            return null;
        }
        try {
            return field.getAccessor()
                    .invoke(DeploymentSpec.builder("-", Objects.requireNonNull(image, "image"))
                            .build());
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a record's accessor is public and throws nothing", e);
        }
    }
}
