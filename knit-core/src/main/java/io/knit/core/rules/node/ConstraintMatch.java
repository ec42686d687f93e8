package io.knit.core.rules.node;

import io.knit.api.model.Constraint;
import io.knit.api.model.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A constraint, read once to be asked of many nodes. Equal if the constraints are. Immutable. */
final class ConstraintMatch implements Match {
    private final Constraint constraint;
    private final @Nullable NodeFact fact;
    private final boolean version;
    private final @Nullable Magnitude bound;
    private final List<Cidr> networks = new ArrayList<>();
    private final Set<String> words = new HashSet<>();
    /** What was compared last: a fleet's engines are of few versions. Whoever writes it writes a whole one, so threads may race. */
    private @Nullable Compared last;

    private record Compared(String had, int order) {}

    ConstraintMatch(Constraint constraint) {
        this.constraint = constraint;
        this.fact = NodeFact.of(constraint.key()).orElse(null);
        String value = constraint.value();
        words.addAll(constraint.values());
        if (value != null) {
            words.add(value);
        }
        this.version = fact == NodeFact.ENGINE || value != null && Magnitude.isOnlyVersion(value);
        this.bound = value == null ? null : Magnitude.of(value, version);
        if (fact == NodeFact.MESH_IP) {
            words.stream().map(Cidr::of).filter(Objects::nonNull).forEach(networks::add);
        }
    }

    @Override
    public boolean isOfLabelValues() {
        return fact == null && (constraint.op() == Constraint.Op.EQUAL || constraint.op() == Constraint.Op.IN);
    }

    @Override
    public String key() {
        return constraint.key();
    }

    @Override
    public Set<String> values() {
        return words;
    }

    @Override
    public boolean meets(Node node) {
        String had = had(node);
        return switch (constraint.op()) {
            case EXISTS -> had != null;
            case NOT_EXISTS -> had == null;
            case EQUAL, IN -> had != null && has(had);
            case NOT_EQUAL, NOT_IN -> had == null || !has(had);
            case GREATER -> had != null && order(had) > 0;
            case LESS -> had != null && order(had) < 0;
        };
    }

    private @Nullable String had(Node node) {
        return fact == null ? node.labels().get(constraint.key()) : fact.of(node);
    }

    private boolean has(String had) {
        return fact == NodeFact.MESH_IP ? networks.stream().anyMatch(network -> network.has(had)) : words.contains(had);
    }

    /** Of the node's value beside the one that is asked for; 0 also where there is nothing to compare. */
    private int order(String had) {
        Compared known = last;
        if (known == null || !known.had.equals(had)) {
            Magnitude of = Magnitude.of(had, version);
            known = new Compared(had, of == null || bound == null ? 0 : of.compareTo(bound));
            last = known;
        }
        return known.order;
    }

    @Override
    public String against(Node node) {
        String had = had(node);
        String key = constraint.key();
        if (had == null) {
            String lacks = fact == null
                    ? "lacks the label " + key
                    : fact == NodeFact.MESH_IP ? "is on no mesh" : "has not told " + key;
            boolean isPlain = fact == null && constraint.op() == Constraint.Op.EQUAL;
            return isPlain ? lacks + "=" + constraint.value() : lacks + ", and must have " + constraint.words();
        }
        return constraint.op() == Constraint.Op.EQUAL && fact != NodeFact.MESH_IP
                ? "has " + key + "=" + had + ", not " + key + "=" + constraint.value()
                : "has " + key + "=" + had + ", and must have " + constraint.words();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConstraintMatch match && constraint.equals(match.constraint);
    }

    @Override
    public int hashCode() {
        return constraint.hashCode();
    }

    @Override
    public String toString() {
        return constraint.words();
    }
}
