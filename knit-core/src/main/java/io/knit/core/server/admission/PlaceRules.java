package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.MISSING_FIELD;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.Sizes;
import io.knit.core.rules.Nearest;
import io.knit.core.rules.node.Match;
import io.knit.core.rules.node.NodeFact;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.PlaceTables;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.WholeText;
import java.util.List;

/** Which nodes may have it: constraints, preferences, and what else is said of nodes, each with what belongs to it and nothing else. */
final class PlaceRules {
    private static final FieldLimits KEY = PlaceTables.CONSTRAINT.field("key").limits();
    private static final FieldLimits VALUE =
            PlaceTables.CONSTRAINT.field("value").limits();
    private static final FieldLimits VALUES =
            PlaceTables.CONSTRAINT.field("values").limits();
    private static final FieldLimits NAME = SpecTable.SPEC.field("name").limits();
    private static final FieldLimits NEAR = SpecTable.SPEC.field("near").limits();
    private static final FieldLimits SPREAD_BY =
            SpecTable.SPEC.field("spread_by").limits();

    private final Refusals refusals;

    private PlaceRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        PlaceRules rules = new PlaceRules(refusals);
        rules.selector(spec);
        rules.constraints("/constraints", spec.constraints());
        rules.constraints(
                "/prefer", spec.prefer().stream().map(it -> it.wished()).toList());
        if (!SPREAD_BY.has(spec.spreadBy())) {
            rules.refuse("/spread_by", "spread_by " + Pointers.quoted(spec.spreadBy()) + rules.noKey());
        } else {
            rules.fact("/spread_by", spec.spreadBy());
        }
        rules.near(spec);
        long memory = spec.resources().memory();
        long most = spec.resources().memoryMax();
        if (most > 0 && most < memory) {
            rules.refuse(
                    "/resources/memory_max",
                    "resources.memory_max is " + Sizes.text(most) + ", less than the " + Sizes.text(memory)
                            + " that resources.memory reserves; give as much or more, or leave it out");
        }
    }

    /** Whether they are there is no matter: they may come later. */
    private void near(DeploymentSpec spec) {
        List<String> names = spec.near();
        if (names.size() > NEAR.entries()) {
            refusals.add(
                    "/near", TOO_LARGE, "near has " + names.size() + " entries; give " + NEAR.entries() + " at most");
            return;
        }
        for (int i = 0; i < names.size() && !refusals.full(); i++) {
            String name = names.get(i);
            String fault = !NAME.has(name)
                    ? " is not a deployment's name; give 1 to " + NAME.length()
                            + " of a-z 0-9 -, starting and ending with a letter or digit"
                    : name.equals(spec.name())
                            ? " is the deployment itself; leave it out, and write strategy: binpack to have it on few nodes"
                            : names.indexOf(name) < i ? " is given twice; leave one out" : null;
            if (fault != null) {
                refuse("/near/" + i, "near: " + Pointers.quoted(name) + fault);
            }
        }
    }

    private void selector(DeploymentSpec spec) {
        spec.nodeSelector().forEach((key, value) -> {
            String pointer = Pointers.child("/node_selector", key);
            if (fact(pointer, key) && key.equals(NodeFact.MESH_IP.key())) {
                network(pointer, value);
            }
        });
    }

    private void constraints(String pointer, List<Constraint> all) {
        String field = pointer.substring(1);
        int most = SpecTable.SPEC.field(field).limits().entries();
        if (all.size() > most) {
            refusals.add(
                    pointer,
                    TOO_LARGE,
                    field + " has " + all.size() + " entries; give " + most
                            + " at most, several values to one with in");
            return;
        }
        for (int i = 0; i < all.size() && !refusals.full(); i++) {
            constraint(pointer + "/" + i, all.get(i));
        }
    }

    private void constraint(String pointer, Constraint constraint) {
        if (!KEY.has(constraint.key())) {
            refuse(pointer + "/key", "key " + Pointers.quoted(constraint.key()) + noKey());
            return;
        }
        if (!fact(pointer + "/key", constraint.key())) {
            return;
        }
        boolean whole = constraint.op().takesValue()
                ? takesOne(pointer, constraint)
                : constraint.op().takesValues() ? takesSome(pointer, constraint) : takesNone(pointer, constraint);
        if (whole) {
            values(pointer, constraint);
        }
    }

    private boolean takesOne(String pointer, Constraint constraint) {
        String op = constraint.op().word();
        if (!constraint.values().isEmpty()) {
            String instead = constraint.op() == Constraint.Op.NOT_EQUAL ? "not_in" : "in";
            refuse(
                    pointer + "/values",
                    "values does not go with the op " + op + ", which compares with one value; give value, or the op "
                            + instead);
            return false;
        }
        if (constraint.value() == null) {
            refusals.add(
                    pointer + "/value",
                    MISSING_FIELD,
                    "value is missing: the op " + op + " compares with one; give it, or the op exists");
            return false;
        }
        return true;
    }

    private boolean takesSome(String pointer, Constraint constraint) {
        String op = constraint.op().word();
        if (constraint.value() != null) {
            refuse(
                    pointer + "/value",
                    "value does not go with the op " + op + ", which compares with a list; give values: [\""
                            + shortened(constraint.value()) + "\"]");
            return false;
        }
        if (constraint.values().isEmpty()) {
            refusals.add(
                    pointer + "/values",
                    MISSING_FIELD,
                    "values is missing or empty: the op " + op + " compares with a list; give one value or more");
            return false;
        }
        return true;
    }

    private boolean takesNone(String pointer, Constraint constraint) {
        boolean one = constraint.value() != null;
        if (one || !constraint.values().isEmpty()) {
            String field = one ? "value" : "values";
            refuse(
                    pointer + "/" + field,
                    field + " does not go with the op " + constraint.op().word()
                            + ", which compares with nothing; remove it, or give another op");
            return false;
        }
        return true;
    }

    private void values(String pointer, Constraint constraint) {
        if (constraint.value() != null) {
            value(pointer + "/value", constraint, constraint.value());
        }
        if (constraint.values().size() > VALUES.entries()) {
            refusals.add(
                    pointer + "/values",
                    TOO_LARGE,
                    "values has " + constraint.values().size() + " entries; give " + VALUES.entries() + " at most");
            return;
        }
        for (int i = 0; i < constraint.values().size() && !refusals.full(); i++) {
            value(pointer + "/values/" + i, constraint, constraint.values().get(i));
        }
    }

    private void value(String pointer, Constraint constraint, String value) {
        boolean ordered = constraint.op() == Constraint.Op.GREATER || constraint.op() == Constraint.Op.LESS;
        boolean onMesh = constraint.key().equals(NodeFact.MESH_IP.key());
        if (!VALUE.has(value) || value.chars().anyMatch(c -> c < ' ' || c == 0x7f) || WholeText.fault(value) != null) {
            refuse(
                    pointer,
                    "the value of " + constraint.key() + " is longer than " + VALUE.length()
                            + " characters, or has control or half characters; shorten it or remove them");
        } else if (onMesh && ordered) {
            refuse(
                    pointer.replaceAll("/value$", "/op"),
                    "the op " + constraint.op().word()
                            + " does not go with mesh.ip; give = or in, and a network such as 10.54.0.0/24");
        } else if (onMesh) {
            network(pointer, value);
        } else if (ordered && !Match.isMagnitude(constraint.key(), value)) {
            refuse(
                    pointer,
                    "value " + Pointers.quoted(value) + " can't be compared with "
                            + constraint.op().word()
                            + "; give a number such as \"16\" or \"0.5\", or a version such as \"20.10.5\"");
        }
    }

    private void network(String pointer, String value) {
        if (!Match.isNetwork(value)) {
            refuse(
                    pointer,
                    "mesh.ip: " + Pointers.quoted(value)
                            + " is neither an address nor a network; give one such as 10.54.0.15 or 10.54.0.0/24");
        }
    }

    /** Whether a key is a label's or a fact's that there is. */
    private boolean fact(String pointer, String key) {
        if (!NodeFact.isReserved(key) || NodeFact.of(key).isPresent()) {
            return true;
        }
        String hint = Nearest.to(key, NodeFact.keys(), 1)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("known are " + String.join(", ", NodeFact.keys()));
        refuse(
                pointer,
                Pointers.quoted(key) + " is no fact of a node; " + hint
                        + (hint.endsWith("?") ? "" : "; labels that are asked for begin otherwise"));
        return false;
    }

    private String noKey() {
        return " is neither a label's key nor a fact; give 1 to " + KEY.length()
                + " of A-Z a-z 0-9 . _ / -, starting and ending with a letter or digit";
    }

    private void refuse(String pointer, String message) {
        refusals.add(pointer, INVALID_VALUE, message);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
