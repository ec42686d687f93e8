package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.admission.Refusals;
import io.knit.core.spec.Span;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of operations, as strictly as a spec is read. Where nothing must be said, no body is as good as an empty object.
 */
public final class OperationReader {
    private static final String REVISION = "revision";
    private static final String REPLICAS = "replicas";
    private static final String PULL = "pull";
    private static final String LABELS = "labels";
    private static final String MAX_MOVES = "max_moves";
    private static final String DRY_RUN = "dry_run";
    private static final String DEADLINE = "deadline";
    private static final String START_FIRST = "start_first";
    /** What may be said of how a node is drained. */
    static final List<String> DRAINING = List.of(DEADLINE, START_FIRST);

    private static final String SLOT = "slot";
    private static final String TO = "to";

    private OperationReader() {}

    /** The revision to which; null: none is named. */
    public static @Nullable Integer rollback(byte[] body) {
        return read(body, List.of(REVISION), fields -> fields.has(REVISION) ? fields.number(REVISION) : null);
    }

    /** How many replicas. */
    public static int scale(byte[] body) {
        Integer replicas = read(body, List.of(REPLICAS), fields -> {
            if (fields.has(REPLICAS)) {
                return fields.number(REPLICAS);
            }
            fields.require(REPLICAS);
            return null;
        });
        return replicas == null ? 0 : replicas;
    }

    /** Whether the image is pulled. */
    public static boolean restart(byte[] body) {
        Boolean pull = read(body, List.of(PULL), fields -> fields.has(PULL) ? fields.flag(PULL) : null);
        return pull != null && pull;
    }

    /**
     * How a node is drained.
     *
     * @param deadline after what time it is to be empty; null: whenever that is
     * @param startFirst whether successors start first, or last; null: as each deployment's update says
     */
    public record Draining(
            @Nullable Duration deadline, @Nullable Boolean startFirst) {}

    /** How a node is drained. */
    public static Draining drain(byte[] body) {
        Draining asked = read(body, DRAINING, OperationReader::draining);
        return asked == null ? new Draining(null, null) : asked;
    }

    /** @param fields of {@link #DRAINING}, perhaps beside others */
    static Draining draining(Fields fields) {
        Duration deadline = fields.has(DEADLINE) ? fields.duration(DEADLINE) : null;
        if (deadline != null && Span.OF_DRAIN.fault(DEADLINE, deadline) != null) {
            fields.requireIn(Span.OF_DRAIN, DEADLINE, deadline);
            deadline = null;
        }
        return new Draining(deadline, fields.has(START_FIRST) ? fields.flag(START_FIRST) : null);
    }

    /** Which slot moves, and to which node. */
    public record Move(String slot, String to) {}

    /** Both are needed, and not empty. */
    public static Move move(byte[] body) {
        return read(body, List.of(SLOT, TO), fields -> {
            String slot = fields.has(SLOT) ? fields.text(SLOT) : null;
            String to = fields.has(TO) ? fields.text(TO) : null;
            if (!fields.has(SLOT)) {
                fields.require(SLOT);
            }
            if (!fields.has(TO)) {
                fields.require(TO);
            }
            fields.requireSaid(SLOT, "give the slot's number");
            fields.requireSaid(TO, "give a node's id");
            return new Move(slot == null ? "" : slot, to == null ? "" : to);
        });
    }

    /**
     * How a cluster is to be rebalanced.
     *
     * @param dryRun only what it would do is asked
     */
    public record Balancing(int maxMoves, boolean dryRun) {}

    /** At most so many moves; 10 unless told. */
    public static Balancing rebalance(byte[] body) {
        return read(body, List.of(MAX_MOVES, DRY_RUN), fields -> {
            Integer moves = fields.has(MAX_MOVES) ? fields.number(MAX_MOVES) : Integer.valueOf(10);
            Boolean dryRun = fields.has(DRY_RUN) ? fields.flag(DRY_RUN) : Boolean.FALSE;
            return new Balancing(moves == null ? 0 : moves, dryRun != null && dryRun);
        });
    }

    /** Of what takes nothing. */
    public static void nothing(byte[] body) {
        read(body, List.of(), fields -> null);
    }

    /** Labels of a node that change; null removes one. */
    public static Map<String, @Nullable String> labels(byte[] body) {
        Refusals refusals = new Refusals();
        JsonNode tree = SpecReader.tree(body);
        Fields fields = new Fields(tree, "", refusals, List.of(LABELS));
        Map<String, @Nullable String> labels = new LinkedHashMap<>();
        if (!fields.has(LABELS)) {
            fields.require(LABELS);
        } else if (!tree.get(LABELS).isObject()) {
            fields.textMap(LABELS);
        } else {
            tree.get(LABELS).properties().forEach(entry -> {
                if (entry.getValue().isTextual() || entry.getValue().isNull()) {
                    labels.put(entry.getKey(), entry.getValue().textValue());
                } else {
                    refusals.add(
                            Pointers.child("/" + LABELS, entry.getKey()),
                            ErrorCode.WRONG_TYPE,
                            "labels." + Pointers.quoted(entry.getKey())
                                    + " is no string; give a string, in quotes, or null to remove it");
                }
            });
        }
        refusals.throwIfAny();
        return labels;
    }

    /** @throws KnitException of kind USER; nothing that is read of a body at fault is used */
    private static <T extends @Nullable Object> T read(byte[] body, List<String> known, Function<Fields, T> reading) {
        Refusals refusals = new Refusals();
        JsonNode tree = body.length == 0 ? Json.object() : SpecReader.tree(body);
        T read = reading.apply(new Fields(tree, "", refusals, known));
        refusals.throwIfAny();
        return read;
    }
}
